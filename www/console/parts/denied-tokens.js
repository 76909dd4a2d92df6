// @ts-check
// Tokens that are refused before they end by themselves: all of a viewer, or one.
import { call } from "./api.js";
import { here } from "./account-form.js";
import { accountPath } from "./catalogue-api.js";
import { element, write } from "./element.js";
import { fieldElement, showFitting } from "./field.js";
import { formSubmit } from "./form-submit.js";
import { named } from "./coupon-words.js";
import { instant } from "./rights-words.js";
import { RowTable, troubleText } from "./row-table.js";
import { say, word, worded } from "./texts.js";
import { reader } from "./typed.js";
import { instantOf, localOf } from "./zoned-time.js";

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {"token" | "subject" | "epoch"} kind
 * @property {string} value
 * @property {number | null} [epoch]
 * @property {number} until
 */

/** Longest life of a token: after it there is nothing left to refuse. */
const TOKEN_S_MAX = 24 * 3600;

/** @type {import("./field.js").Field[]} */
const FIELDS = [
  {
    name: "kind",
    kind: "radio",
    label: "tokens.kind",
    options: ["epoch", "subject", "token"],
    words: "tokens.kind",
  },
  {
    name: "value",
    kind: "text",
    label: "tokens.value",
    when: ["kind", "token"],
    attributes: { spellcheck: "false", autocapitalize: "none" },
  },
  {
    name: "until",
    kind: "datetime-local",
    label: "tokens.until",
    hint: "tokens.until.hint",
    when: ["kind", "subject", "token"],
  },
];

export class DeniedTokens {
  #viewer = "";
  #onRevoked;
  #table;
  #done = element("tokens-done", HTMLElement);

  /** @param {(account: import("./catalogue-api.js").Account) => void} onRevoked the account has another revision */
  constructor(onRevoked) {
    this.#onRevoked = onRevoked;
    this.#table = new RowTable(element("denied", HTMLElement), {
      caption: "tokens.title",
      empty: "tokens.empty",
      columns: [...columns(), { label: "row.act", shown: (entry) => this.#remover(entry) }],
      load: async (_, signal) => {
        const { rows } = await call("/v1/deny-list/entries", { signal });
        return {
          // Of a token nobody knows whose it is but who made it.
          rows: /** @type {Entry[]} */ (rows).filter(
            ({ kind, value }) => kind === "token" || value === this.#viewer,
          ),
        };
      },
    });
    const form = element("tokens-form", HTMLFormElement);
    form.append(...FIELDS.map(fieldElement));
    form.addEventListener("change", () => showFitting(form, FIELDS));
    form.addEventListener("reset", () => queueMicrotask(() => showFitting(form, FIELDS)));
    showFitting(form, FIELDS);
    formSubmit(form, "tokens.deny", async (values) => {
      await this.#deny(reader(values));
      form.reset();
      word(this.#done, "tokens.denied");
      void this.#table.refresh();
    });
  }

  /** @param {import("./typed.js").Read} text */
  async #deny(text) {
    const kind = text("kind");
    if (kind === "epoch") {
      this.#onRevoked(await call(`${accountPath(this.#viewer)}/revoke`, { method: "POST" }));
      return;
    }
    const latest = localOf(Math.floor(Date.now() / 1000) + TOKEN_S_MAX, here());
    await call("/v1/deny-list", {
      method: "POST",
      body: {
        kind,
        value: kind === "subject" ? this.#viewer : text("value"),
        until: instantOf(text("until") || latest, here()),
      },
    });
  }

  /** @param {string} viewer */
  show(viewer) {
    this.#viewer = viewer;
    delete this.#done.dataset.text;
    write(this.#done, "");
    void this.#table.refresh();
  }

  /** @param {Entry} entry */
  #remover({ id, value }) {
    const button = worded("button", "", "tokens.allow");
    button.type = "button";
    button.setAttribute("aria-label", say("tokens.allow.one", { value }));
    button.addEventListener("click", async () => {
      try {
        await call(`/v1/deny-list/entries/${encodeURIComponent(id)}`, { method: "DELETE" });
        word(this.#done, "tokens.allowed");
      } catch (reason) {
        delete this.#done.dataset.text;
        write(this.#done, troubleText(reason));
      }
      void this.#table.refresh();
    });
    return button;
  }
}

/** @returns {import("./row-table.js").Column<Entry>[]} */
function columns() {
  return [
    {
      label: "tokens.what",
      shown: ({ kind }) => named("tokens.kind", kind),
      small: ({ value }) => value,
    },
    { label: "grants.to", shown: ({ until }) => instant(until) },
  ];
}
