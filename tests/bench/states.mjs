// @ts-check
// How many view states a second one workerd process commits and acks, in bodies of 50, signed:
// `node tests/bench/states.mjs [VIEWERS=40] [ROUNDS=8] [CONNECTIONS=16]`.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { pathToFileURL } from "node:url";
import { Playback, loadPage } from "../edge/playback.mjs";
import { startServer } from "../edge/server.mjs";

const VIEWS_PER_BODY = 50;
const [VIEWERS, ROUNDS, CONNECTIONS] = [
  Number(process.env["VIEWERS"] ?? 40),
  Number(process.env["ROUNDS"] ?? 8),
  Number(process.env["CONNECTIONS"] ?? 16),
];

/** @type {import("../edge/server.mjs").Server} */
let server;
/** @type {Agent} */
let agent;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await measure();

async function measure() {
  server = await startServer({
    environment: {
      SESSION_KEYS: `k:${randomBytes(32).toString("base64url")}`,
      UNSIGNED_VIEWS: "",
    },
  });
  agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const bodies = await made();
  const first = cpuSeconds();
  const begin = performance.now();
  await sendAll(bodies);
  const seconds = (performance.now() - begin) / 1000;
  const cpu = cpuSeconds() - first;
  const states = bodies.length * VIEWS_PER_BODY;
  console.log(
    `${states} view states in ${bodies.length} bodies over ${CONNECTIONS} connections: ` +
      `${seconds.toFixed(2)} s, ${Math.round(states / seconds)} states/s; ` +
      `workerd used ${cpu.toFixed(2)} s of processor, ${Math.round(states / cpu)} states a second ` +
      `of it; ${(server.memoryPeakBytes() / 1024 / 1024).toFixed(0)} MiB at most`,
  );
  agent.destroy();
  await server.stop();
}

/** Every round of a viewer says something new of each of its 50 views. */
async function made() {
  const usher = await loadPage();
  const all = [];
  for (let index = 0; index < VIEWERS; index += 1) {
    const viewer = `bench-${index}`;
    const token = await tokenOf(viewer);
    const playbacks = Array.from(
      { length: VIEWS_PER_BODY },
      (_, title) => new Playback(usher, viewer, `title-${title}`),
    );
    for (let round = 0; round < ROUNDS; round += 1) {
      const clock = [20_000 * (round + 1), Date.now()];
      const views = playbacks.map((playback) => ({
        ...playback.watch(round * 5, round * 5 + 5).entry(),
        at: clock,
      }));
      all.push({ round, body: JSON.stringify({ viewer, views, token, clock }) });
    }
  }
  // A viewer's rounds follow each other, as they would.
  return all.sort((one, other) => one.round - other.round).map(({ body }) => body);
}

/** @param {string} viewer */
async function tokenOf(viewer) {
  const init = { method: "POST", body: JSON.stringify({ viewer }) };
  return (await (await fetch(`${server.url}/session`, init)).json()).token;
}

/** @param {string[]} bodies */
async function sendAll(bodies) {
  let next = 0;
  const work = async () => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) await send(body);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}

/**
 * @param {string} body
 * @returns {Promise<void>}
 */
function send(body) {
  return new Promise((done, failed) => {
    const headers = { "content-type": "text/plain", "content-length": Buffer.byteLength(body) };
    const sent = request(
      `${server.url}/v1/views`,
      { method: "POST", agent, headers },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => (text += part));
        response.on("end", () => {
          const acked = response.statusCode === 200 ? JSON.parse(text).acks.length : 0;
          if (acked === VIEWS_PER_BODY) done();
          else failed(new Error(`${response.statusCode}: ${text.slice(0, 200)}`));
        });
      },
    );
    sent.on("error", failed);
    sent.end(body);
  });
}

/** Processor time of the process so far; Linux counts a hundredth of a second. */
function cpuSeconds() {
  const stat = readFileSync(`/proc/${server.pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
