// @ts-check
// What was redeemed, by day, group, type or coupon. Amounts stand by currency and are never added together.
import { address, call } from "./api.js";
import { couponPath, groupPath } from "./coupon-api.js";
import { couponLink, groupLink, link } from "./coupon-links.js";
import { amount, couponName, localDay, money, named } from "./coupon-words.js";
import { NOTHING } from "./duration.js";
import { element, make } from "./element.js";
import { filterBar } from "./filter-bar.js";
import { RowTable } from "./row-table.js";
import { say } from "./texts.js";

const COUNTS = /** @type {const} */ (["reserved", "confirmed", "released", "expired", "reversed"]);

/**
 * @typedef {Record<typeof COUNTS[number], number> & {
 *   day_ms?: number, group?: string, type?: string, coupon?: string, name?: string,
 *   discount_minor: Record<string, number> }} FigureRow
 */

const ROWS = 50;
const DAY_MS = 86_400_000;

export class CouponFigures {
  #table;

  constructor() {
    const asked = filterBar(
      element("figures-filters", HTMLFormElement),
      [
        {
          name: "by",
          kind: "radio",
          label: "figures.by",
          options: ["day", "group", "type", "coupon"],
          words: "figures.by",
        },
        { name: "from", kind: "date", label: "codes.from", hint: "figures.utc" },
        { name: "to", kind: "date", label: "codes.to" },
      ],
      () => void this.#table.refresh(),
    );
    /** @type {RowTable<FigureRow>} */
    this.#table = new RowTable(element("figures", HTMLElement), {
      caption: "figures.title",
      empty: "figures.empty",
      columns: [
        { label: "figures.row", shown: rowName },
        ...COUNTS.map((name) => ({
          label: /** @type {import("./texts.js").Key} */ (`figures.${name}`),
          shown: (/** @type {FigureRow} */ row) => amount(row[name]),
          number: true,
        })),
        {
          label: "lookup.discount",
          shown: ({ discount_minor }) => amounts(discount_minor),
          number: true,
        },
      ],
      load: (after, signal) => figures(asked(), after, signal),
      foot: totals,
    });
  }

  show() {
    void this.#table.refresh();
  }

  hide() {}
}

/**
 * A page of figures; groups and coupons are called by their names.
 *
 * @param {Record<string, string>} asked
 * @param {string | null} after
 * @param {AbortSignal} signal
 */
async function figures({ by, from = "", to = "" }, after, signal) {
  const days = { from: utcDay(from, 0), to: utcDay(to, 1) };
  const question = address("/v1/coupon-figures", { by, ...days, after, limit: ROWS });
  /** @type {{ rows: FigureRow[], next: string | null }} */
  const { rows, next } = await call(question, { signal });
  return { rows: await Promise.all(rows.map((row) => withName(row, signal))), next };
}

/**
 * @param {FigureRow} row
 * @param {AbortSignal} signal
 */
async function withName(row, signal) {
  // Without its name a row is still called by its id.
  const unnamed = () => null;
  if (row.group) {
    const group = await call(groupPath(row.group), { signal }).catch(unnamed);
    return { ...row, name: group?.name };
  }
  if (row.coupon) {
    const listed = await call(couponPath(row.coupon), { signal }).catch(unnamed);
    return { ...row, name: listed ? couponName(listed.coupon) : undefined };
  }
  return row;
}

/**
 * @param {string} date `YYYY-MM-DD`
 * @param {number} later days to add
 */
function utcDay(date, later) {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(ms) ? null : ms + later * DAY_MS;
}

/** @param {FigureRow} row */
function rowName({ day_ms, group, coupon, type, name }) {
  if (day_ms !== undefined) return localDay(new Date(day_ms).toISOString().slice(0, 10));
  if (group) return link(groupLink(group), name ?? group);
  if (coupon) return link(couponLink(coupon), name ?? coupon);
  return named("scope", type || "all");
}

/** @param {Record<string, number>} discounts minor units by currency */
function amounts(discounts) {
  const list = make("span", "amounts");
  const texts = Object.entries(discounts)
    .sort()
    .map(([currency, minor]) => money(minor, currency));
  list.append(...(texts.length > 0 ? texts : [NOTHING]).map((text) => make("span", "", text)));
  return list;
}

/** @param {FigureRow[]} rows */
function totals(rows) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const { discount_minor } of rows) {
    for (const [currency, minor] of Object.entries(discount_minor)) {
      sums.set(currency, (sums.get(currency) ?? 0) + minor);
    }
  }
  const confirmed = rows.reduce((sum, row) => sum + row.confirmed, 0);
  const line = make("div", "totals");
  line.append(
    make("strong", "", say("figures.total")),
    make("span", "", say("figures.total.confirmed", { count: confirmed })),
    amounts(Object.fromEntries(sums)),
  );
  return line;
}
