// @ts-check
// Finds one code, however it is written: unused, held or used, by whom, when and on what.
import { call } from "./api.js";
import { codePath } from "./coupon-api.js";
import { couponLink, codeLink, groupLink, link, stateMark } from "./coupon-links.js";
import { money, moment, named, scopeText } from "./coupon-words.js";
import { codeShape } from "./code-shape.js";
import { confirmed } from "./confirmation.js";
import { NOTHING } from "./duration.js";
import { element, write } from "./element.js";
import { RowTable, troubleText } from "./row-table.js";
import { showTerms } from "./terms.js";
import { onLanguage, say, word } from "./texts.js";

/**
 * @typedef {import("./coupon-api.js").Lookup} Lookup
 * @typedef {import("./coupon-api.js").Redemption} Redemption
 */

const KINDS = { unused: "good", held: "wait", used: "idle", reversed: "good", revoked: "bad" };

export class CouponLookup {
  #input = element("lookup-code", HTMLInputElement);
  #shape = codeShape(element("lookup-shape", HTMLElement), this.#input);
  /** @type {Lookup | null} */
  #found = null;
  /** @type {Redemption[]} */
  #redemptions = [];
  #turn = 0;
  #table;

  constructor() {
    this.#table = new RowTable(element("lookup-redemptions", HTMLElement), {
      caption: "lookup.redemptions",
      empty: "lookup.never",
      columns: columns(),
      load: async () => ({ rows: this.#redemptions }),
    });
    this.#input.addEventListener("input", () => this.#shape.check());
    element("lookup-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const code = this.#input.value.trim();
      if (!this.#shape.check()) {
        this.#input.focus();
        return;
      }
      if (location.hash === codeLink(code)) void this.#find(code);
      else location.hash = codeLink(code);
    });
    this.#revocation();
    onLanguage(() => this.#draw());
  }

  /** @param {string} code empty: none is asked for yet */
  show(code) {
    this.#found = null;
    write(element("revoke-done", HTMLElement), "");
    this.#draw();
    if (code === "") {
      this.#input.focus();
      return;
    }
    this.#input.value = code;
    if (this.#shape.check()) void this.#find(code);
  }

  hide() {
    this.#turn += 1;
  }

  /** @param {string} code */
  async #find(code) {
    const turn = (this.#turn += 1);
    this.#shape.tell(() => say("loading"));
    try {
      const found = await call(codePath(code));
      if (turn !== this.#turn) return;
      this.#found = found;
      this.#redemptions = found.redemptions;
      this.#shape.clear();
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.#found = null;
      if (/** @type {any} */ (reason).code === "code_unknown")
        this.#shape.tell(() => say("lookup.unknown"), "bad");
      else this.#shape.tell(() => troubleText(reason), "bad");
    }
    this.#draw();
  }

  #draw() {
    const found = this.#found;
    element("lookup-found", HTMLElement).hidden = found === null;
    element("lookup-redemptions", HTMLElement).hidden = found === null;
    if (found === null) return;
    const stamp = element("lookup-stamp", HTMLElement);
    stamp.dataset.kind = KINDS[found.state];
    write(stamp, named("state", found.state));
    word(element("lookup-sentence", HTMLElement), `lookup.${found.state}`);
    showTerms(element("lookup-terms", HTMLElement), [
      [say("codes.code"), found.code],
      [say("coupons.coupon"), link(couponLink(found.coupon), found.coupon)],
      [say("coupon.group"), link(groupLink(found.group), found.group)],
    ]);
    element("revoke", HTMLButtonElement).hidden = found.state === "revoked";
    void this.#table.refresh();
  }

  #revocation() {
    const button = element("revoke", HTMLButtonElement);
    button.addEventListener("click", async () => {
      const code = this.#found?.code;
      if (!code) return;
      const words = /** @type {const} */ ({
        title: "revoke.title",
        text: "revoke.text",
        yes: "revoke.yes",
      });
      if (!(await confirmed(words, { code }))) return;
      const done = element("revoke-done", HTMLElement);
      try {
        await call(`${codePath(code)}/revoke`, { method: "POST" });
        word(done, "revoke.done");
        void this.#find(code);
      } catch (reason) {
        delete done.dataset.text;
        write(done, troubleText(reason));
      }
    });
  }
}

/** @returns {import("./row-table.js").Column<Redemption>[]} */
function columns() {
  return [
    { label: "lookup.customer", shown: ({ customer }) => customer, small: ({ id }) => id },
    { label: "coupons.state", shown: ({ state }) => stateMark(state), small: stateSince },
    { label: "codes.scope", shown: ({ scope }) => (scope ? scopeText(scope) : NOTHING) },
    { label: "lookup.reserved", shown: ({ reserved_ms }) => moment(reserved_ms) },
    {
      label: "lookup.discount",
      shown: ({ decision }) => money(decision.discount_minor, decision.currency),
      number: true,
    },
  ];
}

/** @param {Redemption} redemption */
function stateSince({ state, held_until_ms, settled_ms, reversed_ms }) {
  if (state === "held") return say("lookup.until", { until: moment(held_until_ms) });
  return moment(state === "reversed" ? reversed_ms : settled_ms);
}
