// @ts-check
// The central API alone: every path of the demo's port leads to it.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEMO, startServer } from "./server.mjs";

const DAY_MS = 24 * 3600 * 1000;

/**
 * Starts the central API alone.
 * @param {import("./server.mjs").ServerOptions & { daysLater?: number }} [options] `daysLater`: its clock
 *   is ahead by that
 */
export async function startCentral({ daysLater = 0, ...options } = {}) {
  const demo = mkdtempSync(join(tmpdir(), "usher-central-"));
  cpSync(DEMO, demo, { recursive: true });
  const edge = '(name = "EDGE", service = "edge")';
  replace(join(demo, "usher.capnp"), edge, edge.replace('"edge"', '"central"'));
  if (daysLater > 0) putClockAhead(join(demo, "central.js"), daysLater);
  const server = await startServer({ ...options, demo });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      rmSync(demo, { recursive: true, force: true });
    },
  };
}

/**
 * Lets a built worker believe that it is later.
 * @param {string} script
 * @param {number} days
 */
export function putClockAhead(script, days) {
  const aheadMs = days * DAY_MS;
  replace(script, "Date.now()", `(Date.now() + ${aheadMs})`);
  // The alarms of workerd go by the clock of the machine.
  replace(script, "setAlarm(dueMs)", `setAlarm(dueMs - ${aheadMs})`);
  replace(
    script,
    "await this.#storage.getAlarm()",
    `await this.#storage.getAlarm().then((ms) => (ms === null ? null : ms + ${aheadMs}))`,
  );
}

/**
 * The files in which the central store is.
 * @param {string} state
 */
export function databaseFiles(state) {
  const folder = join(state, "usher-central-v1");
  return readdirSync(folder).map((file) => join(folder, file));
}

/**
 * Whether a text stands anywhere in the files of the central store, whatever they hold it for.
 * @param {string} state
 * @param {string} text
 */
export function isOnDisk(state, text) {
  return databaseFiles(state).some((file) => readFileSync(file).includes(text));
}

/**
 * @param {string} file
 * @param {string} text
 * @param {string} by
 */
function replace(file, text, by) {
  const before = readFileSync(file, "utf8");
  if (!before.includes(text)) throw new Error(`${file} has no \`${text}\``);
  writeFileSync(file, before.replaceAll(text, by));
}
