// @ts-check
// An edge over real HTTP that answers as a test says, and remembers what it was asked. States are read
// by the edge's own module.
import { once } from "node:events";
import { createServer } from "node:http";
import { init, readState } from "usher/edge";
import { moduleBytes } from "./module-bytes.mjs";

/** @typedef {{ view: string, title: string, state: string, at?: [number, number] }} Sent */
/** @typedef {{ atMs: number, viewer: string, views: Sent[], token?: string, clock?: [number, number], device?: string, length: number }} Asked */
/** @typedef {{ status?: number, headers?: Record<string, string>, body?: unknown }} Answer */
/** @typedef {Awaited<ReturnType<typeof startEdge>>} Edge */

const REFUSAL = { code: "refused", message: "the test says no", field: null };

/**
 * What the edge says when it has committed everything.
 * @param {Asked} asked
 */
export const committed = ({ views }) => ({
  body: { acks: views.map(ackOf), usage: { unique_ms: 0, span_ms: 0, class: "unknown" } },
});

/** @param {Sent} sent */
export function ackOf({ view, state }) {
  const [[producer, version] = ["", 0]] = readState(Buffer.from(state, "base64url")).producers;
  return { view, producer, version };
}

/**
 * Starts it. `answer` may be replaced at any time; an answer of null is none at all.
 * @param {(asked: Asked) => Answer | null | Promise<Answer | null>} [answer]
 */
export async function startEdge(answer = committed) {
  await init(moduleBytes("edge"));
  let open = 0;
  const server = createServer(async (request, response) => {
    edge.atOnce = Math.max(edge.atOnce, (open += 1));
    /** @type {Buffer[]} */
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    /** @type {Asked} */
    const asked = { ...JSON.parse(String(body)), length: body.length, atMs: performance.now() };
    edge.asked.push(asked);
    const given = await edge.answer(asked);
    open -= 1;
    if (given === null) {
      request.socket.destroy();
    } else {
      const { status = 200, headers = {}, body: said = REFUSAL } = given;
      response.writeHead(status, headers);
      response.end(typeof said === "string" ? said : JSON.stringify(said));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const edge = {
    url: `http://127.0.0.1:${port}/v1/views`,
    answer,
    /** @type {Asked[]} */
    asked: [],
    /** Most requests that were under way at one time. */
    atOnce: 0,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
  return edge;
}
