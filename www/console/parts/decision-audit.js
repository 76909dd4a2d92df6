// @ts-check
// The decisions that were made and written down, each following from the one before by a hash.
import { address, call } from "./api.js";
import { link } from "./coupon-links.js";
import { NOTHING } from "./duration.js";
import { element, make, write } from "./element.js";
import { filterBar } from "./filter-bar.js";
import { instant, titleLink } from "./rights-words.js";
import { RowTable, troubleText } from "./row-table.js";
import { onLanguage, say } from "./texts.js";

/**
 * @typedef {object} AuditRow
 * @property {number} sequence
 * @property {string} viewer_key what stands for the viewer: no audit names one
 * @property {string} title
 * @property {number} at UTC seconds
 * @property {boolean} allow
 * @property {string[]} reasons
 * @property {string | null} stream that was started or ended by it
 * @property {string} receipt a compact JWS
 * @property {string} hash
 *
 * @typedef {{ intact: boolean, head?: { sequence: number, hash: string } | null, broken_at?: number | null }} Check
 */

const ROWS = 25;

/** Letters of a hash that are shown. */
const SHORT = 10;

export class DecisionAudit {
  #table;
  #turn = 0;
  #state = element("audit-state", HTMLElement);
  /** @type {Check | null} */
  #check = null;

  constructor() {
    const asked = filterBar(
      element("audit-filters", HTMLFormElement),
      [
        {
          name: "viewer",
          kind: "text",
          label: "viewers.viewer",
          attributes: { spellcheck: "false" },
        },
        { name: "title", kind: "text", label: "try.what", attributes: { spellcheck: "false" } },
        {
          name: "allow",
          kind: "select",
          label: "try.result",
          options: ["", "true", "false"],
          words: "audit.allow",
        },
      ],
      () => void this.#table.refresh(),
    );
    this.#table = new RowTable(element("audit", HTMLElement), {
      caption: "audit.title",
      empty: "audit.empty",
      columns: columns(),
      load: (after, signal) =>
        call(address("/v1/decision-audit", { ...asked(), after, limit: ROWS }), { signal }),
    });
    const button = element("audit-check", HTMLButtonElement);
    button.addEventListener("click", async () => {
      button.disabled = true;
      await this.#verify();
      button.disabled = false;
      button.focus();
    });
    onLanguage(() => this.#draw());
  }

  show() {
    void this.#table.refresh();
    void this.#verify();
  }

  hide() {
    this.#turn += 1;
  }

  async #verify() {
    const turn = (this.#turn += 1);
    try {
      const check = await call("/v1/decision-audit/check");
      if (turn !== this.#turn) return;
      this.#check = check;
      this.#draw();
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.#check = null;
      this.#state.dataset.kind = "bad";
      write(this.#state, troubleText(reason));
    }
  }

  #draw() {
    if (this.#check === null) return;
    const { intact, head, broken_at } = this.#check;
    this.#state.dataset.kind = intact ? "good" : "bad";
    if (!intact) write(this.#state, say("audit.broken", { row: broken_at ?? 0 }));
    else if (!head) write(this.#state, say("audit.none"));
    else write(this.#state, say("audit.whole", { row: head.sequence, hash: head.hash }));
  }
}

/** @returns {import("./row-table.js").Column<AuditRow>[]} */
function columns() {
  return [
    {
      label: "audit.when",
      shown: ({ at }) => instant(at),
      small: ({ sequence }) => say("audit.row", { row: sequence }),
    },
    { label: "audit.viewer", shown: ({ viewer_key }) => shortened(viewer_key) },
    { label: "try.what", shown: ({ title }) => link(titleLink(title), title) },
    {
      label: "try.result",
      shown: ({ allow }) => {
        const made = make("span", "mark", say(allow ? "try.allow" : "try.deny"));
        made.dataset.state = allow ? "active" : "failed";
        return made;
      },
      small: ({ reasons }) => reasons.join(", "),
    },
    { label: "policy.version", shown: ({ receipt }) => policyOf(receipt) },
    { label: "audit.hash", shown: ({ hash }) => shortened(hash) },
  ];
}

/** @param {string} text a hash, of which the beginning tells one from another */
function shortened(text) {
  const made = make("code", "", `${text.slice(0, SHORT)} …`);
  made.title = text;
  return made;
}

/**
 * The policy that a receipt names; nothing is checked here, the edge alone has its key.
 * @param {string} receipt
 */
function policyOf(receipt) {
  try {
    const [, payload = ""] = receipt.split(".");
    const { policy_version } = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    return String(policy_version ?? NOTHING);
  } catch {
    return NOTHING;
  }
}
