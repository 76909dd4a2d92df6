// @ts-check
// A minimal use of Usher: what a page ships to measure an element.
import { attach, init } from "usher";

/**
 * @param {HTMLVideoElement} video
 * @param {string} origin of the collector
 */
export async function measure(video, origin) {
  await init(`${origin}/player.wasm`);
  return attach(video, { viewer: "bench", title: "film", endpoint: `${origin}/v1/views` });
}
