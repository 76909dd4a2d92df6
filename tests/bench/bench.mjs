// @ts-check
// Usher beside the others: `node tests/bench/bench.mjs [part...]` prints tables in Markdown, of all parts or of
// those that are named. BENCH_JSON=file also writes the numbers there.
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { startChromium } from "../browser/chromium.mjs";
import { describeMachine } from "./machine.mjs";
import { installPeers, peer } from "./peers.mjs";
import { report } from "./report.mjs";

export const PARTS = [
  "throughput",
  "memory",
  "bundles",
  "main-thread",
  "accuracy",
  "edge",
  "faults",
  "coupons",
  "redemptions",
  "decisions",
  "rights",
  "streams",
  "tokens",
];

/**
 * Parts that need neither a browser nor one another, each under its name in the results.
 * @type {{ [part: string]: (results: import("./report.mjs").Results) => Promise<void> }}
 */
const MEASURES = {
  edge: async (to) => void (to.edge = await (await import("./edge.mjs")).measureEdge()),
  coupons: async (to) => void (to.coupons = await (await import("./coupons.mjs")).measureCoupons()),
  redemptions: async (to) =>
    void (to.redemptions = await (await import("./redemptions.mjs")).measureRedemptions()),
  decisions: async (to) => {
    to.decisions = await (await import("./decisions.mjs")).measureDecisions();
    to.peers["regorus"] = (await import("./decisions/regorus.mjs")).REGORUS;
  },
  rights: async (to) => void (to.rights = await (await import("./rights.mjs")).measureRights()),
  streams: async (to) => void (to.streams = await (await import("./streams.mjs")).measureStreams()),
  tokens: async (to) => void (to.tokens = await (await import("./tokens.mjs")).measureTokens()),
};

/** Parts in which nobody stands beside Usher. */
const ALONE = ["edge", "redemptions", "rights", "streams"];

/** Parts that are run only when they are named: they take long. */
const ON_DEMAND = ["redemptions", "streams"];

const PEER_PACKAGES = [
  "@snowplow/browser-tracker",
  "@snowplow/browser-plugin-media",
  "@snowplow/browser-tracker-core",
  "@snowplow/tracker-core",
  "mux-embed",
  "bitmovin-analytics",
  "voucher-code-generator",
  "@casl/ability",
  "casbin",
  "@cedar-policy/cedar-wasm",
  "@eyevinn/cat",
  "jose",
];

/** @param {string[]} parts */
export async function bench(parts) {
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown) throw new Error(`\`${unknown}\` is no part; expected ${PARTS.join(", ")}`);
  const withPeers = parts.length === 0 || parts.some((part) => !ALONE.includes(part));
  if (withPeers) installPeers();
  const beganMs = Date.now();
  /** @type {import("./report.mjs").Results} */
  const results = {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    node: process.version,
    chromium: null,
    peers: Object.fromEntries((withPeers ? PEER_PACKAGES : []).map((name) => [name, peer(name)])),
    seconds: 0,
  };
  const wanted = (/** @type {string} */ part) =>
    parts.includes(part) || (parts.length === 0 && !ON_DEMAND.includes(part));
  const progress = (/** @type {string} */ part) => console.error(`bench: ${part}`);

  if (wanted("throughput")) {
    progress("throughput");
    const { measureThroughput } = await import("./throughput.mjs");
    results.throughput = await measureThroughput();
  }
  if (wanted("memory")) {
    progress("memory");
    const { measureMemory } = await import("./memory.mjs");
    results.memory = measureMemory();
  }
  if (wanted("bundles")) {
    progress("bundles");
    const { weighAll } = await import("./bundle.mjs");
    results.bundles = await weighAll();
  }
  if (wanted("main-thread") || wanted("accuracy") || wanted("faults")) {
    const browser = await startChromium();
    results.chromium = browser.version();
    try {
      if (wanted("main-thread")) {
        progress("main thread");
        const { measureMainThread } = await import("./main-thread.mjs");
        results.mainThread = await measureMainThread(browser);
      }
      if (wanted("accuracy")) {
        progress("accuracy");
        const { measureAccuracy } = await import("./accuracy.mjs");
        results.accuracy = await measureAccuracy(browser);
      }
      if (wanted("faults")) {
        progress("faults");
        const { measureFaults } = await import("./faults.mjs");
        results.faults = await measureFaults(browser);
      }
    } finally {
      await browser.close();
    }
  }
  for (const [part, measure] of Object.entries(MEASURES)) {
    if (!wanted(part)) continue;
    progress(part);
    await measure(results);
  }
  if (results.throughput) {
    // What else this machine does changes; the same again shows by how much.
    progress("throughput again");
    const { measureThroughput } = await import("./throughput.mjs");
    results.throughputAgain = await measureThroughput();
  }
  results.seconds = Math.round((Date.now() - beganMs) / 1000);
  return results;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const results = await bench(process.argv.slice(2));
  console.log(report(results));
  if (process.env.BENCH_JSON) {
    writeFileSync(process.env.BENCH_JSON, `${JSON.stringify(results, null, 2)}\n`);
  }
}
