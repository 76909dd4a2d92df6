// @ts-check
// Stands between an edge and a central API of another process, and keeps which batches were stored.
import { createServer } from "node:http";
import { close, listen } from "./loopback.mjs";

/** @typedef {{ batch: string, digest: string, stored: boolean }} Offer */

export class BatchTap {
  /** @type {Offer[]} in the order of coming */
  offers = [];
  url = "";
  /** Where the central API is. */
  behind = "";

  #server = createServer((incoming, outgoing) => {
    this.#take(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async listen() {
    this.url = await listen(this.#server);
  }

  close() {
    close(this.#server);
  }

  /** Sequence numbers that were stored, by shard and epoch. */
  get stored() {
    /** @type {Map<string, Set<number>>} */
    const sequences = new Map();
    for (const { batch } of this.offers.filter(({ stored }) => stored)) {
      const [, life = "", sequence] = /^(.+)\.(\d+)$/.exec(batch) ?? [];
      const known = sequences.get(life) ?? new Set();
      sequences.set(life, known.add(Number(sequence)));
    }
    return sequences;
  }

  /** Batches that were offered with more than one body. */
  get changed() {
    const digests = new Map(this.offers.map(({ batch, digest }) => [batch, digest]));
    return this.offers.filter(({ batch, digest }) => digests.get(batch) !== digest);
  }

  /**
   * @param {import("node:http").IncomingMessage} incoming
   * @param {import("node:http").ServerResponse} outgoing
   */
  async #take(incoming, outgoing) {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { headers, method = "", url = "" } = incoming;
    const { host: _host, connection: _connection, "content-length": _length, ...rest } = headers;
    const offer = {
      batch: String(headers["idempotency-key"]),
      digest: String(headers["content-digest"]),
      stored: false,
    };
    const isBatch = url === "/v1/batches";
    if (isBatch) this.offers.push(offer);
    const answer = await fetch(this.behind + url, {
      method,
      headers: /** @type {Record<string, string>} */ (rest),
      ...(method === "POST" && { body: Buffer.concat(chunks) }),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    offer.stored = answer.ok;
    outgoing.writeHead(answer.status, { "content-type": "application/json" }).end(body);
  }
}
