// @ts-check
// The box office under the film: what is sold, a coupon, the price before and after, paying and cancelling.
import { codeShape, inFours } from "./code-shape.js";
import { money, moment, named, scopeText } from "./coupon-words.js";
import { element, make, write } from "./element.js";
import { OfferBox } from "./offer-box.js";
import { troubleText } from "./row-table.js";
import { showTerms } from "./terms.js";
import { language, languageSwitch, onLanguage, say, translate, word } from "./texts.js";
import { buy, cancelOrder, checkCoupon, goodsOnSale } from "./tickets.js";

/**
 * @typedef {import("./tickets.js").Good} Good
 * @typedef {import("./tickets.js").Checked} Checked
 * @typedef {import("./tickets.js").Paid} Paid
 */

const SECOND_MS = 1000;

export class CouponBox {
  #viewer;
  #title;
  #place = element("tickets", HTMLElement);
  #input = element("coupon-code", HTMLInputElement);
  #shape = codeShape(element("coupon-shape", HTMLElement), this.#input);
  #pay = element("pay", HTMLButtonElement);
  #cancel = element("pay-cancel", HTMLButtonElement);
  #operator = element("operator", HTMLDetailsElement);
  #offer;
  /** @type {Good[]} */
  #goods = [];
  #chosen = "film";
  /** @type {Checked | null} */
  #checked = null;
  /** The code that was checked, as it was typed. */
  #code = "";
  #order = newOrder();
  /** @type {Paid | null} */
  #paid = null;
  /** Counts the questions: an answer to an earlier one is late and is dropped. */
  #turn = 0;
  /** Whether a check was asked for before it was known what is bought. */
  #wanted = false;
  /** @type {() => string} */
  #said = () => "";

  /**
   * @param {string} viewer
   * @param {() => string} title of the film on the screen
   */
  constructor(viewer, title) {
    this.#viewer = viewer;
    this.#title = title;
    languageSwitch(element("languages", HTMLElement));
    onLanguage(() => this.#speak());
    this.#speak();
    const take = (/** @type {string} */ code) => {
      this.#input.value = code;
      void this.#check();
    };
    this.#offer = new OfferBox(() => this.#good, take);
    this.#listen();
    void this.#open();
  }

  /** Another film is on the screen. */
  filmChanged() {
    if (this.#goods.length === 0) return;
    this.#drawGoods();
    if (this.#chosen === "film") this.#anew();
    this.#checkIfWanted();
  }

  async #open() {
    try {
      this.#goods = await goodsOnSale();
      this.#drawGoods();
      this.#anew();
      this.#checkIfWanted();
      await this.#offer.open();
    } catch (reason) {
      this.#say(() => `${say("box.goods.failed")} ${troubleText(reason)}`);
    }
  }

  #listen() {
    this.#input.addEventListener("input", () => {
      // What was typed is judged here; nobody is asked before the button is pressed.
      this.#wanted = false;
      this.#anew();
      this.#shape.check();
    });
    element("ticket-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#check();
    });
    element("goods", HTMLElement).addEventListener("change", (event) => {
      if (!(event.target instanceof HTMLInputElement)) return;
      this.#chosen = event.target.value;
      this.#anew();
    });
    this.#pay.addEventListener("click", () => void this.#buy());
    this.#cancel.addEventListener("click", () => void this.#giveBack());
    this.#operator.addEventListener("toggle", () => void this.#askAsOperator());
  }

  /** Something else is bought or another code is meant: what was known is of another order. */
  #anew() {
    this.#turn += 1;
    this.#checked = null;
    this.#code = "";
    this.#order = newOrder();
    this.#paid = null;
    this.#shape.clear();
    this.#say(() => "");
    this.#draw();
    void this.#askAsOperator();
  }

  get #good() {
    const scope = this.#chosen === "film" ? `vod:${this.#title()}` : this.#chosen;
    return this.#goods.find((good) => good.scope === scope) ?? null;
  }

  async #check() {
    const good = this.#good;
    this.#anew();
    if (!this.#shape.check()) {
      this.#input.focus();
      return;
    }
    this.#shape.tell(() => say("box.checking"));
    this.#wanted = good === null;
    if (good === null) return;
    const turn = this.#turn;
    const code = this.#input.value;
    try {
      const checked = await checkCoupon("/v1/coupons/check", this.#viewer, code, good);
      if (turn !== this.#turn) return;
      this.#checked = checked;
      this.#code = code;
      this.#shape.tell(() => verdict(checked), checked.valid ? "good" : "bad");
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.#shape.tell(() => trouble(reason), "bad");
    }
    this.#draw();
    void this.#askAsOperator();
  }

  #checkIfWanted() {
    if (this.#wanted && this.#good !== null) void this.#check();
  }

  async #buy() {
    const good = this.#good;
    if (good === null || this.#pay.disabled) return;
    const code = this.#checked?.valid ? this.#code : undefined;
    this.#pay.disabled = true;
    this.#say(() => say("box.paying"));
    const turn = this.#turn;
    try {
      const order = { order: this.#order, viewer: this.#viewer, scope: good.scope };
      const paid = await buy({ ...order, ...(code ? { code } : {}) });
      if (turn !== this.#turn) return;
      this.#paid = paid;
      this.#say(() => paidText(paid));
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.#say(() => buyTrouble(reason));
    }
    this.#draw();
    if (this.#paid) this.#cancel.focus();
  }

  async #giveBack() {
    const paid = this.#paid;
    if (paid === null) return;
    this.#cancel.disabled = true;
    this.#say(() => say("box.cancelling"));
    try {
      await cancelOrder(this.#order, paid.redemption?.id);
      this.#anew();
      this.#say(() => say(paid.redemption ? "box.cancelled" : "box.cancelled.plain"));
      this.#input.focus();
    } catch (reason) {
      this.#say(() => say("box.failed", { why: troubleText(reason) }));
    } finally {
      this.#cancel.disabled = false;
    }
  }

  /** Asks only while somebody looks: a customer's page would never ask. */
  async #askAsOperator() {
    const good = this.#good;
    const text = element("operator-text", HTMLElement);
    const terms = element("operator-terms", HTMLElement);
    if (!this.#operator.open || this.#checked === null || good === null) {
      word(text, "box.operator.none");
      showTerms(terms, []);
      return;
    }
    const turn = this.#turn;
    try {
      const seen = await checkCoupon("/checkout/check", this.#viewer, this.#code, good);
      if (turn !== this.#turn) return;
      delete text.dataset.text;
      write(text, seen.valid ? say("box.operator.valid") : (seen.text ?? ""));
      showTerms(terms, [
        [say("box.reason"), seen.reason],
        ...(seen.parameters ?? []).map(
          ({ name, value }) => /** @type {[string, string]} */ ([named("parameter", name), value]),
        ),
      ]);
    } catch (reason) {
      if (turn !== this.#turn) return;
      delete text.dataset.text;
      write(text, troubleText(reason));
    }
  }

  #drawGoods() {
    const film = this.#goods.find(({ scope }) => scope === `vod:${this.#title()}`);
    const others = this.#goods.filter(({ scope }) => !scope.startsWith("vod:"));
    const cards = others.map((good) => this.#card(good.scope, good));
    if (film) cards.unshift(this.#card("film", film));
    element("goods", HTMLElement).replaceChildren(...cards);
  }

  /**
   * @param {string} value
   * @param {Good} good
   */
  #card(value, good) {
    const card = make("label", "good");
    const input = make("input");
    input.type = "radio";
    input.name = "good";
    input.value = value;
    input.checked = value === this.#chosen;
    const type = value === "film" ? "film" : good.scope.startsWith("live:") ? "live" : "plan";
    card.append(
      input,
      make("span", "", say(`box.good.${type}`)),
      make("b", "", money(good.unit_minor, good.currency)),
      make("small", "", good.scope),
    );
    return card;
  }

  /** @param {() => string} said beside the buttons, again when the language changes */
  #say(said) {
    this.#said = said;
    write(element("paid", HTMLElement), said());
  }

  #draw() {
    const good = this.#good;
    const checked = this.#checked?.valid ? this.#checked : null;
    showBill(good, checked);
    write(element("bill-known", HTMLElement), knownText(this.#checked));
    this.#pay.disabled = good === null || this.#paid !== null;
    this.#pay.hidden = this.#paid !== null;
    this.#cancel.hidden = this.#paid === null;
    const toPay = checked?.total_minor ?? good?.unit_minor;
    word(this.#pay, "box.pay", { amount: money(toPay, good?.currency) });
    write(element("paid", HTMLElement), this.#said());
  }

  #speak() {
    this.#place.lang = language();
    translate(this.#place);
    if (this.#goods.length === 0) return;
    this.#drawGoods();
    this.#draw();
    void this.#askAsOperator();
  }
}

/**
 * @param {Good | null} good
 * @param {Checked | null} checked
 */
function showBill(good, checked) {
  const list = element("bill", HTMLElement);
  if (good === null) {
    list.replaceChildren();
    return;
  }
  const { currency } = good;
  /** @type {[string, string][]} */
  const lines = [[say("box.before"), money(checked?.subtotal_minor ?? good.unit_minor, currency)]];
  for (const { id, discount_minor } of checked?.lines ?? []) {
    if (discount_minor > 0) {
      lines.push([`${say("box.off")}: ${scopeText(id)}`, money(-discount_minor, currency)]);
    }
  }
  lines.push([say("box.after"), money(checked?.total_minor ?? good.unit_minor, currency)]);
  const sum = lines.length - 1;
  if (checked?.access_until_ms) lines.push([say("box.access"), moment(checked.access_until_ms)]);
  if (checked?.ends_ms) lines.push([say("box.ends"), moment(checked.ends_ms)]);
  list.replaceChildren(
    ...lines.map(([name, value], index) => {
      const row = make("div", index === sum ? "sum" : "");
      row.append(make("dt", "", name), make("dd", "", value));
      return row;
    }),
  );
}

/** @param {Checked | null} checked */
function knownText(checked) {
  if (!checked?.knowledge) return "";
  const { version, age_ms } = checked.knowledge;
  if (age_ms < SECOND_MS) return say("box.known.now", { version });
  const age = say("box.seconds", { count: Math.round(age_ms / SECOND_MS) });
  return say("box.known", { age, version });
}

/** @param {Checked} checked */
function verdict(checked) {
  if (!checked.valid) return say("box.refused");
  return say(checked.access_until_ms ? "box.valid.trial" : "box.valid");
}

/** @param {any} reason */
function trouble(reason) {
  const seconds = reason?.retryAfterSeconds;
  return seconds
    ? say("box.wait", { count: seconds })
    : say("box.failed", { why: troubleText(reason) });
}

/** @param {any} reason */
function buyTrouble(reason) {
  if (reason?.code === "coupon_refused") return say("box.refused");
  return `${say("box.failed", { why: troubleText(reason) })} ${say("box.retry")}`;
}

/** @param {Paid} paid */
function paidText({ paid_minor, currency, redemption }) {
  const amount = money(paid_minor, currency);
  return redemption
    ? say("box.paid.coupon", { amount, code: inFours(redemption.code) })
    : say("box.paid", { amount });
}

/** A name for an order, under which the same may be asked for again. */
function newOrder() {
  return crypto.randomUUID();
}
