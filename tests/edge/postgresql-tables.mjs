// @ts-check
// What the receiver keeps, beside what was sent.
import assert from "node:assert/strict";

/** @typedef {(sql: string, values?: unknown[]) => Promise<any[]>} Query */

/** Makes all tables empty. */
export const empty = (/** @type {Query} */ query) =>
  query("TRUNCATE usher.batches, usher.events, usher.views, usher.windows");

/** The records of all views, by view. */
export const records = async (/** @type {Query} */ query) =>
  (await query("SELECT record FROM usher.views ORDER BY view")).map((row) => row.record);

/** @param {any[]} rows */
export const byView = (rows) => [...rows].sort((one, other) => (one.view < other.view ? -1 : 1));

/** How many rows are in each table: batches, events, views, windows. */
export async function counts(/** @type {Query} */ query) {
  const tables = ["batches", "events", "views", "windows"];
  const sql = tables.map((name) => `(SELECT count(*)::int FROM usher.${name}) AS ${name}`);
  return Object.values((await query(`SELECT ${sql.join(", ")}`))[0]);
}

/**
 * Sums of all windows as the database has them, and as they were sent.
 * @param {Query} query
 * @param {any[]} rows
 */
export async function assertWindowSums(query, rows) {
  const sums = ["views", "unique_ms", "played_ms", "completed", "stalls", "stalled_ms"];
  const classes = ["unknown", "light", "standard", "heavy"];
  const names = [...sums, ...classes].map((name) => `sum(${name}) AS ${name}`);
  const [found] = await query(`SELECT ${names.join(", ")} FROM usher.window_sums`);
  const sum = (/** @type {(row: any) => number} */ of) =>
    String(rows.reduce((total, row) => total + BigInt(of(row)), 0n));
  const expected = Object.fromEntries([
    ...sums.map((name) => [name, sum((row) => row[name])]),
    ...classes.map((name) => [name, sum((row) => row.classes[name])]),
  ]);
  assert.deepEqual(found, expected);
}

/**
 * @param {Query} query
 * @param {any[]} rows
 */
export async function assertTitleSums(query, rows) {
  const found = await query("SELECT * FROM usher.title_sums ORDER BY title");
  assert.equal(found.length, new Set(rows.map(({ title }) => title)).size);
  for (const sums of found) {
    const of = rows.filter(({ title }) => title === sums.title);
    const sum = (/** @type {string} */ name) =>
      String(of.reduce((total, row) => total + row[name], 0));
    assert.deepEqual(sums, {
      title: sums.title,
      views: String(of.length),
      viewers: String(new Set(of.map(({ viewer }) => viewer)).size),
      unique_ms: sum("unique_ms"),
      played_ms: sum("played_ms"),
      completed: String(of.filter(({ completed }) => completed).length),
      stalls: sum("stalls"),
      stalled_ms: sum("stalled_ms"),
    });
  }
}
