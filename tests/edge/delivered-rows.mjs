// @ts-check
// Rows as a rollup shard sends them, with figures that differ from row to row.
import { createHash } from "node:crypto";

let views = 0;

/**
 * A record of a view of its own.
 * @param {Record<string, unknown>} [change]
 */
export function viewRow(change = {}) {
  views += 1;
  return {
    view: createHash("md5").update(String(views)).digest("hex"),
    viewer: `viewer ${views % 7}`,
    title: `Ein Film ${views % 3} 🎬 \\ "`,
    version: 1,
    unique_ms: 1000 + views,
    played_ms: 2000 + views,
    playing_ms: 2000,
    stalls: views % 2,
    stalled_ms: (views % 2) * 300,
    completion: 0.1,
    completed: views % 5 === 0,
    live: false,
    milestones: [10],
    source: "player",
    delivery: null,
    country: views % 2 ? "DE" : null,
    device: "desktop",
    watched_ms: 1_790_000_000_000 + views,
    first_seen_ms: 1_790_000_000_000,
    last_seen_ms: 1_790_000_001_000,
    ...change,
  };
}

let windows = 0;

/** @param {Record<string, unknown>} [change] */
export function windowRow(change = {}) {
  windows += 1;
  return {
    window_start_ms: 1_790_000_040_000 + (windows % 2) * 60_000,
    window_ms: 60_000,
    title: `Ein Film ${windows % 3} 🎬`,
    country: windows % 2 ? "DE" : null,
    device: "tv",
    correction: windows % 4 === 0,
    views: windows,
    unique_ms: 1000 - windows * 300,
    played_ms: 2 ** 53 - 1,
    completed: -(windows % 2),
    stalls: 1,
    stalled_ms: 77,
    classes: { unknown: 1, light: 2, standard: 3, heavy: windows },
    viewers: createHash("sha256").update(String(windows)).digest("base64url"),
    ...change,
  };
}

/** @param {object[]} rows */
export const linesOf = (...rows) => rows.map((each) => `${JSON.stringify(each)}\n`).join("");

/**
 * Rows as CloudEvents.
 * @param {string} batch
 * @param {"view" | "window"} kind
 * @param {any[]} rows
 */
export const eventsOf = (batch, kind, rows) =>
  rows.map((data, index) => ({
    specversion: "1.0",
    id: `${batch}#${index + 1}`,
    source: "usher/tenant/a",
    type: `usher.${kind}.v1`,
    subject: data[kind === "view" ? "view" : "title"],
    time: "2026-09-21T12:00:00Z",
    datacontenttype: "application/json",
    data,
  }));
