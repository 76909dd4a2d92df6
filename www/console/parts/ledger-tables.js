// @ts-check
// The tables of the ledger page, each by its columns.
import { count, hours, NOTHING } from "./duration.js";
import { element } from "./element.js";
import { SumTable } from "./sum-table.js";

/**
 * @typedef {{ views: number, unique_ms: number, played_ms: number, completed: number, stalls: number }} Sums
 * @typedef {{ title: string, views: Sums, windows: Sums, difference: Sums, equal: boolean, imported: number }} Reconciled
 * @typedef {{ title: string, window_start_ms: number, window_ms: number, views: number, viewers: number,
 *   unique_ms: number, completed: number, stalls: number, corrections: number }} WindowRow
 * @typedef {{ shard: string, epoch: number, batches: number, rows: number, missing: number, gap_count: number,
 *   gaps: [number, number][], highest: number, announced: number, voids: number, corrections: number,
 *   conflicts: number, erased: number, repeated: number, refused: number, last_received_ms: number | null }} ShardRow
 * @typedef {{ sequence: number, at_ms: number, actor: string, action: string, subject: string, detail: string, hash: string }} AuditRow
 */

/** What a title says twice, under the name that is shown. */
const SUMS = /** @type {[keyof Sums, string][]} */ ([
  ["views", "views"],
  ["unique_ms", "ms unique"],
  ["played_ms", "ms played"],
  ["completed", "completed"],
  ["stalls", "stalls"],
]);

/** Gaps that are shown of one sender; the rest is a number. */
const GAPS_SHOWN_MAX = 3;

/** @returns {SumTable<Reconciled>} */
export function sumsTable() {
  const columns = /** @type {import("./sum-table.js").Column<Reconciled>[]} */ ([
    { label: "Title", value: ({ title }) => title },
    {
      label: "Views",
      value: ({ views }) => views.views,
      text: ({ views }) => count(views.views),
      small: ({ imported }) => (imported > 0 ? `and ${count(imported)} imported` : ""),
      number: true,
    },
    {
      label: "Unique hours",
      value: ({ views }) => views.unique_ms,
      text: ({ views }) => hours(views.unique_ms),
      number: true,
    },
    {
      label: "In windows",
      value: ({ windows }) => windows.unique_ms,
      text: ({ windows }) => hours(windows.unique_ms),
      number: true,
    },
    {
      label: "Difference",
      value: ({ difference }) => Math.abs(difference.unique_ms) + Math.abs(difference.views),
      text: differenceText,
      number: true,
    },
  ]);
  return new SumTable(element("sums", HTMLElement), "titles", columns, {
    column: 4,
    descending: true,
  });
}

/** @returns {SumTable<ShardRow>} */
export function batchesTable() {
  const number = true;
  const columns = /** @type {import("./sum-table.js").Column<ShardRow>[]} */ ([
    {
      label: "Sender",
      value: ({ shard }) => shard,
      small: ({ epoch, last_received_ms }) => `epoch ${epoch}, last ${moment(last_received_ms)}`,
    },
    { label: "Batches", value: ({ batches }) => batches, number },
    { label: "Rows", value: ({ rows }) => rows, text: ({ rows }) => count(rows), number },
    {
      label: "Missing",
      value: ({ missing }) => missing,
      text: ({ missing }) => count(missing),
      small: gapsText,
      number,
    },
    { label: "Corrections", value: ({ corrections }) => corrections, number },
    { label: "Voids", value: ({ voids }) => voids, number },
    { label: "Refused", value: ({ refused }) => refused, number },
    { label: "Repeated", value: ({ repeated }) => repeated, number },
    { label: "Erased rows", value: ({ erased }) => erased, number },
  ]);
  return new SumTable(element("batches", HTMLElement), "senders", columns, {
    column: 3,
    descending: true,
  });
}

/** @returns {SumTable<WindowRow>} */
export function windowsTable() {
  const number = true;
  const columns = /** @type {import("./sum-table.js").Column<WindowRow>[]} */ ([
    { label: "Title", value: ({ title }) => title },
    {
      label: "Window",
      value: ({ window_start_ms }) => window_start_ms,
      text: ({ window_start_ms }) => moment(window_start_ms),
      small: ({ window_ms }) => `${count(Math.round(window_ms / 1000))} s`,
      number,
    },
    { label: "Views", value: ({ views }) => views, text: ({ views }) => count(views), number },
    {
      label: "Viewers",
      value: ({ viewers }) => viewers,
      text: ({ viewers }) => `≈ ${count(viewers)}`,
      number,
    },
    {
      label: "Unique hours",
      value: ({ unique_ms }) => unique_ms,
      text: ({ unique_ms }) => hours(unique_ms),
      number,
    },
    { label: "Completed", value: ({ completed }) => completed, number },
    { label: "Corrections", value: ({ corrections }) => corrections, number },
  ]);
  return new SumTable(element("windows", HTMLElement), "windows", columns, {
    column: 1,
    descending: true,
  });
}

/** @returns {SumTable<AuditRow>} */
export function auditTable() {
  const columns = /** @type {import("./sum-table.js").Column<AuditRow>[]} */ ([
    {
      label: "Action",
      value: ({ action }) => action,
      text: ({ action }) => action.replaceAll("_", " "),
      small: ({ detail }) => (detail.length > 200 ? `${detail.slice(0, 200)} …` : detail),
    },
    { label: "By", value: ({ actor }) => actor },
    {
      label: "Of",
      value: ({ subject }) => subject,
      text: ({ subject }) =>
        subject.length > 16 ? `${subject.slice(0, 15)}…` : subject || NOTHING,
      hint: ({ subject }) => subject,
    },
    {
      label: "When",
      value: ({ at_ms }) => at_ms,
      text: ({ at_ms }) => moment(at_ms),
      number: true,
    },
    { label: "Number", value: ({ sequence }) => sequence, number: true },
  ]);
  return new SumTable(element("audit", HTMLElement), "rows", columns, {
    column: 4,
    descending: true,
  });
}

/** @param {Reconciled} row */
function differenceText({ difference, equal }) {
  if (equal) return "0";
  return SUMS.filter(([sum]) => difference[sum] !== 0)
    .map(
      ([sum, name]) =>
        `${difference[sum] > 0 ? "+" : "−"}${count(Math.abs(difference[sum]))} ${name}`,
    )
    .join(", ");
}

/** @param {ShardRow} row */
function gapsText({ gaps, gap_count }) {
  const shown = gaps.slice(0, GAPS_SHOWN_MAX);
  const text = shown.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(", ");
  return gap_count > shown.length
    ? `${text} and ${count(gap_count - shown.length)} more gaps`
    : text;
}

/** @param {number | null} ms */
function moment(ms) {
  if (ms === null) return "never";
  return new Date(ms).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
}
