// @ts-check
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { digestOf } from "./api.mjs";

/** @typedef {{ key: string, kind: string, rows: number, frozen: number | null, body: string, headers: import("node:http").IncomingHttpHeaders, atMs: number, status: number }} Offer */
/** @typedef {{ status: number, headers?: Record<string, string>, body?: string }} Fault */

/** The figures of a view that windows sum. */
const FIGURES = /** @type {const} */ (["unique_ms", "played_ms", "stalls", "stalled_ms"]);

/**
 * A receiver of batches at an address of its own: keeps each batch once by its key, refuses a key that
 * comes with another body, and does before that whatever a test says.
 */
export class Receiver {
  /** @type {Offer[]} */
  offers = [];
  /** @type {Map<string, Offer>} what is stored, by key */
  batches = new Map();
  /** @type {(offer: Offer) => Fault | "hang up" | "never answer" | "lose the answer" | null} */
  fault = () => null;
  url = "";
  /** Requests that are open and will never be answered. */
  hanging = 0;

  #server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { headers } = incoming;
    const frozen = headers["usher-frozen"];
    /** @type {Offer} */
    const offer = {
      key: String(headers["idempotency-key"] ?? ""),
      kind: String(headers["usher-kind"] ?? "views"),
      rows: Number(headers["usher-rows"]),
      frozen: frozen === undefined ? null : Number(frozen),
      body: Buffer.concat(chunks).toString(),
      headers,
      atMs: Date.now(),
      status: 0,
    };
    const fault = this.fault(offer);
    this.offers.push(offer);
    if (fault === "never answer") {
      this.hanging += 1;
      outgoing.once("close", () => (this.hanging -= 1));
      return;
    }
    if (fault === "hang up") return incoming.socket.destroy();
    const {
      status,
      headers: more,
      body,
    } = fault !== null && fault !== "lose the answer" ? fault : this.#store(offer);
    if (fault === "lose the answer") return incoming.socket.destroy();
    offer.status = status;
    outgoing.writeHead(status, more).end(body);
  });

  /** @param {number} [port] */
  async listen(port = 0) {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = /** @type {import("node:net").AddressInfo} */ (this.#server.address());
    this.url = `http://127.0.0.1:${address.port}`;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** The rows of one kind, each parsed, of all that is stored. */
  rowsOf(/** @type {string} */ kind) {
    return [...this.batches.values()]
      .filter((offer) => offer.kind === kind)
      .flatMap(({ body }) => body.trimEnd().split("\n"))
      .map((line) => JSON.parse(line));
  }

  /** The latest record of each view. */
  views() {
    /** @type {Map<string, any>} */
    const views = new Map();
    for (const record of this.rowsOf("views")) {
      if (record.version > (views.get(record.view)?.version ?? 0)) views.set(record.view, record);
    }
    return [...views.values()];
  }

  /** By title, the sums over the latest records of all views. */
  sumsOfViews() {
    return sums(
      this.views().map((record) => ({ ...record, views: 1, completed: Number(record.completed) })),
    );
  }

  /** By title, the sums over all windows. */
  sumsOfWindows() {
    return sums(this.rowsOf("windows"));
  }

  /** Numbers that are missing, by shard and epoch: `shard.epoch` to the first that never came. */
  gaps() {
    /** @type {Map<string, number[]>} */
    const numbers = new Map();
    for (const { key } of this.batches.values()) {
      const [shard, epoch, sequence] = key.split(".");
      const life = `${shard}.${epoch}`;
      numbers.set(life, [...(numbers.get(life) ?? []), Number(sequence)]);
    }
    return [...numbers].flatMap(([life, found]) => {
      const known = new Set(found);
      const missing = Array.from({ length: Math.max(...found) }, (_, n) => n + 1).find(
        (number) => !known.has(number),
      );
      return missing === undefined ? [] : [`${life}.${missing}`];
    });
  }

  /**
   * @param {Offer} offer
   * @returns {Fault}
   */
  #store(offer) {
    const { key, kind, rows, body, headers } = offer;
    assert.match(key, /^[A-Za-z0-9-]{1,32}\.\d+\.[1-9]\d*$/);
    assert.equal(headers["content-digest"], digestOf(body));
    assert.equal(body.split("\n").length - 1, rows);
    assert.equal(kind === "void", rows === 0);
    const known = this.batches.get(key);
    if (known === undefined) this.batches.set(key, offer);
    else if (known.body !== body) return { status: 409, body: '{"code":"batch_changed"}' };
    return { status: 200, body: '{"conflicts":0}' };
  }
}

/** @param {any[]} rows */
function sums(rows) {
  /** @type {Record<string, Record<string, number>>} */
  const titles = {};
  for (const row of rows) {
    const sum = (titles[row.title] ??= { views: 0, completed: 0 });
    for (const key of ["views", "completed", ...FIGURES]) {
      sum[key] = (sum[key] ?? 0) + row[key];
    }
  }
  return Object.fromEntries(Object.entries(titles).sort(([a], [b]) => (a < b ? -1 : 1)));
}
