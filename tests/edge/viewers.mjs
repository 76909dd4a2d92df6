// @ts-check
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { eventually, request } from "./api.mjs";

/** Windows of a second that wait for nothing after their end, so that all sums are at the centre soon. */
export const SHORT = { WINDOW_SECONDS: "1", WINDOW_GRACE_SECONDS: "0" };

/** A pause that no viewer made: the state of it is set apart. */
export const BEYOND_BELIEF_MS = 2 ** 41;

/**
 * @param {string} url
 * @param {string} viewer
 * @param {RequestInit} [init]
 */
export const viewerAt = (url, viewer, init) =>
  request(`${url}/v1/viewers/${encodeURIComponent(viewer)}`, init);

/**
 * @param {string} url
 * @param {string} viewer
 */
export const erase = (url, viewer) => viewerAt(url, viewer, { method: "DELETE" });

/**
 * @param {string} url
 * @param {string} viewer
 */
export const progressOf = (url, viewer) =>
  request(`${url}/v1/viewers/${encodeURIComponent(viewer)}/erasure`);

/**
 * What the edge holds of a viewer; none of it names the viewer.
 * @param {string} url
 * @param {string} viewer
 */
export async function heldAt(url, viewer) {
  const { status, body } = await viewerAt(url, viewer);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/**
 * A report of a player about itself (CMCD).
 * @param {string} url
 * @param {string} viewer
 * @param {string} title
 */
export async function report(url, viewer, title) {
  const query = new URLSearchParams({ viewer, title });
  const { status, body } = await request(`${url}/v1/cmcd?${query}`, {
    method: "POST",
    body: 'cid="film",e=ps,sid="one",sn=0,sta=p,ts=1000,v=2\n',
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/**
 * The classes of data of which an export of the edge's own store has anything.
 * @param {any} edge
 */
export function rowsOf({ views, clocks, quarantine, reports, waiting }) {
  const counts = { views, loads: clocks.loads, quarantine, reports, waiting };
  return Object.entries(counts).flatMap(([name, { length }]) => (length > 0 ? [name] : []));
}

/**
 * The rows of the audit log with one action.
 * @param {string} url
 * @param {string} action
 */
export async function audited(url, action) {
  const { status, body } = await request(`${url}/v1/audit?limit=1000`);
  assert.equal(status, 200);
  return body.rows.filter((/** @type {any} */ row) => row.action === action);
}

/**
 * Waits until an erasure is done everywhere.
 * @param {string} url
 * @param {string} viewer
 */
export const erasedEverywhere = (url, viewer) =>
  eventually(async () => {
    const { body } = await progressOf(url, viewer);
    assert.deepEqual([body.edge, body.rollup, body.centre, body.open], [true, true, true, null]);
    return body;
  }, 60_000);

/**
 * The figures of a title, as soon as those of the windows and of the views are these.
 * @param {string} url of a central API
 * @param {string} title
 * @param {{ views: number, played_ms: number }} expected
 */
export const reconciled = (url, title, expected) =>
  eventually(async () => {
    const { body } = await request(`${url}/v1/reconciliation?title=${title}`);
    const [{ views, windows, equal }] = body.titles;
    const of = (/** @type {any} */ sums) => ({ views: sums.views, played_ms: sums.played_ms });
    const found = { equal, views: of(views), windows: of(windows) };
    assert.deepEqual(found, { equal: true, views: expected, windows: expected });
  }, 40_000);

/**
 * The files below a state folder in which a text stands, whatever they hold it for.
 * @param {string} state
 * @param {string} text
 */
export function filesWith(state, text) {
  return readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => file.includes(text) || readFileSync(file).includes(text));
}
