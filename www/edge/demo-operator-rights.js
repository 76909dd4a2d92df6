// @ts-check
import { methodNotAllowed } from "./refusal.js";

/** What the operator asks of routes that are also those of players: decisions of anybody, devices, open streams. */
export const OPERATOR_RIGHTS =
  /^\/operator\/(decisions|devices(?:\/[^/]+)?|streams(?:\/[^/]+(?:\/stop)?)?)$/;

/**
 * `/operator/decisions`, `/operator/devices`, `/operator/streams`: as below `/v1/`, with the operator's key. A real
 * backend knows who asks.
 *
 * @param {Request} request
 * @param {URL} url
 * @param {(request: Request) => Promise<Response>} ask the edge, with the key
 */
export function operatorRights(request, url, ask) {
  const path = url.pathname.replace(/^\/operator\//, "/v1/");
  if (path === "/v1/decisions" && request.method !== "POST") return methodNotAllowed("POST");
  return ask(new Request(`http://edge.invalid${path}${url.search}`, request));
}
