// @ts-check
// mux-embed, and which events it made. It numbers them for each player, and copies each with
// `Object.assign` into its queue: that is where they are seen.
import { measure as begin } from "./mux.js";

/**
 * @param {HTMLVideoElement} video
 * @param {string} origin of the collector
 * @param {(event: string) => void} onEvent
 */
export function measure(video, origin, onEvent) {
  const { assign } = Object;
  Object.assign = (/** @type {any} */ target, /** @type {any[]} */ ...sources) => {
    const made = assign(target, ...sources);
    if (made?.psqno && made.pinid) onEvent(`${made.pinid}.${made.psqno}`);
    return made;
  };
  begin(video, origin);
}
