// @ts-check
// Streams: K of N devices exactly, ten times over for each N and K, with crashes and lost answers; the same of devices
// that register; and how many starts, heartbeats and stops a second the object of one viewer and of many take.
import assert from "node:assert/strict";
import { publish, title } from "../edge/rights-api.mjs";
import { startServer } from "../edge/server.mjs";
import { prepareRaces, registerRace, runRace } from "../edge/stream-race.mjs";
import { ask, newViewer, planOf, start } from "../edge/streaming.mjs";
import { table } from "./table.mjs";

/** Runs of each race. */
const RUNS = 10;

/** N of a race, and how often the process dies in it. */
const CROWDS = [
  { devices: 40, kills: 2 },
  { devices: 200, kills: 3 },
];

/** K of a race. */
const STREAMS = [1, 2, 5];

/** Devices that register at once, and kills. */
const REGISTRATIONS = { devices: 50, kills: 2 };

/** Slots of the plan for which they register. */
const SLOTS = 5;

/** Viewers, rounds of each that are timed, and requests at a time. */
const [VIEWERS, ROUNDS, CONNECTIONS] = [32, 40, 32];

/** No lease ends by itself. */
const ENVIRONMENT = { RIGHTS: JSON.stringify({ lease_s: 3600 }) };

/** @typedef {{ what: string, runs: number, exact: number, most: number, kills: number, lost: number, seconds: number }} RaceFigures */
/** @typedef {{ name: string, perSecond: number, p50Ms: number, p99Ms: number }} RateFigures */
/** @typedef {{ races: RaceFigures[], rates: RateFigures[] }} StreamFigures */

/** @returns {Promise<StreamFigures>} */
export async function measureStreams() {
  return { rates: await measureRates(), races: await measureRaces() };
}

/** @returns {Promise<RaceFigures[]>} */
async function measureRaces() {
  const races = [];
  for (const { devices, kills } of CROWDS) {
    for (const streams of STREAMS) {
      races.push(
        await repeated(`${streams} streams of ${devices} devices`, async (server) => {
          const race = { devices, streams, kills, parallel: devices };
          const { live, owners, acknowledged, most, unaudited, lost } = await runRace(server, race);
          const counts = [live, owners, acknowledged, most];
          const isExact = counts.every((count) => count === streams) && unaudited === 0;
          return { isExact, most, kills, lost };
        }),
      );
    }
  }
  races.push(
    await repeated(`${SLOTS} slots of ${REGISTRATIONS.devices} devices`, async (server) => {
      const { registered, slots, most } = await registerRace(server, REGISTRATIONS);
      const isExact = [registered, slots, most].every((count) => count === SLOTS);
      return { isExact, most, kills: REGISTRATIONS.kills, lost: 0 };
    }),
  );
  return races;
}

/**
 * @param {string} what
 * @param {(server: import("../edge/server.mjs").Server) => Promise<{ isExact: boolean, most: number, kills: number, lost: number }>} race
 * @returns {Promise<RaceFigures>}
 */
async function repeated(what, race) {
  const server = await startServer({ environment: ENVIRONMENT });
  const began = performance.now();
  const figures = { what, runs: RUNS, exact: 0, most: 0, kills: 0, lost: 0, seconds: 0 };
  try {
    await prepareRaces(server.url);
    for (let run = 0; run < RUNS; run += 1) {
      const { isExact, most, kills, lost } = await race(server);
      figures.exact += Number(isExact);
      figures.most = Math.max(figures.most, most);
      figures.kills += kills;
      figures.lost += lost;
    }
  } finally {
    await server.stop();
  }
  figures.seconds = (performance.now() - began) / 1000 / RUNS;
  console.error(`bench: ${what}: ${figures.exact} of ${RUNS} exact`);
  return figures;
}

/** @returns {Promise<RateFigures[]>} */
async function measureRates() {
  const server = await startServer({ environment: ENVIRONMENT });
  try {
    const plan = planOf(2, 5);
    await publish(server.url, { titles: [title("film")], plans: [plan] });
    /** @type {string[]} */
    const tokens = [];
    for (let index = 0; index < VIEWERS; index += 1) {
      tokens.push(await newViewer(server.url, `rate-${index}`, plan));
    }
    const post = async (
      /** @type {string} */ path,
      /** @type {number} */ index,
      /** @type {object} */ body,
    ) => {
      const answer = await ask(server.url, "POST", path, tokens[index % VIEWERS] ?? "", body);
      assert.ok(answer.status < 300, JSON.stringify(answer.body));
      return answer.body;
    };
    /** @type {string[]} */
    const streams = [];
    const begin = async (/** @type {number} */ index) => {
      streams[index % VIEWERS] = (await post("/v1/streams", index, start("tv"))).stream;
    };
    const beat = (/** @type {number} */ index) =>
      post(`/v1/streams/${streams[index % VIEWERS]}/heartbeat`, index, {});
    await rate("", VIEWERS, begin);
    return [
      await rate("the same start again", VIEWERS * ROUNDS, begin),
      await rate("a heartbeat", VIEWERS * ROUNDS, beat),
      await rate("a stop and a start", VIEWERS * ROUNDS, async (index) => {
        const stream = streams[index % VIEWERS];
        await post(`/v1/streams/${stream}/stop`, index, {});
        await begin(index);
      }),
    ];
  } finally {
    await server.stop();
  }
}

/**
 * @param {string} name
 * @param {number} count
 * @param {(index: number) => Promise<unknown>} work
 * @returns {Promise<RateFigures>}
 */
async function rate(name, count, work) {
  /** @type {number[]} */
  const times = [];
  const began = performance.now();
  // Each connection has its own viewers: nobody stops what another one renews.
  const connection = async (/** @type {number} */ first) => {
    for (let index = first; index < count; index += CONNECTIONS) {
      const sent = performance.now();
      await work(index);
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, first) => connection(first)));
  const seconds = (performance.now() - began) / 1000;
  times.sort((one, other) => one - other);
  const at = (/** @type {number} */ share) => times[Math.floor(share * (times.length - 1))] ?? NaN;
  return { name, perSecond: count / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** @param {StreamFigures | undefined} figures */
export function streamTables(figures) {
  if (!figures) return "";
  const { races, rates } = figures;
  const head = [`streams of ${VIEWERS} viewers, over HTTP`, "a second", "p50, ms", "p99, ms"];
  const rows = rates.map(({ name, perSecond, p50Ms, p99Ms }) => [
    name,
    perSecond.toFixed(0),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
  ]);
  const raced = races.map(({ what, runs, exact, most, kills, lost, seconds }) => [
    what,
    `${exact} of ${runs}`,
    ...[most, kills, lost].map(String),
    seconds.toFixed(1),
  ]);
  const races_ = [
    "K of N at once",
    "exactly K",
    "most at once",
    "kills",
    "lost answers",
    "a run, s",
  ];
  return `${table(head, rows)}\n\n${table(races_, raced)}`;
}
