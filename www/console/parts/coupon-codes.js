// @ts-check
// The table of codes, wherever codes are listed.
import { call } from "./api.js";
import { moment, scopeText } from "./coupon-words.js";
import { codeLink, link, stateMark } from "./coupon-links.js";
import { NOTHING } from "./duration.js";
import { RowTable } from "./row-table.js";

/**
 * @typedef {object} CodeRow
 * @property {string} code
 * @property {string} coupon
 * @property {import("./coupon-api.js").CodeState} state
 * @property {number} redemptions
 * @property {import("./coupon-api.js").Redemption | null} last
 */

const ROWS = 25;

/**
 * @param {HTMLElement} place
 * @param {(after: string | null, limit: number) => string} asked the address of a page of them
 */
export function codesTable(place, asked) {
  /** @type {import("./row-table.js").Column<CodeRow>[]} */
  const columns = [
    { label: "codes.code", shown: ({ code }) => link(codeLink(code), code) },
    { label: "coupons.state", shown: ({ state }) => stateMark(state) },
    { label: "codes.customer", shown: ({ last }) => last?.customer || NOTHING },
    {
      label: "codes.at",
      shown: ({ last }) => moment(last?.reversed_ms ?? last?.settled_ms ?? last?.reserved_ms),
    },
    {
      label: "codes.scope",
      shown: ({ last }) => (last?.scope ? scopeText(last.scope) : NOTHING),
    },
  ];
  return new RowTable(place, {
    caption: "codes.title",
    empty: "codes.empty",
    columns,
    load: (after, signal) => call(asked(after, ROWS), { signal }),
  });
}

/**
 * The instant at which a day of this browser's zone begins, UTC in milliseconds.
 *
 * @param {string} date `YYYY-MM-DD`
 * @param {number} later whole days to add
 */
export function zonedDay(date, later) {
  const [year, month, dayOfMonth] = date.split("-").map(Number);
  if (!year || !month || !dayOfMonth) return null;
  return new Date(year, month - 1, dayOfMonth + later).getTime();
}
