// @ts-check
// The fault rows for Usher and for two of the others: what each had to tell, and what of it arrived.
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { CHROMIUM } from "../browser/faults/powers.mjs";
import { FaultProxy } from "../browser/faults/proxy.mjs";
import { Row } from "../browser/faults/row.mjs";
import { ROWS } from "../browser/faults/rows.mjs";
import { ARRIVAL_MS_MAX, WINDOWS, judgeAt } from "../browser/faults/verdict.mjs";
import { startServer } from "../edge/server.mjs";

/** @typedef {import("../browser/faults/verdict.mjs").Verdict} Verdict */
/** @typedef {import("../browser/faults/proxy.mjs").Receiver} Receiver */

/** Rows that run beside each other; each waits most of the time. */
const ROWS_AT_ONCE = 4;

/** @type {Record<"snowplow" | "mux", Receiver>} */
const RECEIVERS = {
  snowplow: {
    takes: (pathname) => pathname.endsWith("/tp2"),
    records: (body) => JSON.parse(body).data.map((/** @type {any} */ { eid }) => eid),
    answer: { type: "text/plain", body: "ok" },
  },
  mux: {
    takes: (pathname, method) => method === "POST" && pathname === "/",
    records: (body) =>
      JSON.parse(body).events.map((/** @type {any} */ { pinid, psqno }) => `${pinid}.${psqno}`),
    answer: { type: "text/plain", body: "ok" },
  },
};

/**
 * By row and tool; null where the row could not be played to its end.
 * @typedef {Record<string, Record<"usher" | keyof RECEIVERS, Verdict | null>>} Faults
 */

/**
 * @param {import("playwright-core").Browser} browser
 * @returns {Promise<Faults>}
 */
export async function measureFaults(browser) {
  const server = await startServer({ environment: WINDOWS });
  const scripts = { snowplow: await moduleOf("snowplow"), mux: await moduleOf("mux") };
  /** @type {Faults} */
  const faults = Object.fromEntries(
    Object.keys(ROWS).map((name) => [name, { usher: null, snowplow: null, mux: null }]),
  );
  /** @type {(() => Promise<void>)[]} */
  const work = [];
  for (const [name, act] of Object.entries(ROWS)) {
    const results = faults[name];
    if (!results) continue;
    /** @type {(row: Row, judge: Parameters<Row["run"]>[2]) => Promise<void>} */
    const play = (row, judge) => row.run(act, CHROMIUM, judge).catch(told(name));
    work.push(async () => {
      const row = new Row(name, await newContext(browser), new FaultProxy(server.url));
      /** @type {Verdict[]} */
      const verdicts = [];
      await play(row, judgeAt(server.url, verdicts));
      results.usher = verdicts[0] ?? null;
    });
    for (const tool of /** @type {(keyof RECEIVERS)[]} */ (Object.keys(RECEIVERS))) {
      work.push(async () => {
        const proxy = new FaultProxy(server.url, RECEIVERS[tool], scripts[tool]);
        const row = new Row(name, await newContext(browser), proxy, { tool });
        await play(row, async (_, expected) => {
          results[tool] = await verdictOf(row, expected);
        });
      });
    }
  }
  const waiting = work.values();
  const lane = async () => {
    for (const one of waiting) await one();
  };
  try {
    await Promise.all(Array.from({ length: ROWS_AT_ONCE }, lane));
  } finally {
    await server.stop();
  }
  return faults;
}

/**
 * Waits for what a tool made to arrive: half as long as Usher is waited for, then the viewer comes back for
 * the other half.
 * @param {Row} row
 * @param {import("../browser/faults/rows.mjs").Expected} expected
 * @returns {Promise<Verdict>}
 */
async function verdictOf(row, { note, refused = [] }) {
  const made = [...row.truth.keys()].filter((event) => !refused.includes(event));
  const arrived = () =>
    row.arrivals.filter(({ stored }) => stored).flatMap(({ records }) => records);
  const lost = () => {
    const known = new Set(arrived());
    return made.filter((event) => !known.has(event)).length;
  };
  const wait = async () => {
    const until = performance.now() + ARRIVAL_MS_MAX / 2;
    while (lost() > 0 && performance.now() < until) await pause(100);
  };
  await wait();
  const requests = row.arrivals.length;
  const said = note?.() ?? "";
  if (lost() > 0) {
    await (await row.open()).play(1);
    await wait();
  }
  const all = arrived();
  const twice = all.length - new Set(all).size;
  const { name } = row;
  return { name, records: made.length, lost: lost(), twice, worstMs: 0, requests, note: said };
}

/**
 * A row that could not be played to its end, or in which something was not as promised.
 * @param {string} name
 */
function told(name) {
  return (/** @type {unknown} */ error) => console.error(`bench: ${name}: ${error}`);
}

/** @param {import("playwright-core").Browser} browser */
async function newContext(browser) {
  const context = await browser.newContext();
  // Nothing leaves the machine.
  await context.route(
    (url) => url.hostname !== "localhost",
    (route) => route.abort(),
  );
  return context;
}

/** @param {keyof RECEIVERS} tool */
async function moduleOf(tool) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`peers/${tool}-events.js`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "error",
  });
  return outputFiles?.[0]?.text ?? "";
}
