// @ts-check
// Redemptions: K of N exactly, ten times over for each N and K, with crashes and lost answers; and how many a second
// one group's object takes.
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { Agent, request as ask } from "node:http";
import { makeProbe } from "../edge/group-probe.mjs";
import { makeCoupon, reservation } from "../edge/redeeming.mjs";
import { runRace } from "../edge/redemption-race.mjs";
import { OPERATOR_KEY, startServer } from "../edge/server.mjs";

/** Runs of each race. */
const RUNS = 10;

/** Requests of a race at a time. */
const PARALLEL = 200;

/** N, and how often the process dies in a race of so many. */
const CROWDS = [
  { customers: 200, kills: 3 },
  { customers: 5000, kills: 3 },
];

/** Redemptions that are timed, those before that are not, and connections that they come over. */
const [REDEMPTIONS, WARM_UP, CONNECTIONS] = [20_000, 2000, 64];

/** In which Linux counts processor time. */
const TICKS_PER_SECOND = 100;

/**
 * @typedef {object} RaceFigures
 * @property {number} customers N
 * @property {number} slots K
 * @property {number} runs
 * @property {number} exact runs after which rows, customers, counter and acknowledgements were K, and never more
 * @property {number} most that were ever taken at once, in any run
 * @property {number} kills
 * @property {number} lost answers
 * @property {number} reversed
 * @property {number} abandoned
 * @property {number} seconds of a run, on average
 */

/**
 * @typedef {object} RateFigures
 * @property {string} name
 * @property {number} perSecond
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {number} cpuMs processor time of the process for each, whatever else the machine did
 */

/** @typedef {{ races: RaceFigures[], rates: RateFigures[] }} RedemptionFigures */

/** @returns {Promise<RedemptionFigures>} */
export async function measureRedemptions() {
  return { rates: await measureRates(), races: await measureRaces() };
}

/** @returns {Promise<RaceFigures[]>} */
async function measureRaces() {
  const races = [];
  for (const { customers, kills } of CROWDS) {
    for (const slots of [1, 10, customers / 2]) {
      const race = { customers, slots, kills, parallel: PARALLEL };
      const outcomes = [];
      for (let run = 0; run < RUNS; run += 1) outcomes.push(await raceAlone(race));
      const sum = (
        /** @type {(one: import("../edge/redemption-race.mjs").Outcome) => number} */ of,
      ) => outcomes.reduce((total, one) => total + of(one), 0);
      const isExact = (/** @type {import("../edge/redemption-race.mjs").Outcome} */ one) =>
        [one.granted, one.customers, one.counter, one.acknowledged, one.most].every(
          (count) => count === slots,
        );
      races.push({
        customers,
        slots,
        runs: RUNS,
        exact: outcomes.filter(isExact).length,
        most: Math.max(...outcomes.map(({ most }) => most)),
        kills: sum((one) => one.kills),
        lost: sum((one) => one.lost),
        reversed: sum((one) => one.reversed),
        abandoned: sum((one) => one.abandoned),
        seconds: sum((one) => one.seconds) / RUNS,
      });
      console.error(`bench: ${slots} of ${customers}: ${races.at(-1)?.exact} of ${RUNS} exact`);
    }
  }
  return races;
}

/** @param {import("../edge/redemption-race.mjs").Race} race */
async function raceAlone(race) {
  const probe = await makeProbe();
  const server = await startServer({ demo: probe.demo });
  try {
    return await runRace(server, probe, race);
  } finally {
    await server.stop();
    rmSync(probe.demo, { recursive: true, force: true });
  }
}

/** @returns {Promise<RateFigures[]>} */
export async function measureRates() {
  const server = await startServer();
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const { code } = await makeCoupon(server.url, { max_redemptions: 10_000_000, per_customer: 5 });
    const send = (
      /** @type {string} */ path,
      /** @type {string} */ body,
      /** @type {string} */ key,
    ) => post(agent, `${server.url}${path}`, body, key);
    const bodyOf = (/** @type {string} */ customer, /** @type {boolean} */ confirm) =>
      JSON.stringify(reservation(code, customer, { confirm }, { basket: `basket-${customer}` }));
    const once = async (/** @type {string} */ name) => {
      const answer = await send("/v1/redemptions", bodyOf(name, true), `${name}-once`);
      assert.equal(answer.status, 201, answer.text);
    };
    const twice = async (/** @type {string} */ name) => {
      const held = await send("/v1/redemptions", bodyOf(name, false), `${name}-hold`);
      assert.equal(held.status, 201, held.text);
      const path = `/v1/redemptions/${JSON.parse(held.text).id}/confirm`;
      assert.equal((await send(path, "", `${name}-confirm`)).status, 200);
    };
    await rate(server.pid, "", WARM_UP, (index) => once(`warm-${index}`));
    return [
      await rate(server.pid, "reserve and confirm in one request", REDEMPTIONS, (index) =>
        once(`one-${index}`),
      ),
      await rate(server.pid, "reserve, then confirm", REDEMPTIONS, (index) =>
        twice(`two-${index}`),
      ),
      await rate(server.pid, "the same again, with the same keys", REDEMPTIONS, (index) =>
        once(`one-${index}`),
      ),
    ];
  } finally {
    agent.destroy();
    await server.stop();
  }
}

/**
 * @param {number} pid
 * @param {string} name
 * @param {number} count
 * @param {(index: number) => Promise<void>} redeem
 * @returns {Promise<RateFigures>}
 */
async function rate(pid, name, count, redeem) {
  /** @type {number[]} */
  const times = [];
  const cpuBefore = cpuSecondsOf(pid);
  const began = performance.now();
  let next = 0;
  const connection = async () => {
    while (next < count) {
      next += 1;
      const sent = performance.now();
      await redeem(next);
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const seconds = (performance.now() - began) / 1000;
  times.sort((one, other) => one - other);
  const at = (/** @type {number} */ share) => times[Math.floor(share * (times.length - 1))] ?? NaN;
  const cpuMs = (1000 * (cpuSecondsOf(pid) - cpuBefore)) / count;
  return { name, perSecond: count / seconds, p50Ms: at(0.5), p99Ms: at(0.99), cpuMs };
}

/**
 * @param {Agent} agent
 * @param {string} url
 * @param {string} body
 * @param {string} key
 * @returns {Promise<{ status: number | undefined, text: string }>}
 */
function post(agent, url, body, key) {
  return new Promise((done, failed) => {
    const headers = {
      authorization: `Bearer ${OPERATOR_KEY}`,
      "idempotency-key": key,
      "content-length": Buffer.byteLength(body),
    };
    const request = ask(url, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("end", () => done({ status: response.statusCode, text }));
    });
    request.on("error", failed).end(body);
  });
}

/**
 * Processor time that the process has used; not known elsewhere than on Linux.
 * @param {number} pid
 */
function cpuSecondsOf(pid) {
  try {
    // The name of the program, in brackets, may hold anything.
    const [, fields = ""] = /.*\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    const [user, system] = fields.split(" ").slice(11, 13).map(Number);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  } catch {
    return NaN;
  }
}
