// @ts-check
import { createServer } from "node:http";
import { close, listen } from "./loopback.mjs";

/** @typedef {{ method: string, path: string, kind: string, body: string, status: number }} Asked */

/** What stands in front of a central API: it passes everything on, unless a test says otherwise. */
export class Front {
  /** @type {Asked[]} */
  asked = [];
  /** @type {(asked: Asked) => number | "hang up" | null} a status, or nothing at all */
  fault = () => null;
  url = "";

  #behind;
  #server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = "", url: path = "", headers } = incoming;
    const body = Buffer.concat(chunks);
    /** @type {Asked} */
    const asked = {
      method,
      path,
      kind: String(headers["usher-kind"] ?? ""),
      body: String(body),
      status: 0,
    };
    const fault = this.fault(asked);
    this.asked.push(asked);
    if (fault === "hang up") return incoming.socket.destroy();
    if (fault !== null) {
      asked.status = fault;
      return outgoing.writeHead(fault).end();
    }
    const { host: _, connection: __, "content-length": ___, ...kept } = headers;
    const answer = await fetch(`${this.#behind}${path}`, {
      method,
      headers: /** @type {Record<string, string>} */ (kept),
      ...(body.length > 0 ? { body } : {}),
    });
    asked.status = answer.status;
    const type = answer.headers.get("content-type") ?? "text/plain";
    outgoing.writeHead(answer.status, { "content-type": type }).end(await answer.text());
  });

  /** @param {string} behind the central API */
  constructor(behind) {
    this.#behind = behind;
  }

  async listen() {
    this.url = await listen(this.#server);
  }

  close() {
    close(this.#server);
  }
}
