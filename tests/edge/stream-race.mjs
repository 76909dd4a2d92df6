// @ts-check
// N devices of one viewer want one of K streams at once, while the process dies, answers are lost and some stop.
// Whatever happens, K of them have one in the end, and never more than K at any moment.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "./api.mjs";
import { publish, title } from "./rights-api.mjs";
import { ask, audited, held, insist, live, newViewer, planOf, start } from "./streaming.mjs";

/**
 * @typedef {object} Race
 * @property {number} devices N
 * @property {number} streams K
 * @property {number} kills how often the process dies
 * @property {number} parallel requests at a time
 */

/**
 * @typedef {object} Outcome
 * @property {number} live leases in the end
 * @property {number} owners devices that have one of these
 * @property {number} acknowledged starts that were answered, less stops
 * @property {number} most that ever lived at once, by their own times and by the answers of every moment
 * @property {number} unaudited streams whose decision the audit has not exactly once
 * @property {number} kills
 * @property {number} lost answers that were thrown away
 * @property {number} stopped
 * @property {number} replaced streams of devices that chose another title
 * @property {number} seconds
 */

/** Of devices: every so many lose the answer, stop again, or choose another title. */
const [LOSES, STOPS, REPLACES] = [3, 5, 4];

/** How often the live streams are looked at. */
const LOOK_MS = 20;

/** Slots of devices: more than any race needs. */
const DEVICE_LIMIT = 64;

/** Of streams: as in the races of the bench. */
const STREAM_LIMITS = [1, 2, 5];

/** Lets the races of a server have their titles and plans. */
export async function prepareRaces(/** @type {string} */ url) {
  const plans = [...STREAM_LIMITS.map((streams) => planOf(streams, DEVICE_LIMIT)), planOf(1, 5)];
  await publish(url, { titles: [title("film"), title("series")], plans });
}

let races = 0;

/**
 * @param {import("./server.mjs").Server} server whose races are prepared
 * @param {Race} race
 * @returns {Promise<Outcome>}
 */
export async function runRace(server, { devices, streams, kills, parallel }) {
  const began = performance.now();
  races += 1;
  const viewer = `race-${races}`;
  const token = await newViewer(server.url, viewer, planOf(streams, DEVICE_LIMIT));
  const url = () => server.url;
  /** The stream that each device was told of and has not stopped. @type {Map<string, string>} */
  const acknowledged = new Map();
  const tally = { lost: 0, stopped: 0, replaced: 0 };
  let most = 0;
  const progress = { answered: 0, isOver: false };

  /**
   * @param {string} path
   * @param {unknown} body
   * @param {boolean} loses
   */
  const send = async (path, body, loses) => {
    if (loses) {
      // The request goes out and its answer is thrown away; the same is asked again.
      await ask(url(), "POST", path, token, body).catch(() => null);
      tally.lost += 1;
    }
    const answer = await insist(url, "POST", path, token, body);
    progress.answered += 1;
    return answer;
  };

  /** @param {number} index */
  const play = async (index) => {
    const device = `device-${index}`;
    const loses = index % LOSES === 0;
    const begun = await send("/v1/streams", start(device), loses);
    if (begun.status === 409) {
      assert.deepEqual(begun.body.decision.reasons, ["STREAM_LIMIT"]);
      assert.equal(begun.body.open_streams.length, streams);
      return;
    }
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    acknowledged.set(device, begun.body.stream);
    if (index % REPLACES === 1) {
      const other = await send("/v1/streams", start(device, { title: "series" }), loses);
      assert.equal(other.status, 201, JSON.stringify(other.body));
      assert.notEqual(other.body.stream, begun.body.stream);
      acknowledged.set(device, other.body.stream);
      tally.replaced += 1;
    }
    const path = `/v1/streams/${acknowledged.get(device)}`;
    if (index % STOPS !== 2) {
      assert.equal((await send(`${path}/heartbeat`, {}, loses)).status, 200);
      return;
    }
    acknowledged.delete(device);
    assert.deepEqual((await send(`${path}/stop`, {}, loses)).body.ended, "stopped");
    tally.stopped += 1;
  };

  const watching = watch(progress, async () => {
    most = Math.max(most, (await live(url(), viewer)).length);
  });
  const killing = killAlong(server, kills, devices, progress);
  await inParallel(parallel, devices, play);
  progress.isOver = true;
  await Promise.all([killing, watching]);
  // Slots that came back after everybody had asked: latecomers take what is left, until none is.
  for (let late = 0; acknowledged.size < streams; late += 1) {
    const answer = await insist(url, "POST", "/v1/streams", token, start(`late-${late}`));
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    acknowledged.set(`late-${late}`, answer.body.stream);
  }
  const refused = await insist(url, "POST", "/v1/streams", token, start("last"));
  assert.deepEqual([refused.status, refused.body.code], [409, "stream_limit"]);
  const now = await live(url(), viewer);
  for (const [device, stream] of acknowledged) {
    const row = now.find((one) => one.stream === stream);
    assert.equal(row?.device, device, `${device} was told so, and has no stream`);
  }
  const { streams: rows } = await held(url(), viewer);
  return {
    live: now.length,
    owners: new Set(now.map(({ device }) => device)).size,
    acknowledged: acknowledged.size,
    most: Math.max(most, mostAtOnce(rows)),
    unaudited: await unaudited(url(), viewer, rows),
    kills,
    ...tally,
    seconds: (performance.now() - began) / 1000,
  };
}

/**
 * So many devices register at once; how many have a slot in the end.
 * @param {import("./server.mjs").Server} server whose races are prepared
 * @param {{ devices: number, kills: number }} of
 */
export async function registerRace(server, { devices, kills }) {
  races += 1;
  const viewer = `race-${races}`;
  const token = await newViewer(server.url, viewer, planOf(1, 5));
  const url = () => server.url;
  const progress = { answered: 0, isOver: false };
  let [registered, most] = [0, 0];
  const watching = watch(progress, async () => {
    most = Math.max(most, (await held(url(), viewer)).devices.length);
  });
  const killing = killAlong(server, kills, devices, progress);
  await inParallel(devices, devices, async (index) => {
    const path = `/v1/devices/device-${index}`;
    const body = { class: "mobile", name: `telephone ${index}` };
    if (index % LOSES === 0) await ask(url(), "PUT", path, token, body).catch(() => null);
    const answer = await insist(url, "PUT", path, token, body);
    progress.answered += 1;
    if (answer.status < 300) registered += 1;
    else assert.deepEqual([answer.status, answer.body.code], [409, "device_limit"]);
  });
  progress.isOver = true;
  await Promise.all([killing, watching]);
  const { body } = await insist(url, "GET", "/v1/devices", token);
  return { registered, slots: body.devices.length, most: Math.max(most, body.devices.length) };
}

/**
 * @param {{ isOver: boolean }} progress
 * @param {() => Promise<void>} look fails while the process is down
 */
async function watch(progress, look) {
  while (!progress.isOver) {
    await look().catch(() => {});
    await pause(LOOK_MS);
  }
}

/**
 * In the middle of it all: after some answers, whatever is under way then.
 * @param {import("./server.mjs").Server} server
 * @param {number} kills
 * @param {number} count of answers
 * @param {{ answered: number, isOver: boolean }} progress
 */
async function killAlong(server, kills, count, progress) {
  for (let kill = 1; kill <= kills; kill += 1) {
    const next = Math.floor((kill * count) / (kills + 1));
    while (progress.answered < next && !progress.isOver) await pause(1);
    await server.kill9();
    await server.restart();
  }
}

/**
 * Streams whose decision to start is not in the audit exactly once. It gets there by itself.
 * @param {string} url
 * @param {string} viewer
 * @param {any[]} rows
 */
async function unaudited(url, viewer, rows) {
  return eventually(async () => {
    assert.deepEqual((await held(url, viewer)).decisions, []);
    const starts = (await audited(url, viewer)).filter(({ allow }) => allow);
    const times = new Map(rows.map(({ stream }) => [stream, 0]));
    for (const { stream } of starts) times.set(stream, (times.get(stream) ?? 0) + 1);
    return [...times.values()].filter((count) => count !== 1).length;
  });
}

/**
 * How many streams lived at the same time, by their own times. One that ended in the same millisecond in which
 * another started was over before.
 * @param {any[]} rows
 */
function mostAtOnce(rows) {
  const steps = rows.flatMap(({ started_ms, ended_ms }) => [
    { ms: started_ms, by: 1 },
    ...(ended_ms === null ? [] : [{ ms: ended_ms, by: -1 }]),
  ]);
  steps.sort((one, other) => one.ms - other.ms || one.by - other.by);
  let [alive, most] = [0, 0];
  for (const { by } of steps) {
    alive += by;
    most = Math.max(most, alive);
  }
  return most;
}

/**
 * @param {number} parallel
 * @param {number} count
 * @param {(index: number) => Promise<void>} work
 */
async function inParallel(parallel, count, work) {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, worker));
}
