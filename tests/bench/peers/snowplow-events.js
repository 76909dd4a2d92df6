// @ts-check
// Snowplow, and which events it made: a plugin of its own API is told of each.
// @ts-ignore peers are installed for the bench alone
import { addPlugin } from "@snowplow/browser-tracker";
import { measure as begin } from "./snowplow.js";

/**
 * @param {HTMLVideoElement} video
 * @param {string} origin of the collector
 * @param {(event: string) => void} onEvent
 */
export function measure(video, origin, onEvent) {
  begin(video, origin);
  /** @param {{ eid: string }} payload */
  const afterTrack = ({ eid }) => onEvent(eid);
  addPlugin({ plugin: { afterTrack } }, ["bench"]);
}
