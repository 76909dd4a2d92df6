// @ts-check
// A proxy before the real edge that breaks what a test tells it to, and keeps a log of all that a page delivers.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, createServer, request as ask } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** @typedef {import("node:http").IncomingMessage} Incoming */
/** @typedef {import("node:http").ServerResponse} Outgoing */

/**
 * One delivery, as the log keeps it.
 *
 * @typedef {object} Arrival
 * @property {number} atMs when it was read to its end, on `performance.now()`'s clock
 * @property {string} method
 * @property {string} body
 * @property {string[]} records ids of the views in it; none of a body that cannot be read
 * @property {string} mode `sec-fetch-mode`: `no-cors` is a beacon's
 * @property {string} type its content type
 * @property {boolean} cookie whether it carries one
 * @property {number | null} status what it was answered; null while it is under way, or for ever
 * @property {number} together requests under way with it, itself included
 * @property {boolean} stored whether the edge said that it has committed it
 */

/**
 * Where deliveries go and what is in them.
 *
 * @typedef {object} Receiver
 * @property {(pathname: string, method: string) => boolean} takes whether a request is a delivery
 * @property {(body: string) => string[]} records ids of what is in it; throws if it cannot be read
 * @property {{ type: string, body: string }} [answer] given in place of the edge, which is not asked
 */

/** @type {Receiver} */
const EDGE = {
  takes: (pathname) => pathname === "/v1/views",
  records: (body) => JSON.parse(body).views.map((/** @type {{ view: string }} */ { view }) => view),
};

/**
 * What happens to a request: an answer in place of the edge's, a connection that ends before the
 * edge sees it or before its answer is passed on, an answer that is passed on late, or nothing.
 *
 * @typedef {{ status: number, headers?: Record<string, string> } | { delayMs: number } | "hang up"
 *   | "lose the answer" | null} Fault
 */

/** Bytes of a body that is looked at; the edge takes no more. */
const BODY_BYTES_MAX = 64 * 1024;

const STAGE = `<!doctype html><meta charset="utf-8" /><title>stage</title>
<link rel="icon" href="data:," />
<video id="player" width="320" height="180" muted playsinline></video>
<script type="module" src="/stage.js"></script>`;

const BLANK = `<!doctype html><title>elsewhere</title><link rel="icon" href="data:," />`;

/** @type {Record<string, { type: string, body: string }>} */
const PAGES = {
  "/stage": { type: "text/html", body: STAGE },
  "/stage.js": {
    type: "text/javascript",
    body: readFileSync(new URL("stage.js", import.meta.url), "utf8"),
  },
  "/elsewhere": { type: "text/html", body: BLANK },
};

export class FaultProxy {
  /** @type {Arrival[]} */
  arrivals = [];
  /** @type {(arrival: Arrival) => Fault} asked for each delivery when it has come */
  fault = () => null;
  /** @type {(told: [string, number][]) => void} what a page that goes away has played */
  onTruth = () => {};

  #behind;
  #receiver;
  /** @type {Record<string, { type: string, body: string }>} */
  #pages;
  #server = createServer((incoming, outgoing) => void this.#take(incoming, outgoing));
  #agent = new Agent({ keepAlive: true });
  #port = 0;
  #underWay = 0;

  /**
   * @param {string} behind the edge, without a slash at the end
   * @param {Receiver} [receiver]
   * @param {string} [script] of `/tool.js`, if the stage has another tool than Usher
   */
  constructor(behind, receiver = EDGE, script = "") {
    this.#behind = behind;
    this.#receiver = receiver;
    this.#pages = { ...PAGES, "/tool.js": { type: "text/javascript", body: script } };
  }

  get url() {
    return `http://localhost:${this.#port}`;
  }

  /** Listens; after `goOffline` on the same port again. */
  async listen() {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = /** @type {import("node:net").AddressInfo} */ (this.#server.address()).port;
  }

  /** Ends all connections; new ones are refused. */
  async goOffline() {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async stop() {
    if (this.#server.listening) await this.goOffline();
    this.#agent.destroy();
  }

  /**
   * @param {Incoming} incoming
   * @param {Outgoing} outgoing
   */
  async #take(incoming, outgoing) {
    // A browser sends a request again by itself when a connection that it used before ends without
    // an answer: with one request a connection, all that arrives was sent by the page.
    outgoing.setHeader("connection", "close");
    const { pathname } = new URL(incoming.url ?? "/", this.url);
    const page = this.#pages[pathname];
    try {
      if (page) outgoing.writeHead(200, { "content-type": page.type }).end(page.body);
      else if (pathname === "/truth") await this.#hear(incoming, outgoing);
      else if (this.#receiver.takes(pathname, incoming.method ?? "")) {
        await this.#deliver(incoming, outgoing);
      } else this.#pass(incoming, outgoing);
    } catch {
      // Who asked is gone.
      outgoing.destroy();
    }
  }

  /**
   * @param {Incoming} incoming
   * @param {Outgoing} outgoing
   */
  async #hear(incoming, outgoing) {
    this.onTruth(JSON.parse(await textOf(incoming)));
    outgoing.writeHead(204).end();
  }

  /**
   * @param {Incoming} incoming
   * @param {Outgoing} outgoing
   */
  async #deliver(incoming, outgoing) {
    const body = await textOf(incoming);
    const { headers, method = "" } = incoming;
    this.#underWay += 1;
    outgoing.once("close", () => (this.#underWay -= 1));
    /** @type {Arrival} */
    const arrival = {
      atMs: performance.now(),
      method,
      body,
      records: this.#recordsIn(body),
      mode: String(headers["sec-fetch-mode"]),
      type: headers["content-type"] ?? "",
      cookie: "cookie" in headers,
      status: null,
      together: this.#underWay,
      stored: false,
    };
    const fault = this.fault(arrival);
    this.arrivals.push(arrival);
    if (fault === "hang up") {
      outgoing.destroy();
    } else if (fault !== null && typeof fault === "object" && "status" in fault) {
      arrival.status = fault.status;
      const refusal = { code: "fault", message: "planted by the test", field: null };
      outgoing.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
      outgoing.end(JSON.stringify(refusal));
    } else {
      const answer = await this.#answer(incoming, body);
      arrival.stored = answer.status === 200;
      if (fault === "lose the answer") return void outgoing.destroy();
      if (fault !== null) await pause(fault.delayMs);
      arrival.status = answer.status;
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    }
  }

  /** @param {string} body */
  #recordsIn(body) {
    try {
      return this.#receiver.records(body);
    } catch {
      return [];
    }
  }

  /**
   * @param {Incoming} incoming
   * @param {string} body
   * @returns {Promise<{ status: number, headers: import("node:http").OutgoingHttpHeaders, body: string }>}
   */
  async #answer({ method, url, headers }, body) {
    const { answer } = this.#receiver;
    if (answer) return { status: 200, headers: { "content-type": answer.type }, body: answer.body };
    const onward = ask(this.#behind + url, {
      method,
      headers: onwardOf(headers),
      agent: this.#agent,
    });
    /** @type {Promise<Incoming[]>} */
    const answered = once(onward, "response");
    onward.end(body);
    const [response] = await answered;
    if (!response) throw new Error("expected an answer");
    const status = response.statusCode ?? 0;
    return { status, headers: onwardOf(response.headers), body: await textOf(response) };
  }

  /**
   * Everything else goes through as it comes: pages, films, the central API.
   * @param {Incoming} incoming
   * @param {Outgoing} outgoing
   */
  #pass(incoming, outgoing) {
    const { method, url, headers } = incoming;
    const onward = ask(this.#behind + url, {
      method,
      headers: onwardOf(headers),
      agent: this.#agent,
    });
    onward.once("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, onwardOf(answer.headers));
      answer.pipe(outgoing);
    });
    onward.once("error", () => outgoing.destroy());
    outgoing.once("close", () => onward.destroy());
    incoming.pipe(onward);
  }
}

/**
 * Headers without those of the one connection.
 * @param {import("node:http").IncomingHttpHeaders} headers
 */
function onwardOf(headers) {
  const {
    host,
    connection,
    "keep-alive": keepAlive,
    "transfer-encoding": coding,
    ...rest
  } = headers;
  return rest;
}

/** @param {Incoming} incoming */
async function textOf(incoming) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error(`expected at most \`${BODY_BYTES_MAX}\` bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
