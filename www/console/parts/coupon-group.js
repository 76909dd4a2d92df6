// @ts-check
// One group: its coupons, a form for a new one, and its codes with every filter there is.
import { address, call } from "./api.js";
import { groupPath } from "./coupon-api.js";
import { couponForm } from "./coupon-form.js";
import { codesTable, zonedDay } from "./coupon-codes.js";
import { couponLink, link, stateMark } from "./coupon-links.js";
import {
  amount,
  benefitText,
  couponName,
  couponState,
  day,
  named,
  scopesText,
  windowText,
} from "./coupon-words.js";
import { element, make, write } from "./element.js";
import { Figures } from "./figures.js";
import { filterBar } from "./filter-bar.js";
import { RowTable, troubleText } from "./row-table.js";
import { onLanguage, say } from "./texts.js";

/**
 * @typedef {import("./coupon-api.js").ListedCoupon} ListedCoupon
 * @typedef {import("./coupon-api.js").Group} Group
 * @typedef {import("./field.js").Field} Field
 */

const ROWS = 25;

/** @type {Field[]} */
const COUPON_FILTERS = [
  {
    name: "state",
    kind: "select",
    label: "coupons.state",
    options: ["", "active", "scheduled", "ended", "inactive"],
    words: "state",
  },
  {
    name: "benefit",
    kind: "select",
    label: "coupons.benefit",
    options: ["", "percent", "fixed", "trial_days", "trial_until"],
    words: "form.benefit.kind",
  },
  {
    name: "scope",
    kind: "text",
    label: "form.type",
    hint: "coupons.scope.hint",
    suggestions: ["vod:*", "live:*", "plan:*"],
    attributes: { spellcheck: "false" },
  },
  { name: "search", kind: "text", label: "coupons.search", attributes: { spellcheck: "false" } },
];

export class CouponGroupPage {
  #id = "";
  /** @type {Group | null} */
  #group = null;
  /** @type {unknown} */
  #trouble = null;
  #turn = 0;
  #coupons;
  #codes;
  #codesAsked;

  constructor() {
    const couponsAsked = filterBar(
      element("coupons-filters", HTMLFormElement),
      COUPON_FILTERS,
      () => void this.#coupons.refresh(),
    );
    this.#coupons = new RowTable(element("coupons", HTMLElement), {
      caption: "coupons.title",
      empty: "coupons.empty",
      columns: columns(),
      load: (after, signal) =>
        call(address(`${groupPath(this.#id)}/coupons`, { ...couponsAsked(), after, limit: ROWS }), {
          signal,
        }),
    });
    this.#codesAsked = filterBar(element("codes-filters", HTMLFormElement), codeFilters(), () =>
      this.#askCodes(),
    );
    this.#codes = codesTable(element("codes", HTMLElement), (after, limit) =>
      address(`${groupPath(this.#id)}/codes`, { ...this.#codeQuery(), after, limit }),
    );
    void couponForm(
      element("coupon-form", HTMLFormElement),
      () => this.#id,
      (coupon) => {
        element("coupon-new", HTMLDetailsElement).open = false;
        location.hash = couponLink(coupon.id);
      },
    );
    onLanguage(() => this.#draw());
  }

  /** @param {string} id */
  show(id) {
    if (id !== this.#id) {
      this.#group = null;
      this.#coupons.clear();
      this.#codes.clear();
    }
    this.#id = id;
    void this.#load();
    void this.#coupons.refresh();
    this.#askCodes();
  }

  hide() {
    this.#turn += 1;
  }

  async #load() {
    const turn = (this.#turn += 1);
    this.#trouble = null;
    this.#draw();
    try {
      const group = await call(groupPath(this.#id));
      if (turn !== this.#turn) return;
      this.#group = group;
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.#trouble = reason;
    }
    this.#draw();
  }

  #askCodes() {
    const link = element("codes-export", HTMLAnchorElement);
    link.href = address(`${groupPath(this.#id)}/codes.csv`, this.#codeQuery());
    link.download = `${this.#id}.csv`;
    void this.#codes.refresh();
  }

  /** Days of the filter are those of this browser's zone; the last one counts whole. */
  #codeQuery() {
    const { from = "", to = "", ...others } = this.#codesAsked();
    return { ...others, from: zonedDay(from, 0), to: zonedDay(to, 1) };
  }

  #draw() {
    const group = this.#group;
    const missing = element("group-missing", HTMLElement);
    missing.hidden = this.#trouble === null;
    if (this.#trouble !== null) missing.replaceChildren(make("p", "", troubleText(this.#trouble)));
    write(element("group-heading", HTMLElement), group?.name ?? (this.#trouble ? this.#id : "…"));
    write(
      element("group-about", HTMLElement),
      group
        ? say("group.about", {
            purpose: named("purpose", group.purpose),
            created: day(group.created_ms),
          })
        : "",
    );
    const list = element("group-figures", HTMLElement);
    list.replaceChildren();
    const figures = new Figures(list);
    for (const name of /** @type {const} */ (["coupons", "codes", "used", "held"])) {
      figures.set(say(`groups.${name}`), group ? amount(group[name]) : "–");
    }
  }
}

/** @returns {import("./row-table.js").Column<ListedCoupon>[]} */
function columns() {
  return [
    {
      label: "coupons.coupon",
      shown: ({ coupon }) => link(couponLink(coupon.id), couponName(coupon)),
      small: ({ coupon }) => coupon.detail,
    },
    { label: "coupons.benefit", shown: ({ coupon }) => benefitText(coupon.benefit) },
    { label: "form.type", shown: ({ coupon }) => scopesText(coupon.scopes) },
    { label: "coupons.window", shown: ({ coupon }) => windowText(coupon.window) },
    { label: "groups.codes", shown: ({ issued }) => amount(issued), number: true },
    { label: "coupons.state", shown: ({ coupon }) => stateMark(couponState(coupon, Date.now())) },
  ];
}

/** @returns {Field[]} */
function codeFilters() {
  const spellcheck = { spellcheck: "false" };
  return [
    { name: "search", kind: "text", label: "codes.search", attributes: spellcheck },
    {
      name: "state",
      kind: "select",
      label: "coupons.state",
      options: ["", "unused", "held", "used", "reversed", "revoked"],
      words: "state",
    },
    { name: "customer", kind: "text", label: "codes.customer", attributes: spellcheck },
    { name: "from", kind: "date", label: "codes.from" },
    { name: "to", kind: "date", label: "codes.to" },
    { name: "coupon", kind: "text", label: "codes.coupon", attributes: spellcheck },
  ];
}
