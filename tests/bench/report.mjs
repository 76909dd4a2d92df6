// @ts-check
// The results as tables in Markdown.
import { decisionTables } from "./decisions.mjs";
import { rightsTable } from "./rights.mjs";
import { streamTables } from "./streams.mjs";
import { table } from "./table.mjs";
import { tokenTable } from "./tokens.mjs";

/**
 * @typedef {object} Results
 * @property {string} date
 * @property {import("./machine.mjs").Machine} machine
 * @property {string} node
 * @property {string | null} chromium
 * @property {Record<string, { version: string, licence: string }>} peers
 * @property {number} seconds that the bench took
 * @property {Awaited<ReturnType<typeof import("./throughput.mjs").measureThroughput>>} [throughput]
 * @property {Awaited<ReturnType<typeof import("./throughput.mjs").measureThroughput>>} [throughputAgain]
 * @property {import("./memory.mjs").Memory} [memory]
 * @property {import("./bundle.mjs").Bundles} [bundles]
 * @property {import("./main-thread.mjs").MainThread} [mainThread]
 * @property {import("./accuracy.mjs").Accuracy} [accuracy]
 * @property {import("./edge.mjs").EdgeFigures} [edge]
 * @property {import("./faults.mjs").Faults} [faults]
 * @property {import("./coupons.mjs").Coupons} [coupons]
 * @property {import("./redemptions.mjs").RedemptionFigures} [redemptions]
 * @property {import("./decisions.mjs").Decisions} [decisions]
 * @property {import("./rights.mjs").RightsFigures} [rights]
 * @property {import("./streams.mjs").StreamFigures} [streams]
 * @property {import("./tokens.mjs").TokenFigures} [tokens]
 */

/** @typedef {(name: "snowplow" | "media" | "mux" | "bitmovin") => string} Named a tool with its version */

/** @param {Results} results */
export function report(results) {
  const { machine, peers } = results;
  const version = (/** @type {string} */ name) => peers[name]?.version ?? "?";
  /** @type {Named} */
  const named = (name) =>
    ({
      snowplow: `Snowplow tracker ${version("@snowplow/browser-tracker")} + media ${version("@snowplow/browser-plugin-media")}`,
      media: `Snowplow media ${version("@snowplow/browser-plugin-media")}`,
      mux: `mux-embed ${version("mux-embed")}`,
      bitmovin: `bitmovin-analytics ${version("bitmovin-analytics")}`,
    })[name];
  const chromium = results.chromium ? `, Chromium ${results.chromium}` : "";
  const head =
    `Measured on ${results.date} by \`make bench\` (${results.seconds} s): ${machine.cores} cores of ` +
    `${machine.model}, ${machine.memoryGiB} GiB, ${machine.system}, load ${machine.load.toFixed(1)} at the ` +
    `start, Node ${results.node}${chromium}.`;
  const licences = Object.entries(peers)
    .map(([name, { version, licence }]) => `${name} ${version} (${licence})`)
    .join(", ");
  return [
    head,
    throughput(results, named),
    memory(results, named),
    bundles(results, named),
    mainThread(results),
    accuracy(results, named),
    edge(results),
    faults(results, named),
    coupons(results, version),
    redemptions(results),
    decisionTables(results.decisions, (name) => peers[name]?.version ?? ""),
    rightsTable(results.rights),
    streamTables(results.streams),
    tokenTable(results.tokens, (name) => peers[name]?.version ?? ""),
    licences && `Run as published, never copied: ${licences}.`,
  ]
    .filter(Boolean)
    .join("\n\n");
}

/**
 * @param {Results} results
 * @param {Named} named
 */
function throughput({ throughput: first, throughputAgain }, named) {
  if (!first) return "";
  const again = throughputAgain ?? first;
  const rows = first.classes.map(({ shape, usher, statistics, ratio }, index) => {
    const last = again.classes[index];
    return [
      `1 000 000 readings, ${shape}`,
      `${millions(usher)} / ${millions(last?.usher ?? NaN)}`,
      `${millions(statistics)} / ${millions(last?.statistics ?? NaN)}`,
      `${ratio.toFixed(2)} / ${(last?.ratio ?? NaN).toFixed(2)}`,
    ];
  });
  const [views] = first.classes;
  const api = [
    "the same through the plugin's functions, no network",
    millions(views?.usher ?? NaN),
    `${millions(first.api)} / ${millions(again.api)}`,
    ((views?.usher ?? NaN) / first.api).toFixed(1),
  ];
  return table(
    [
      `readings a second, in millions, at the start / at the end (${first.seeks} seeks)`,
      "Usher, `View.push`",
      `${named("media")}, statistics class`,
      "ratio",
    ],
    [...rows, api],
  );
}

/**
 * @param {Results} results
 * @param {Named} named
 */
function memory({ memory: figures }, named) {
  if (!figures) return "";
  const { readings, seeks, linearBytes, growthBytes, viewBytes, stateBytes, intervals } = figures;
  return table(
    [`memory of a view of 24 h: ${readings} readings, ${seeks} seeks`, "bytes"],
    [
      ["Usher: a view, from the growth of wasm memory by 32 of them", String(viewBytes)],
      ["Usher: growth of wasm memory by one, in pages of 65 536", String(growthBytes)],
      [`Usher: encoded state, ${intervals} intervals`, String(stateBytes)],
      ["Usher: wasm memory before any view", String(linearBytes)],
      [
        `${named("media")}: heap of its statistics, ${figures.snowplowSeconds} s of content`,
        String(figures.snowplowBytes),
      ],
    ],
  );
}

/**
 * @param {Results} results
 * @param {Named} named
 */
function bundles({ bundles: weights }, named) {
  if (!weights) return "";
  const { usher, snowplow, mux, bitmovin } = weights;
  const row = (/** @type {string} */ name, /** @type {typeof usher} */ { raw, brotli }) => [
    name,
    (raw / 1000).toFixed(1),
    (brotli / 1000).toFixed(1),
  ];
  return table(
    ["bundle of a minimal use, kB", "minified", "brotli 11"],
    [
      row("Usher: script and module", usher),
      row(named("snowplow"), snowplow),
      row(named("mux"), mux),
      row(named("bitmovin"), bitmovin),
    ],
  );
}

/** @param {Results} results */
function mainThread({ mainThread: figures }) {
  if (!figures) return "";
  const { burst, sending, silent, bare, timer } = figures;
  const ms = (/** @type {number} */ value) => value.toFixed(value < 100 ? 1 : 0);
  const hour = table(
    [
      "an hour of playback on the main thread, ms",
      ...burst.map(({ ranges }) => `${ranges} in \`played\``),
    ],
    [
      ["all polls of the session, one after the other", ...burst.map(({ pollsMs }) => ms(pollsMs))],
      [
        "14 400 `timeupdate`s, less the same without a session",
        ...burst.map(({ eventsMs }) => ms(eventsMs)),
      ],
      ...Object.keys(burst[0]?.parts ?? {}).map((part) => [
        `14 400 times ${part}`,
        ...burst.map(({ parts }) => ms(parts[part] ?? NaN)),
      ]),
    ],
  );
  const minute = table(
    [
      "a real minute, times 60",
      "callbacks",
      "inside them, ms",
      "script, CPU ms",
      "main thread, CPU ms",
    ],
    Object.entries({
      "Usher, sending every 10 s": sending,
      "Usher, not sending": silent,
      "no session, an empty timer of 250 ms": timer,
      "no session": bare,
    }).map(([name, account]) => [
      name,
      String(Math.round(account.callbacks)),
      ms(account.callbackMs),
      ms(account.scriptMs),
      ms(account.taskMs),
    ]),
  );
  return `${hour}\n\n${minute}`;
}

/**
 * @param {Results} results
 * @param {Named} named
 */
function accuracy({ accuracy: figures }, named) {
  if (!figures) return "";
  const signed = (/** @type {number} */ seconds, /** @type {number} */ digits) =>
    `${seconds < 0 ? "-" : "+"}${Math.abs(seconds).toFixed(digits)}`;
  const rows = Object.entries(figures).map(([script, tools]) => {
    const pages = Object.values(tools);
    const errors = pages.map(({ usher, played }) => usher - played);
    const worst = errors.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
    const played = pages.map((page) => page.played.toFixed(2)).join(" / ");
    const others = pages.map(({ peer, played }) =>
      peer === null ? "nothing" : signed(peer - played, 2),
    );
    return [script, played, signed(worst, 3), ...others];
  });
  return table(
    [
      "content watched, less `played` of the element, s",
      "`played`, a page each",
      "Usher, worst of the three",
      `${named("media")}, \`contentWatched\``,
      `${named("mux")}, content playback time, which counts repeats`,
      `${named("bitmovin")}, sum of \`played\`, which is wall time`,
    ],
    rows,
  );
}

/**
 * @param {Results} results
 * @param {Named} named
 */
function faults({ faults: figures }, named) {
  if (!figures) return "";
  const cell = (/** @type {import("../browser/faults/verdict.mjs").Verdict | null} */ verdict) => {
    if (!verdict) return "not played to the end";
    const { lost, records, twice, requests, note } = verdict;
    return [`${lost} of ${records} lost`, `${twice} twice`, `${requests} requests`, note]
      .filter(Boolean)
      .join(", ");
  };
  return table(
    [
      "what arrives in spite of the fault, in Chromium",
      "Usher: views, at the central API",
      `${named("snowplow")}: events, at a collector`,
      `${named("mux")}: events, at a collector`,
    ],
    Object.entries(figures).map(([row, { usher, snowplow, mux }]) => [
      row,
      cell(usher),
      cell(snowplow),
      cell(mux),
    ]),
  );
}

/** @param {Results} results */
function edge({ edge: figures }) {
  if (!figures) return "";
  const { viewers, views, connections, bodyBytes, statesPerSecond, drainedSeconds } = figures;
  const { edge: real, nothing } = figures;
  const mebibytes = (/** @type {number} */ bytes) => (bytes / 2 ** 20).toFixed(0);
  const rate = ({ bodies = 0, seconds = 0 }) => bodies / seconds;
  return table(
    [
      `${views} views of ${viewers} viewers, bodies of ${views / viewers} (${(bodyBytes / 1000).toFixed(1)} kB), ` +
        `${connections} connections, one process with the central API, and the load on the same machine`,
      "Usher",
      "a worker that does nothing",
    ],
    [
      ["view states a second", statesPerSecond.toFixed(0), ""],
      ["bodies a second", rate(real).toFixed(0), rate(nothing).toFixed(0)],
      ["time of a body, of nothing's", (rate(nothing) / rate(real)).toFixed(1), "1"],
      [
        "processor time of a body, ms",
        ...[real, nothing].map(({ cpuSeconds, bodies }) =>
          ((1000 * cpuSeconds) / bodies).toFixed(2),
        ),
      ],
      ["ack, p50, ms", real.p50Ms.toFixed(1), nothing.p50Ms.toFixed(1)],
      ["ack, p99, ms", real.p99Ms.toFixed(1), nothing.p99Ms.toFixed(1)],
      ["all at the central API after the last ack, s", drainedSeconds.toFixed(1), ""],
      ["memory of the process before, MiB", mebibytes(figures.bytesBefore), ""],
      ["memory of the process after, MiB", mebibytes(figures.bytesAfter), ""],
    ],
  );
}

/**
 * @param {Results} results
 * @param {(name: string) => string} version
 */
function coupons({ coupons: figures }, version) {
  if (!figures) return "";
  const { codes, check, edge: requests } = figures;
  const peer = `voucher-code-generator ${version("voucher-code-generator")}, no check symbols, ms`;
  const made = table(
    [`${codes.codes} different codes of 12 random symbols of 32`, "ms", peer, "ratio"],
    [
      [
        "as an array of strings",
        codes.stringsMs.toFixed(0),
        codes.peerMs.toFixed(0),
        codes.ratio.toFixed(1),
      ],
      ["as lines of bytes", codes.bytesMs.toFixed(0), "", ""],
      [
        `the filter of them, ${(codes.filterBytes / 1e6).toFixed(2)} MB`,
        codes.filterMs.toFixed(0),
        "",
        "",
      ],
    ],
  );
  const latencies = Object.entries({
    ...codes.latencyUs,
    "edge, `checkCoupon`, all conditions": check.microseconds,
    "the same, its fastest round": check.leastMicroseconds,
    "the same, against known counts": check.knownMicroseconds,
  });
  const checked = table(
    ["one call, through the border", "microseconds"],
    latencies.map(([name, microseconds]) => [name, microseconds.toFixed(2)]),
  );
  const asked = table(
    ["`POST /v1/coupons/check`, one process, load on the same machine", "a second"],
    [
      ["of a coupon that there is", requests.valid_per_second.toFixed(0)],
      ["of codes that nobody has, each counted", requests.refused_per_second.toFixed(0)],
    ],
  );
  return `${made}\n\n${checked}\n\n${asked}`;
}

/** @param {Results} results */
function redemptions({ redemptions: figures }) {
  if (!figures) return "";
  const rates = table(
    [
      "redemptions on one group's object, over HTTP",
      "a second",
      "p50, ms",
      "p99, ms",
      "processor time of each, ms",
    ],
    figures.rates.map(({ name, perSecond, p50Ms, p99Ms, cpuMs }) => [
      name,
      perSecond.toFixed(0),
      p50Ms.toFixed(1),
      p99Ms.toFixed(1),
      cpuMs.toFixed(3),
    ]),
  );
  const races = table(
    [
      "K of N customers",
      "exactly K",
      "most at once",
      "kills",
      "lost answers",
      "reversed",
      "holds run out",
      "a run, s",
    ],
    figures.races.map((race) => [
      `${race.slots} of ${race.customers}`,
      `${race.exact} of ${race.runs}`,
      ...[race.most, race.kills, race.lost, race.reversed, race.abandoned].map(String),
      race.seconds.toFixed(1),
    ]),
  );
  return `${rates}\n\n${races}`;
}

/** @param {number} value */
function millions(value) {
  return (value / 1_000_000).toFixed(2);
}
