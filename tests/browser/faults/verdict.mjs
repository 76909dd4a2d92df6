// @ts-check
// What became of a row: what the centre has, beside what the elements played.
import assert from "node:assert/strict";
import { eventually, request } from "../../edge/api.mjs";

/** @typedef {import("./row.mjs").Row} Row */

/**
 * @typedef {object} Verdict
 * @property {string} name
 * @property {number} records that there were: views that the element played, or events of another tool
 * @property {number} lost of them: the centre has none, or less than was played
 * @property {number} twice of them: the centre has more, or what nobody did
 * @property {number} worstMs largest difference of one view
 * @property {number} requests
 * @property {string} note
 */

/**
 * @typedef {object} Allowed
 * @property {number} [missingMs] of one view, where the browser's renderer died
 * @property {string[]} [refused] views that the edge was told never to take
 */

/** What an edge is told, so that sums of windows are on their way all the time. */
export const WINDOWS = { WINDOW_SECONDS: "1", WINDOW_GRACE_SECONDS: "0" };

/** What the accuracy tests allow between the element and Usher. */
const ERROR_MS_MAX = 50;

/** Longest wait for a view: the last delay of an outage, and a machine that has other work. */
export const ARRIVAL_MS_MAX = 40_000;

/**
 * Keeps what became of each row, whether it is right or not, and says so if it is not.
 * @param {string} edge
 * @param {Verdict[]} verdicts
 */
export function judgeAt(edge, verdicts) {
  /**
   * @param {Row} row
   * @param {import("./rows.mjs").Expected} expected
   */
  return async (row, { check, note, ...allowed }) => {
    const { verdict, checkAll } = await verdictOf(row, edge, allowed);
    verdicts.push(verdict);
    verdict.note = note?.() ?? "";
    checkAll();
    await check?.();
  };
}

/**
 * Waits until the centre has what was played, or for as long as is bearable, and says how it stands.
 * @param {Row} row
 * @param {string} edge
 * @param {Allowed} allowed
 */
async function verdictOf(row, edge, { missingMs = ERROR_MS_MAX, refused = [] }) {
  const expected = [...row.truth].filter(([view]) => !refused.includes(view));
  /** @type {Map<string, any>} */
  const records = new Map();
  const msOf = (/** @type {string} */ view) => records.get(view)?.unique_ms ?? 0;
  const lost = () => expected.filter(([view, ms]) => ms - msOf(view) > missingMs).length;
  const look = async () => {
    for (const [view] of row.truth) {
      const { status, body } = await request(`${edge}/v1/views/${view}`);
      if (status === 200) records.set(view, body);
    }
    assert.equal(lost(), 0);
  };
  const none = () => {};
  // What is still missing when the wait is over is told by the verdict.
  await eventually(look, ARRIVAL_MS_MAX).catch(none);
  /** @type {Sums} */
  let sums = { views: 0, unique_ms: 0, played_ms: 0, equal: false };
  // Nothing more may come of it, and what came is the same from both sides.
  const settled = async () => {
    await quiet(edge);
    sums = await sumsOf(edge, row.title);
    await look();
    assert.deepEqual([sums.views, sums.equal], [records.size, true]);
  };
  await eventually(settled, ARRIVAL_MS_MAX).catch(none);
  const differences = expected.map(([view, ms]) => msOf(view) - ms);
  const more = differences.filter((ms) => ms > ERROR_MS_MAX).length;
  const unknown = sums.views - records.size;
  const taken = refused.filter((view) => records.has(view)).length;
  /** @type {Verdict} */
  const verdict = {
    name: row.name,
    records: expected.filter(([, ms]) => ms > 0).length,
    lost: lost(),
    twice: more + unknown + taken,
    worstMs: differences.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0),
    requests: row.arrivals.length,
    note: "",
  };
  return { verdict, checkAll: () => checkAll(row, verdict, [...records.values()], sums) };
}

/**
 * All that every row promises.
 * @param {Row} row
 * @param {Verdict} verdict
 * @param {any[]} records
 * @param {Sums} sums
 */
function checkAll(row, verdict, records, sums) {
  const { lost, twice } = verdict;
  assert.deepEqual({ lost, twice }, { lost: 0, twice: 0 }, JSON.stringify(verdict));
  const sum = (/** @type {string} */ figure) =>
    records.reduce((total, record) => total + record[figure], 0);
  const { views, unique_ms, played_ms, equal } = sums;
  assert.deepEqual(
    { views, unique_ms, played_ms, equal },
    {
      views: records.length,
      unique_ms: sum("unique_ms"),
      played_ms: sum("played_ms"),
      equal: true,
    },
  );
  assert.deepEqual(row.noise, []);
  for (const { method, type, cookie } of row.arrivals) {
    assert.deepEqual([method, cookie], ["POST", false]);
    assert.match(type, /^text\/plain/);
  }
}

/**
 * Of a title's views. Those of its windows are `equal`: what is added, and so must come exactly once,
 * beside what is replaced, and so may come often.
 * @typedef {{ views: number, unique_ms: number, played_ms: number, equal: boolean }} Sums
 */

/**
 * @param {string} edge
 * @param {string} title
 * @returns {Promise<Sums>}
 */
async function sumsOf(edge, title) {
  const { body } = await request(`${edge}/v1/reconciliation?title=${title}`);
  const [{ views, equal } = { views: null, equal: false }] = body.titles;
  return { ...views, equal };
}

/** @param {string} edge */
async function quiet(edge) {
  const { body } = await request(`${edge}/v1/outbox`);
  for (const { pending, batches } of body.shards) {
    assert.deepEqual([pending, batches.length], [0, 0]);
  }
}

/**
 * The verdicts as a table in Markdown.
 * @param {string} browser
 * @param {Verdict[]} verdicts
 */
export function tableOf(browser, verdicts) {
  const rows = verdicts.map(({ name, records, lost, twice, worstMs, requests, note }) => [
    name,
    `${lost} of ${records}`,
    String(twice),
    String(requests),
    [`${worstMs < 0 ? "" : "+"}${worstMs.toFixed(0)} ms`, note].filter(Boolean).join("; "),
  ]);
  const head = [`row, in ${browser}`, "views lost", "counted twice", "requests", "note"];
  const rule = ["---", "---:", "---:", "---:", "---"];
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
