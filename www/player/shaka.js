// @ts-check
import { Attachment, cdnOf } from "./attachment.js";

/**
 * What is used of Shaka Player.
 *
 * @typedef {object} ShakaPlayer
 * @property {() => HTMLMediaElement | null} getMediaElement
 * @property {() => ShakaTrack[]} getVariantTracks
 * @property {(type: string, listener: (event: any) => void) => void} addEventListener
 * @property {(type: string, listener: (event: any) => void) => void} removeEventListener
 */

/** @typedef {{ active: boolean, bandwidth: number, height: number | null }} ShakaTrack */

/** `shaka.net.NetworkingEngine.RequestType.SEGMENT` */
const SEGMENT = 1;

/** `shaka.util.Error.Severity.CRITICAL` */
const CRITICAL = 2;

/**
 * Measures what a Shaka player shows, from now on or from `attach()` on, until the player detaches or
 * is destroyed. Another `load()` begins another view.
 *
 * @param {ShakaPlayer} player
 * @param {import("./session.js").SessionOptions} options
 * @returns {Attachment}
 */
export function attachShaka(player, options) {
  return new Attachment(
    {
      element: () => player.getMediaElement(),
      facts: {
        adaptation: ({ newTrack }) => qualityOf(newTrack),
        variantchanged: ({ newTrack }) => qualityOf(newTrack),
        loaded: () => qualityOf(player.getVariantTracks().find(({ active }) => active)),
        downloadcompleted: ({ requestType, response }) =>
          requestType === SEGMENT && { cdn: cdnOf(response.uri) },
        error: ({ detail }) => ({
          error: { code: `${detail.code}`, fatal: detail.severity === CRITICAL },
        }),
        // The element still has the old content, which is read to its last frame.
        unloading: () => ({}),
      },
      loads: ["loading"],
      moves: ["onstatechange"],
      ends: [],
      on: (type, listener) => player.addEventListener(type, listener),
      off: (type, listener) => player.removeEventListener(type, listener),
    },
    options,
  );
}

/** @param {ShakaTrack | null | undefined} track */
function qualityOf(track) {
  return (
    track && {
      bitrateKbps: Math.round(track.bandwidth / 1000),
      ...(track.height && { heightPx: track.height }),
    }
  );
}
