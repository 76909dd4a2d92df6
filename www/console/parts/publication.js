// @ts-check
// The catalogue as the edge is told of it: what would change, the publication itself, and its versions.
import { AnswerError, address, call } from "./api.js";
import { confirmed } from "./confirmation.js";
import { link } from "./coupon-links.js";
import { amount } from "./coupon-words.js";
import { element, make, write } from "./element.js";
import { instant, planLink, titleLink } from "./rights-words.js";
import { RowTable, troubleText } from "./row-table.js";
import { onLanguage, say, word, worded } from "./texts.js";

/**
 * @typedef {import("./catalogue-api.js").Title} Title
 * @typedef {import("./catalogue-api.js").Plan} Plan
 * @typedef {import("./catalogue-api.js").Policy} Policy
 *
 * @typedef {object} Published
 * @property {number} version
 * @property {Policy & { plans: Plan[] }} policy
 * @property {Title[]} titles
 *
 * @typedef {object} VersionRow
 * @property {number} version
 * @property {number} bytes
 * @property {number} titles
 * @property {number} plans
 * @property {string} policy_version
 * @property {number | null} republishes the version that it has the content of
 * @property {number} published_ms
 * @property {string} published_by
 *
 * @typedef {object} Change
 * @property {"added" | "changed" | "removed"} kind
 * @property {"title" | "plan" | "policy"} of
 * @property {string} id
 */

/** Titles that are compared one by one; the server publishes more. */
const COMPARED_MAX = 5_000;
const PAGE_ROWS = 1_000;
/** Changes of one kind that are named; the others are counted. */
const NAMED_MAX = 20;

const TITLE_KEYS = /** @type {const} */ ([
  "packs",
  "rating",
  "max_height",
  "ad_tier",
  "free",
  "windows",
  "blackouts",
]);
const PLAN_KEYS = /** @type {const} */ ([
  "packs",
  "includes",
  "max_height",
  "ads",
  "streams",
  "devices",
  "device_classes",
]);
const POLICY_KEYS = /** @type {const} */ ([
  "version",
  "past_due_grace_days",
  "fallback_streams",
  "fallback_devices",
  "decision_ttl_s",
]);

const PUBLISH = /** @type {const} */ ({
  title: "publish.title",
  text: "publish.text",
  yes: "publish.yes",
});
const REPUBLISH = /** @type {const} */ ({
  title: "versions.act.title",
  text: "versions.act.text",
  yes: "publish.yes",
});

export class Publication {
  #table;
  #turn = 0;
  #place = element("changes", HTMLElement);
  /** @type {Change[] | null} null: not known */
  #changes = null;
  #isTooLarge = false;
  /** @type {unknown} */
  #trouble = null;

  constructor() {
    this.#table = new RowTable(element("versions", HTMLElement), {
      caption: "versions.title",
      empty: "versions.empty",
      columns: [...versionColumns(), { label: "row.act", shown: (row) => this.#republish(row) }],
      load: (after, signal) => call(address("/v1/catalogue/versions", { after }), { signal }),
    });
    const button = element("publish", HTMLButtonElement);
    button.addEventListener("click", () => void this.#publish(button));
    onLanguage(() => this.#draw());
  }

  show() {
    const done = element("publish-done", HTMLElement);
    delete done.dataset.text;
    write(done, "");
    write(element("publish-fault", HTMLElement), "");
    void this.#table.refresh();
    void this.#compare();
  }

  hide() {
    this.#turn += 1;
  }

  async #compare() {
    const turn = (this.#turn += 1);
    this.#changes = null;
    this.#trouble = null;
    this.#isTooLarge = false;
    this.#draw();
    try {
      const [published, draft] = await Promise.all([publication(), wanted()]);
      if (turn !== this.#turn) return;
      this.#isTooLarge = draft === null || (published?.titles.length ?? 0) > COMPARED_MAX;
      if (draft !== null && !this.#isTooLarge) this.#changes = changesOf(published, draft);
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.#trouble = reason;
    }
    this.#draw();
  }

  /** @param {VersionRow} row */
  #republish({ version }) {
    // The newest is what the edge has already.
    if (version === this.#table.rows[0]?.version) return "";
    const button = worded("button", "", "versions.act");
    button.type = "button";
    button.setAttribute("aria-label", say("versions.act.one", { version }));
    button.addEventListener("click", () => void this.#publish(button, version));
    return button;
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {number} [again] the content of this version instead of what is written now
   */
  async #publish(button, again) {
    const words = again === undefined ? PUBLISH : REPUBLISH;
    if (!(await confirmed(words, { version: again ?? 0 }))) return;
    const fault = element("publish-fault", HTMLElement);
    write(fault, "");
    button.disabled = true;
    try {
      const { version, titles, plans } = await call("/v1/catalogue/publish", {
        method: "POST",
        ...(again === undefined ? {} : { body: { version: again } }),
      });
      word(element("publish-done", HTMLElement), "publish.done", { version, titles, plans });
      void this.#table.refresh();
      void this.#compare();
    } catch (reason) {
      const field = reason instanceof AnswerError && reason.field ? `${reason.field}: ` : "";
      write(fault, `${field}${troubleText(reason)}`);
    } finally {
      button.disabled = false;
      button.focus();
    }
  }

  #draw() {
    this.#place.setAttribute("aria-busy", "false");
    if (this.#trouble !== null) {
      const again = worded("button", "", "again");
      again.type = "button";
      again.addEventListener("click", () => void this.#compare());
      this.#place.replaceChildren(make("p", "fault", troubleText(this.#trouble)), again);
    } else if (this.#isTooLarge) {
      this.#place.replaceChildren(worded("p", "", "changes.many", { count: COMPARED_MAX }));
    } else if (this.#changes === null) {
      this.#place.setAttribute("aria-busy", "true");
      this.#place.replaceChildren(worded("p", "hint", "loading"));
    } else if (this.#changes.length === 0) {
      this.#place.replaceChildren(worded("p", "", "changes.none"));
    } else this.#place.replaceChildren(...changeLists(this.#changes));
  }
}

/** @param {Change[]} changes */
function changeLists(changes) {
  return /** @type {const} */ (["added", "changed", "removed"]).flatMap((kind) => {
    const found = changes.filter((change) => change.kind === kind);
    if (found.length === 0) return [];
    const group = make("div", "change");
    group.dataset.kind = kind;
    const list = make("ul");
    list.append(
      ...found.slice(0, NAMED_MAX).map(({ of, id }) => {
        const item = make("li");
        if (of === "policy") item.append(say("policy.title"));
        else item.append(link(of === "title" ? titleLink(id) : planLink(id), id));
        if (of === "plan") item.append(` · ${say("plans.plan")}`);
        return item;
      }),
    );
    if (found.length > NAMED_MAX) {
      list.append(worded("li", "hint", "changes.more", { count: found.length - NAMED_MAX }));
    }
    group.append(worded("h4", "", `changes.${kind}`, { count: found.length }), list);
    return [group];
  });
}

/** @returns {Promise<Published | null>} null: nothing has been published yet */
async function publication() {
  try {
    return await call("/v1/catalogue/publication");
  } catch (reason) {
    if (reason instanceof AnswerError && reason.code === "version_unknown") return null;
    throw reason;
  }
}

/**
 * What would be published now; null if that is too much for a page.
 * @returns {Promise<{ titles: Title[], plans: Plan[], policy: Policy } | null>}
 */
async function wanted() {
  /** @type {Title[]} */
  const titles = [];
  /** @type {string | null} */
  let after = null;
  do {
    /** @type {{ rows: Title[], next?: string | null }} */
    const page = await call(
      address("/v1/catalogue/titles", { state: "published", after, limit: PAGE_ROWS }),
    );
    titles.push(...page.rows);
    after = page.next ?? null;
  } while (after !== null && titles.length <= COMPARED_MAX);
  if (titles.length > COMPARED_MAX) return null;
  const [{ rows: plans }, policy] = await Promise.all([
    call("/v1/plans"),
    call("/v1/catalogue/policy"),
  ]);
  return { titles, plans, policy };
}

/**
 * @param {Published | null} published
 * @param {{ titles: Title[], plans: Plan[], policy: Policy }} draft
 * @returns {Change[]}
 */
function changesOf(published, { titles, plans, policy }) {
  // A policy without a name is given one when it is published.
  const keys = policy.version ? POLICY_KEYS : POLICY_KEYS.filter((key) => key !== "version");
  const same = published !== null && written(published.policy, keys) === written(policy, keys);
  return [
    ...(same
      ? []
      : [{ kind: /** @type {const} */ ("changed"), of: /** @type {const} */ ("policy"), id: "" }]),
    ...differing("plan", published?.policy.plans ?? [], plans, PLAN_KEYS),
    ...differing("title", published?.titles ?? [], titles, TITLE_KEYS),
  ];
}

/**
 * @template {{ id: string }} Row
 * @param {"title" | "plan"} of
 * @param {Row[]} before
 * @param {Row[]} now
 * @param {readonly (keyof Row)[]} keys
 * @returns {Change[]}
 */
function differing(of, before, now, keys) {
  const known = new Map(before.map((row) => [row.id, written(row, keys)]));
  const kept = new Set(now.map(({ id }) => id));
  return [
    ...now.flatMap((row) => {
      const old = known.get(row.id);
      if (old === written(row, keys)) return [];
      return [
        {
          kind:
            old === undefined ? /** @type {const} */ ("added") : /** @type {const} */ ("changed"),
          of,
          id: row.id,
        },
      ];
    }),
    ...before
      .filter(({ id }) => !kept.has(id))
      .map(({ id }) => ({ kind: /** @type {const} */ ("removed"), of, id })),
  ];
}

/**
 * @template Row
 * @param {Row} row
 * @param {readonly (keyof Row)[]} keys
 */
function written(row, keys) {
  // What is empty and what is absent mean the same.
  return JSON.stringify(keys.map((key) => row[key] ?? []));
}

/** @returns {import("./row-table.js").Column<VersionRow>[]} */
function versionColumns() {
  const number = true;
  return [
    {
      label: "versions.version",
      shown: ({ version }) => amount(version),
      small: ({ republishes }) =>
        republishes ? say("versions.again", { version: republishes }) : "",
    },
    {
      label: "versions.made",
      shown: ({ published_ms }) => instant(published_ms / 1000),
      small: ({ published_by }) => published_by,
    },
    { label: "policy.version", shown: ({ policy_version }) => policy_version },
    { label: "sections.titles", shown: ({ titles }) => amount(titles), number },
    { label: "plans.title", shown: ({ plans }) => amount(plans), number },
  ];
}
