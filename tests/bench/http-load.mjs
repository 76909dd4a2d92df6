// @ts-check
// Requests as fast as one server answers them, over sockets that are kept open: the client does as little as it
// can, because it runs on the same machine.
import { connect } from "node:net";

const END_OF_HEAD = "\r\n\r\n";
const END_OF_CHUNKS = "\r\n0\r\n\r\n";

/**
 * @typedef {object} HttpLoad
 * @property {number} perSecond
 * @property {number} p50Ms
 * @property {number} p99Ms
 */

/**
 * Sends requests over all connections, on each the next one when the last was answered with 200.
 * @param {string} url
 * @param {Buffer[]} requests whole ones, in turn; see `requestBytes`
 * @param {{ connections: number, count: number }} load
 * @returns {Promise<HttpLoad>}
 */
export async function loadHttp(url, requests, { connections, count }) {
  const { hostname, port } = new URL(url);
  /** @type {number[]} */
  const times = [];
  let sent = 0;
  const next = () => {
    sent += 1;
    return sent > count ? null : (requests[sent % requests.length] ?? null);
  };
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, () => ask(hostname, Number(port), next, times)),
  );
  const seconds = (performance.now() - began) / 1000;
  times.sort((one, other) => one - other);
  const at = (/** @type {number} */ share) => times[Math.floor(share * times.length)] ?? NaN;
  return { perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Record<string, string>} headers
 */
export function requestBytes(method, path, headers, body = "") {
  const lines = Object.entries({ host: "bench", ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  if (body !== "") lines.push(`content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from([`${method} ${path} HTTP/1.1`, ...lines].join("\r\n") + END_OF_HEAD + body);
}

/**
 * One connection, until there is nothing to send.
 * @param {string} host
 * @param {number} port
 * @param {() => Buffer | null} next
 * @param {number[]} times
 * @returns {Promise<void>}
 */
function ask(host, port, next, times) {
  return new Promise((done, failed) => {
    const socket = connect({ host, port, noDelay: true });
    let answer = "";
    let sentMs = 0;
    const send = () => {
      const request = next();
      if (request === null) {
        socket.destroy();
        return done();
      }
      answer = "";
      sentMs = performance.now();
      socket.write(request);
    };
    socket.once("connect", send).once("error", failed);
    socket.setEncoding("latin1").on("data", (text) => {
      answer += text;
      if (!isWhole(answer)) return;
      times.push(performance.now() - sentMs);
      if (answer.startsWith("HTTP/1.1 200")) return send();
      socket.destroy();
      failed(new Error(`expected 200, not \`${answer}\``));
    });
  });
}

/** @param {string} answer */
function isWhole(answer) {
  const head = answer.indexOf(END_OF_HEAD);
  if (head < 0) return false;
  const [, length] = /^content-length: (\d+)/im.exec(answer.slice(0, head)) ?? [];
  if (length === undefined) return answer.endsWith(END_OF_CHUNKS);
  return answer.length >= head + END_OF_HEAD.length + Number(length);
}
