// @ts-check
import { once } from "node:events";

/**
 * Lets a server listen to this machine alone, at a free port.
 * @param {import("node:http").Server} server
 * @returns {Promise<string>} its URL, without a slash at the end
 */
export async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return `http://127.0.0.1:${port}`;
}

/**
 * Ends a server, and its connections in the middle of whatever they do.
 * @param {import("node:http").Server} server
 */
export function close(server) {
  server.closeAllConnections();
  server.close();
}
