#!/usr/bin/env node
// @ts-check
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { readBatch } from "./batch.mjs";
import { Database } from "./database.mjs";
import { readEvents } from "./events.mjs";
import { Refused } from "./refusal.mjs";

const HELP = `Receives Usher's batches and keeps them in PostgreSQL.

  node receiver.mjs

DATABASE_URL   the database, with the tables of schema.sql: postgresql://user:password@host/name
PORT           where it listens; 8788 by default, 0 for a free one
HOST           the address that it listens on; 127.0.0.1 by default
RECEIVER_KEY   if it is set, requests need \`Authorization: Bearer <RECEIVER_KEY>\`

POST /v1/batches   NDJSON with Idempotency-Key, Usher-Rows, Usher-Kind and Content-Digest
POST /v1/events    CloudEvents 1.0, application/cloudevents-batch+json
GET  /healthz      200 if the database answers and has the tables

SIGTERM and SIGINT let it answer what it has begun, and end it.
`;

/** A request that is not whole by then is given up. */
const REQUEST_MS_MAX = 30_000;

/** Requests on their way; one that is over this is told to come again. */
const REQUESTS_MAX = 200;

/** Seconds after which a sender may come again when the fault is on this side. */
const RETRY_AFTER_SECONDS = 1;

const ROUTES = /** @type {Record<string, { method: string, answer: typeof answerHealth }>} */ ({
  "/v1/batches": {
    method: "POST",
    answer: async (database, request) => database.putBatch(await readBatch(request)),
  },
  "/v1/events": {
    method: "POST",
    answer: async (database, request) => database.putEvents(await readEvents(request)),
  },
  "/healthz": { method: "GET", answer: answerHealth },
});

if (process.argv.includes("--help")) process.stdout.write(HELP);
else if (!process.env.DATABASE_URL) stop("DATABASE_URL is not set; see --help");
else serve(new Database(process.env.DATABASE_URL), process.env);

/**
 * @param {Database} database
 * @param {NodeJS.ProcessEnv} environment
 */
function serve(database, { PORT = "8788", HOST = "127.0.0.1", RECEIVER_KEY = "" }) {
  let running = 0;
  const server = createServer(async (request, response) => {
    running += 1;
    try {
      if (running > REQUESTS_MAX) {
        throw new Refused(503, "unavailable", `more than ${REQUESTS_MAX} requests at once`);
      }
      const route = routeOf(request, RECEIVER_KEY);
      const answer = await route.answer(database, request);
      response.shouldKeepAlive &&= server.listening;
      send(response, 200, answer);
    } catch (error) {
      response.shouldKeepAlive &&= server.listening;
      refuse(request, response, error);
    }
    running -= 1;
  });
  server.requestTimeout = REQUEST_MS_MAX;
  server.once("error", (error) => stop(`it cannot listen: ${error.message}`));
  server.listen(Number(PORT), HOST, () => {
    const { address, port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    console.log(`receiver: listening on http://${address}:${port}`);
  });
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => {
      server.close(() => database.end());
      server.closeIdleConnections();
    });
  }
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {string} key
 */
function routeOf({ url = "", method, headers }, key) {
  const { pathname } = new URL(url, "http://receiver.invalid");
  const route = Object.hasOwn(ROUTES, pathname) ? ROUTES[pathname] : undefined;
  if (!route) throw new Refused(404, "not_found", "there is nothing at this path");
  if (method !== route.method) {
    throw new Refused(405, "method_not_allowed", `this path answers ${route.method}`);
  }
  const given = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  if (key && route.method === "POST") {
    if (!given) throw new Refused(401, "key_missing", "expected a bearer key", "Authorization");
    // Digests have one length, and take as long to compare whatever they are.
    const [one, other] = [given, key].map((text) => createHash("sha256").update(text).digest());
    if (!one || !other || !timingSafeEqual(one, other)) {
      throw new Refused(401, "key_invalid", "this is another key", "Authorization");
    }
  }
  return route;
}

/**
 * @param {Database} database
 * @param {import("node:http").IncomingMessage} _request
 * @returns {Promise<object>}
 */
async function answerHealth(database, _request) {
  await database.check();
  return { status: "ok" };
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {unknown} error
 */
function refuse(request, response, error) {
  // Whoever cut the request off is not there to be told.
  if (request.destroyed && !request.complete) return;
  const isRefused = error instanceof Refused;
  if (!isRefused) console.error("receiver:", error);
  const { status, code, message, field } = isRefused
    ? error
    : new Refused(500, "internal", "the request could not be processed");
  if (status >= 500) response.setHeader("retry-after", RETRY_AFTER_SECONDS);
  if (status === 405) response.setHeader("allow", message.replace(/^.* /, ""));
  // The rest of a body that nobody reads ends with the connection.
  if (!request.complete) response.setHeader("connection", "close");
  send(response, status, { code, message, field });
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {number} status
 * @param {object} value
 */
function send(response, status, value) {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(value));
}

/** @param {string} message */
function stop(message) {
  console.error(`receiver: ${message}`);
  process.exitCode = 1;
}
