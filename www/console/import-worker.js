// @ts-check
// Reads an export beside the page, so that the page never waits: bytes in, a report out. The module
// keeps the sums, so that days can be asked for in one zone after the other.
import { ActivityImport, init } from "usher/office";

/**
 * @typedef {import("usher/office").ActivityReport} ActivityReport
 * @typedef {import("usher/office").ActivityDay} ActivityDay
 *
 * @typedef {{ read: File } | { zone: string }} Order what the page asks for
 *
 * @typedef {{ kind: "progress", bytes: number }
 *   | { kind: "report", report: ActivityReport, ms: number }
 *   | { kind: "days", zone: string, days: ActivityDay[] }
 *   | { kind: "refused", code: string, message: string, field: string | null }} Answer
 */

/** What the module takes at once. */
const PIECE_BYTES_MAX = 1024 * 1024;
const PROGRESS_MS = 60;

/** @type {ActivityImport | null} */
let activity = null;

addEventListener("message", async (/** @type {MessageEvent<Order>} */ { data }) => {
  try {
    if ("read" in data) await read(data.read);
    else answer({ kind: "days", zone: data.zone, days: activity?.days(data.zone).days ?? [] });
  } catch (/** @type {any} */ reason) {
    const { code = "unexpected", field = null, message = String(reason) } = reason ?? {};
    answer({
      kind: "refused",
      code: typeof code === "string" ? code : "unreadable",
      message,
      field,
    });
  }
});

/** @param {File} file */
async function read(file) {
  await init("/usher/office.wasm");
  const started = performance.now();
  activity?.free();
  activity = new ActivityImport({ now_ms: Date.now(), gives_plays: false });
  let bytes = 0;
  let told = 0;
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    for (let at = 0; at < value.length; at += PIECE_BYTES_MAX) {
      activity.push(value.subarray(at, at + PIECE_BYTES_MAX));
    }
    bytes += value.length;
    if (performance.now() - told < PROGRESS_MS) continue;
    told = performance.now();
    answer({ kind: "progress", bytes });
  }
  const { report } = activity.finish();
  answer({ kind: "report", report, ms: performance.now() - started });
}

/** @param {Answer} message */
function answer(message) {
  postMessage(message);
}
