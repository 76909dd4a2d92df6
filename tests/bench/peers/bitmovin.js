// @ts-check
// A minimal use of Bitmovin's collector. It sends samples only after its vendor's server has granted a licence,
// which the bench neither has nor feigns: `debug`, a documented option, prints each sample as it is made.
// @ts-ignore peers are installed for the bench alone
import { HTMLVideoElementAdapter } from "bitmovin-analytics";

/**
 * @param {HTMLVideoElement} video
 * @param {string} origin of the collector
 * @param {boolean} [debug]
 */
export function measure(video, origin, debug = false) {
  const config = { backendUrl: origin, cookiesEnabled: false };
  const options = debug ? { debug: { fields: ["state", "played"] } } : {};
  new HTMLVideoElementAdapter({ key: "bench", videoId: "film", config, ...options }, video);
  return { finish: () => {} };
}
