// @ts-check
// Reads an export beside the page, so that the page never waits: bytes in, a report out. The module
// keeps the sums, so that days can be asked for in one zone after the other.
import { ActivityImport, freezePlays, init } from "usher/office";
import { postBatch } from "./parts/import-batch.js";

/**
 * @typedef {import("usher/office").ActivityReport} ActivityReport
 * @typedef {import("usher/office").ActivityDay} ActivityDay
 *
 * @typedef {import("usher/office").ImportedView} ImportedView
 *
 * @typedef {{ read: File } | { zone: string } | { send: File }} Order what the page asks for
 *
 * @typedef {{ kind: "progress", bytes: number }
 *   | { kind: "report", report: ActivityReport, ms: number }
 *   | { kind: "sending", sent: number }
 *   | { kind: "sent", sent: number, batches: number }
 *   | { kind: "days", zone: string, days: ActivityDay[] }
 *   | { kind: "refused", code: string, message: string, field: string | null }} Answer
 */

/** What the module takes at once. */
const PIECE_BYTES_MAX = 1024 * 1024;
const PROGRESS_MS = 60;

/** Plays of one batch; the central API takes up to 1000. */
const BATCH_ROWS_MAX = 500;

/** @type {ActivityImport | null} */
let activity = null;

addEventListener("message", async (/** @type {MessageEvent<Order>} */ { data }) => {
  try {
    if ("read" in data) await read(data.read);
    else if ("send" in data) await send(data.send);
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
  const reading = new ActivityImport({ now_ms: Date.now(), gives_plays: false });
  activity = reading;
  let told = 0;
  for await (const { piece, bytes } of pieces(file)) {
    reading.push(piece);
    if (performance.now() - told < PROGRESS_MS) continue;
    told = performance.now();
    answer({ kind: "progress", bytes });
  }
  const { report } = reading.finish();
  answer({ kind: "report", report, ms: performance.now() - started });
}

/**
 * Reads the file once more and sends its plays, a batch at a time. The plays are not kept, so that a
 * large file stays small here; sent again, the same batches change nothing.
 * @param {File} file
 */
async function send(file) {
  await init("/usher/office.wasm");
  const reading = new ActivityImport({ now_ms: Date.now(), gives_plays: true });
  /** @type {ImportedView[]} */
  let plays = [];
  let [sent, batches] = [0, 0];
  /** @param {number} least */
  const flush = async (least) => {
    while (plays.length > least) {
      const { rows, body } = freezePlays({ plays: plays.slice(0, BATCH_ROWS_MAX) });
      await postBatch(body, rows);
      batches += 1;
      plays = plays.slice(rows);
      answer({ kind: "sending", sent: (sent += rows) });
    }
  };
  try {
    for await (const { piece } of pieces(file)) {
      plays.push(...reading.push(piece).plays);
      await flush(BATCH_ROWS_MAX);
    }
    plays.push(...reading.finish().plays);
    await flush(0);
  } finally {
    reading.free();
  }
  answer({ kind: "sent", sent, batches });
}

/**
 * @param {File} file
 * @returns {AsyncGenerator<{ piece: Uint8Array, bytes: number }>} with how many were read before and in it
 */
async function* pieces(file) {
  let bytes = 0;
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (let at = 0; at < value.length; at += PIECE_BYTES_MAX) {
      const piece = value.subarray(at, at + PIECE_BYTES_MAX);
      yield { piece, bytes: (bytes += piece.length) };
    }
  }
}

/** @param {Answer} message */
function answer(message) {
  postMessage(message);
}
