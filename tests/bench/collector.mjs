// @ts-check
// A page with a film and one of the tools, and the server that all of them talk to: it records what they send.
import { once } from "node:events";
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { initSync, mergeViews, readViews } from "usher/edge";
import { moduleBytes } from "../js/module-bytes.mjs";

/** @typedef {{ method: string, path: string, body: string }} Recorded */

/**
 * @typedef {object} Collector
 * @property {string} origin
 * @property {Recorded[]} recorded what was sent, but for the page's own files and Usher's views
 * @property {() => Promise<void>} stop
 */

const PAGE = `<!doctype html><meta charset="utf-8"><title>bench</title>
<video id="player" width="320" muted preload="auto"></video>
<script src="/tools.js"></script>`;

/** Clocks are finer in a page that shares nothing. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/**
 * @param {{ film: string, script: string }} files the film's path, the script of the page
 * @returns {Promise<Collector>}
 */
export async function startCollector({ film, script }) {
  initSync(new WebAssembly.Module(moduleBytes("edge")));
  const wasm = moduleBytes("player");
  /** @type {Recorded[]} */
  const recorded = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "GET" && pathname === "/") {
      response.writeHead(200, { "content-type": "text/html", ...ISOLATED }).end(PAGE);
    } else if (pathname === "/tools.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    } else if (pathname === "/player.wasm") {
      response.writeHead(200, { "content-type": "application/wasm" }).end(wasm);
    } else if (pathname === "/film.mp4") {
      sendRange(film, request.headers.range, response);
    } else if (pathname === "/favicon.ico") {
      response.writeHead(204).end();
    } else {
      const body = await bytesOf(request);
      if (pathname === "/v1/views") return acknowledge(body, response);
      const [method, path] = [request.method ?? "", request.url ?? ""];
      recorded.push({ method, path, body: body.toString() });
      response.writeHead(pathname === "/licensing" ? 404 : 200).end();
    }
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    origin: `http://localhost:${address.port}`,
    recorded,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/**
 * Usher's edge without its storage.
 * @param {Buffer} body
 * @param {import("node:http").ServerResponse} response
 */
function acknowledge(body, response) {
  const arrival = { tenant: "bench", unsigned_views: "allowed", now_ms: Date.now() };
  const { viewer, views } = readViews(body, arrival);
  const { acks } = mergeViews({ viewer, now_ms: Date.now(), stored: [], incoming: views });
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ acks }));
}

/**
 * @param {string} file
 * @param {string | undefined} range
 * @param {import("node:http").ServerResponse} response
 */
function sendRange(file, range, response) {
  const { size } = statSync(file);
  const [, first = "0", last = ""] = /bytes=(\d+)-(\d*)/.exec(range ?? "") ?? [];
  const [start, end] = [Number(first), last ? Math.min(Number(last), size - 1) : size - 1];
  response.writeHead(206, {
    "content-type": "video/mp4",
    "accept-ranges": "bytes",
    "content-range": `bytes ${start}-${end}/${size}`,
    "content-length": end - start + 1,
  });
  const stream = createReadStream(file, { start, end });
  stream.pipe(response);
  response.on("close", () => stream.destroy());
}

/** @param {import("node:http").IncomingMessage} request */
async function bytesOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
