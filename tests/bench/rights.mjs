// @ts-check
// What a decision and a gated file cost an edge, beside workers of the same process that do nothing:
// `node tests/bench/rights.mjs`.
import { createServer } from "node:net";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadHttp, requestBytes } from "./http-load.mjs";
import { median } from "./median.mjs";
import { rightsCatalogue, rightsQuestions } from "./rights-catalogue.mjs";
import { table } from "./table.mjs";

const VIEWERS = 200;
const TITLES_EACH = 20;
const LOAD = { connections: 16, count: 4_000 };
const ROUNDS = 5;

/** Bytes of the file that is given out: small, so that it is the gate that is measured. */
const FILE_BYTES = 1_000;

const FILM = "bench-film";
const FILE = `/films/${FILM}/segment.m4s`;

/** In which Linux counts processor time. */
const TICKS_PER_SECOND = 100;

/** Workers that nobody asks for rights: by the name of their service, in workerd's own process. */
const IDLE = {
  nothing: `export default { fetch() { return new Response("ok"); } };`,
  reading: `export default { async fetch(request) {
    await request.text();
    return new Response("ok");
  } };`,
  passing: `export default { fetch(request, env) { return env.FILES.fetch("http://files${FILE}"); } };`,
};

/**
 * @typedef {object} Figures medians of the rounds
 * @property {string} name
 * @property {number} perSecond
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {number} cpuMs processor time of the process for each
 */

/**
 * @typedef {object} RightsFigures
 * @property {number} titles
 * @property {number} viewers
 * @property {number} connections
 * @property {Record<"decision" | "reading" | "file" | "nothing" | "passing", Figures>} loads
 */

/** @returns {Promise<RightsFigures>} */
export async function measureRights() {
  const { startRights } = await import("../edge/rights-worker.mjs");
  const { RIGHTS_ENVIRONMENT } = await import("../edge/server.mjs");
  const document = rightsCatalogue();
  const ports = await freePorts(1 + Object.keys(IDLE).length);
  /** @type {(() => Promise<void>)[]} */
  const ends = [];
  const { server, token, says, said } = await startRights(
    { after: (end) => void ends.push(end) },
    { rights: { refresh_s: 3600 }, prepare: (demo) => prepare(demo, ports) },
  );
  try {
    const { titles, policy } = document;
    says.set("catalogue", said("catalogue", 1, { policy, titles }));
    const [edge = 0, ...idle] = ports;
    const at = Object.fromEntries(Object.keys(IDLE).map((name, index) => [name, idle[index] ?? 0]));
    const decisions = decisionRequests(document, token);
    const files = [fileRequest(await mediaToken(RIGHTS_ENVIRONMENT.CAT_KEYS))];
    const plain = [requestBytes("GET", "/", {})];
    const runs = {
      decision: { name: "`POST /v1/decisions` of one title", port: edge, requests: decisions },
      reading: {
        name: "a worker that reads the same bodies",
        port: at["reading"],
        requests: decisions,
      },
      file: { name: "`GET /vod/...`, a gated file", port: edge, requests: files },
      passing: { name: "a worker that gives out the file", port: at["passing"], requests: files },
      nothing: { name: "a worker that answers `ok`", port: at["nothing"], requests: plain },
    };
    const loads = await measure(runs, server.pid);
    return { titles: titles.length, viewers: VIEWERS, connections: LOAD.connections, loads };
  } finally {
    for (const end of ends) await end();
  }
}

/**
 * Rounds by turns, so that what else the machine does meets all of them.
 * @template {string} Name
 * @param {Record<Name, { name: string, port: number | undefined, requests: Buffer[] }>} runs
 * @param {number} pid
 * @returns {Promise<Record<Name, Figures>>}
 */
async function measure(runs, pid) {
  /** @type {[Name, { name: string, port: number | undefined, requests: Buffer[] }][]} */
  const entries = /** @type {any} */ (Object.entries(runs));
  /** @type {Map<Name, Omit<Figures, "name">[]>} */
  const rounds = new Map(entries.map(([key]) => [key, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [key, { port, requests }] of entries) {
      const before = cpuSecondsOf(pid);
      const load = await loadHttp(`http://127.0.0.1:${port}`, requests, LOAD);
      const cpuMs = ((cpuSecondsOf(pid) - before) * 1000) / LOAD.count;
      // The first one compiles, and verifies every token.
      if (round >= 0) rounds.get(key)?.push({ ...load, cpuMs });
    }
  }
  return /** @type {any} */ (
    Object.fromEntries(
      entries.map(([key, { name }]) => {
        const of = (/** @type {keyof Omit<Figures, "name">} */ figure) =>
          median((rounds.get(key) ?? []).map((load) => load[figure]));
        const [perSecond, p50Ms] = [of("perSecond"), of("p50Ms")];
        return [key, { name, perSecond, p50Ms, p99Ms: of("p99Ms"), cpuMs: of("cpuMs") }];
      }),
    )
  );
}

/**
 * Each viewer with a token of their own.
 * @param {import("./rights-catalogue.mjs").Catalogue} document
 * @param {(claims: object) => string} token
 */
function decisionRequests(document, token) {
  /** @type {Map<object, string>} */
  const tokens = new Map();
  const questions = rightsQuestions(document, VIEWERS, TITLES_EACH);
  // By turns, not one viewer after the other.
  const order = questions
    .map((_, index) => index)
    .sort((a, b) => (a % TITLES_EACH) - (b % TITLES_EACH));
  return order.map((index) => {
    const { viewer, request } = /** @type {import("./rights-catalogue.mjs").Question} */ (
      questions[index]
    );
    const { account, max_rating, grants, devices } = viewer;
    const ent = { account, max_rating, grants, devices };
    const shown = tokens.get(viewer) ?? token({ sub: `viewer-${tokens.size}`, ent });
    tokens.set(viewer, shown);
    const device = { id: request.device_id, class: request.device_class };
    const body = JSON.stringify({ device, titles: [request.title] });
    const headers = {
      authorization: `Bearer ${shown}`,
      "content-type": "application/json",
      "cf-ipcountry": request.country ?? "XX",
    };
    return requestBytes("POST", "/v1/decisions", headers, body);
  });
}

/** @param {string} token */
function fileRequest(token) {
  return requestBytes("GET", `/vod/${FILM}/segment.m4s`, {
    cookie: `CTA-Common-Access-Token=${token}`,
  });
}

/**
 * A media token as the edge makes one, long before it is renewed.
 * @param {string} keys
 */
async function mediaToken(keys) {
  const { initSync, mintCat } = await import("usher/rights");
  const { moduleBytes } = await import("../js/module-bytes.mjs");
  initSync(new WebAssembly.Module(moduleBytes("rights")));
  const now = Math.floor(Date.now() / 1000);
  const stream = { cti: "stream", sub: "0".repeat(64), iat: now, exp: now + 300 };
  return mintCat(keys, {
    ...stream,
    catu: { path: { prefix: `/vod/${FILM}/` } },
    catm: ["GET", "HEAD"],
    catr: { type: 0, expadd: 300, deadline: 1 },
  });
}

/**
 * Puts the idle workers into the process, and gives the edge a port of its own: the demo in front of it is none
 * of its work.
 * @param {string} demo
 * @param {number[]} ports
 */
function prepare(demo, ports) {
  mkdirSync(join(demo, "public/films", FILM), { recursive: true });
  writeFileSync(join(demo, "public", FILE), Buffer.alloc(FILE_BYTES, "x"));
  const names = ["edge", ...Object.keys(IDLE)];
  const config = join(demo, "usher.capnp");
  const workers = Object.entries(IDLE).map(([name, source]) => {
    writeFileSync(join(demo, `${name}.js`), source);
    return `const ${name} :Workerd.Worker = (
      modules = [(name = "${name}.js", esModule = embed "${name}.js")],
      compatibilityDate = .date, bindings = [(name = "FILES", service = "public")]);\n`;
  });
  const services = Object.keys(IDLE).map((name) => `(name = "${name}", worker = .${name}),`);
  const sockets = names.map(
    (name, index) =>
      `(name = "${name}", address = "127.0.0.1:${ports[index]}", http = (), service = "${name}"),`,
  );
  const text = readFileSync(config, "utf8")
    .replace("services = [", `services = [${services.join("")}`)
    .replace("sockets = [", `sockets = [${sockets.join("")}`);
  writeFileSync(config, text + workers.join(""));
}

/**
 * @param {number} count
 * @returns {Promise<number[]>}
 */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise((found, failed) => {
          server.once("error", failed).listen(0, "127.0.0.1", () => {
            found(/** @type {import("node:net").AddressInfo} */ (server.address()).port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
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

/** @param {RightsFigures | undefined} figures */
export function rightsTable(figures) {
  if (!figures) return "";
  const { titles, viewers, connections, loads } = figures;
  const { decision, reading, file, passing, nothing } = loads;
  /** @type {[Figures, Figures | null][]} */
  const rows = [
    [decision, reading],
    [reading, nothing],
    [file, nothing],
    [passing, nothing],
    [nothing, null],
  ];
  return table(
    [
      `one process, ${titles} titles, ${viewers} tokens, ${connections} connections, load on the same machine`,
      "a second",
      "p50, ms",
      "p99, ms",
      "processor time, ms",
      "beside",
      "times its rate",
    ],
    rows.map(([{ name, perSecond, p50Ms, p99Ms, cpuMs }, other]) => [
      name,
      perSecond.toFixed(0),
      p50Ms.toFixed(1),
      p99Ms.toFixed(1),
      cpuMs.toFixed(3),
      other?.name ?? "",
      other ? (perSecond / other.perSecond).toFixed(2) : "",
    ]),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.log(rightsTable(await measureRights()));
}
