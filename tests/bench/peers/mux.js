// @ts-check
// A minimal use of mux-embed.
// @ts-ignore peers are installed for the bench alone
import mux from "mux-embed";

/**
 * @param {HTMLVideoElement} video
 * @param {string} origin of the collector; mux speaks HTTP without TLS to localhost only
 */
export function measure(video, origin) {
  mux.monitor(video, {
    beaconCollectionDomain: new URL(origin).host,
    disableCookies: true,
    data: { env_key: "bench", player_name: "bench", video_id: "film" },
  });
  return { finish: () => /** @type {any} */ (video).mux.destroy() };
}
