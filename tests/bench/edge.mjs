// @ts-check
// View states a second that one workerd process accepts, from many viewers in bodies of 50, beside a worker of
// the same process that does nothing.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as ask } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { init, View } from "usher";
import { eventually, waitingOf } from "../edge/api.mjs";
import { DEMO, startServer } from "../edge/server.mjs";
import { moduleBytes } from "../js/module-bytes.mjs";

/** Views in one body: the most that the edge takes. */
const VIEWS_PER_BODY = 50;

const VIEWERS = 200;

/** Bodies that a viewer sends, in each of which all views have gone on; the first is not counted. */
const ROUNDS = 6;

const CONNECTIONS = 16;

/** Time between two readings of a view, and readings from one body to the next. */
const [STEP_MS, STEPS] = [250, 40];

/** Time for what is on its way to the central API when the last body was answered. */
const DRAIN_MS_MAX = 120_000;

/**
 * @typedef {object} Load one round after the other
 * @property {number} bodies
 * @property {number} seconds
 * @property {number} p50Ms from a body to its ack
 * @property {number} p99Ms
 * @property {number} cpuSeconds of the process, whatever else the machine did meanwhile
 */

/**
 * @typedef {object} EdgeFigures
 * @property {number} viewers
 * @property {number} connections
 * @property {number} bodyBytes of a body, on average
 * @property {Load} edge
 * @property {Load} nothing the same bodies to a worker that reads them and answers
 * @property {number} statesPerSecond
 * @property {number} bytesBefore of the process, at rest
 * @property {number} bytesAfter when all views had been accepted
 * @property {number} drainedSeconds after the last ack until nothing waited for the central API
 * @property {number} views that are held then
 */

/** In which Linux counts processor time. */
const TICKS_PER_SECOND = 100;

/** @returns {Promise<EdgeFigures>} */
export async function measureEdge() {
  await init(moduleBytes("player"));
  const rounds = makeRounds();
  const demo = mkdtempSync(join(tmpdir(), "usher-bench-"));
  const port = await freePort();
  cpSync(DEMO, demo, { recursive: true });
  addNothing(demo, port);
  const server = await startServer({ demo });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const bytesBefore = memoryOf(server.pid);
    const nothingUrl = `http://127.0.0.1:${port}/`;
    const [first = [], ...later] = rounds;
    /** @type {(url: string) => Promise<Load>} */
    const load = async (url) => {
      // Every viewer's object begins, and its views with it.
      await send(agent, url, [first]);
      const before = cpuSecondsOf(server.pid);
      const loaded = await send(agent, url, later);
      return { ...loaded, cpuSeconds: cpuSecondsOf(server.pid) - before };
    };
    const nothing = await load(nothingUrl);
    const edge = await load(`${server.url}/v1/views`);
    const endedMs = performance.now();
    await eventually(() => drained(server.url), DRAIN_MS_MAX);
    const bodies = later.flat();
    return {
      viewers: VIEWERS,
      connections: CONNECTIONS,
      bodyBytes: bodies.reduce((sum, { length }) => sum + length, 0) / bodies.length,
      edge,
      nothing,
      statesPerSecond: (edge.bodies * VIEWS_PER_BODY) / edge.seconds,
      bytesBefore,
      bytesAfter: memoryOf(server.pid),
      drainedSeconds: (performance.now() - endedMs) / 1000,
      views: VIEWERS * VIEWS_PER_BODY,
    };
  } finally {
    agent.destroy();
    await server.stop();
    rmSync(demo, { recursive: true });
  }
}

/** Bodies of all viewers, by round. */
function makeRounds() {
  const viewers = Array.from({ length: VIEWERS }, (_, index) => {
    const viewer = `bench-${index}`;
    const views = Array.from({ length: VIEWS_PER_BODY }, (_, title) => {
      const name = `film-${title}`;
      return { title: name, view: new View(viewer, name) };
    });
    return { viewer, views };
  });
  return Array.from({ length: ROUNDS }, (_, round) =>
    viewers.map(({ viewer, views }) => {
      const entries = views.map(({ view, title }) => {
        for (let step = round * STEPS; step < (round + 1) * STEPS; step += 1) {
          view.push(1000 + step * STEP_MS, (step * STEP_MS) / 1000, 3600, 1, 0);
        }
        const state = Buffer.from(view.snapshot()).toString("base64url");
        return { view: view.id, title, state };
      });
      return JSON.stringify({ viewer, views: entries });
    }),
  );
}

/**
 * Sends the bodies of each round over all connections, a round after the other.
 * @param {Agent} agent
 * @param {string} url
 * @param {string[][]} rounds
 * @returns {Promise<Omit<Load, "cpuSeconds">>}
 */
async function send(agent, url, rounds) {
  /** @type {number[]} */
  const times = [];
  const began = performance.now();
  for (const bodies of rounds) {
    const waiting = bodies.values();
    const connection = async () => {
      for (const body of waiting) {
        const sent = performance.now();
        await post(agent, url, body);
        times.push(performance.now() - sent);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  }
  const seconds = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => times[Math.floor(share * (times.length - 1))] ?? NaN;
  return { bodies: times.length, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/**
 * @param {Agent} agent
 * @param {string} url
 * @param {string} body
 * @returns {Promise<void>}
 */
function post(agent, url, body) {
  return new Promise((done, failed) => {
    const headers = { "content-type": "text/plain", "content-length": Buffer.byteLength(body) };
    const request = ask(url, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("end", () => {
        if (response.statusCode === 200) done();
        else failed(new Error(`expected an ack, not ${response.statusCode} ${text}`));
      });
    });
    request.on("error", failed).end(body);
  });
}

/** @param {string} url */
async function drained(url) {
  for (const { pending, batches } of await waitingOf(url)) {
    if (pending > 0 || batches.length > 0) throw new Error(`${pending} records wait`);
  }
}

/**
 * Puts a worker into the process, at a port of its own, that reads a body and answers.
 * @param {string} demo
 * @param {number} port
 */
function addNothing(demo, port) {
  const config = join(demo, "usher.capnp");
  const text = readFileSync(config, "utf8");
  const source =
    "export default { async fetch(request) { await request.text(); return new Response('{}'); } };";
  writeFileSync(join(demo, "nothing.js"), source);
  const worker = `const nothing :Workerd.Worker = (
    modules = [(name = "nothing.js", esModule = embed "nothing.js")], compatibilityDate = .date);\n`;
  const changed = text
    .replace("services = [", 'services = [(name = "nothing", worker = .nothing),')
    .replace(
      /sockets = \[(.*)\],/,
      `sockets = [$1, (name = "nothing", address = "127.0.0.1:${port}", http = (), service = "nothing")],`,
    );
  writeFileSync(config, changed + worker);
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((found, failed) => {
    const server = createServer().once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => found(address.port));
    });
  });
}

/**
 * What the process has of the machine's memory; not known elsewhere than on Linux.
 * @param {number} pid
 */
function memoryOf(pid) {
  try {
    const [, kB] = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kB) * 1024;
  } catch {
    return NaN;
  }
}

/**
 * Processor time that the process has used, in user and system mode; not known elsewhere than on Linux.
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
