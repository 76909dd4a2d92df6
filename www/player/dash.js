// @ts-check
import { Attachment, cdnOf } from "./attachment.js";

/**
 * What is used of dash.js.
 *
 * @typedef {object} DashPlayer
 * @property {() => HTMLMediaElement} getVideoElement throws while there is none
 * @property {(type: "video") => DashRepresentation | null} getCurrentRepresentationForType
 * @property {(type: any, listener: (event: any) => void) => void} on
 * @property {(type: any, listener: (event: any) => void, scope?: any) => void} off
 */

/** @typedef {{ bitrateInKbit: number, height: number }} DashRepresentation */

/** Errors after which dash.js goes on: a part that did not load, a link, subtitles, the clock. */
const PASSING = [12, 16, 17, 18, 27, 28, 29, 33];

/**
 * Measures what a dash.js player shows, from now on or from when it gets its element, until it is
 * reset or destroyed. Another `attachSource()` begins another view.
 *
 * @param {DashPlayer} player
 * @param {import("./session.js").SessionOptions} options
 * @returns {Attachment}
 */
export function attachDash(player, options) {
  return new Attachment(
    {
      element: () => elementOf(player),
      facts: {
        canPlay: () => qualityOf(player.getCurrentRepresentationForType("video")),
        qualityChangeRendered: ({ mediaType, newRepresentation }) =>
          mediaType === "video" && qualityOf(newRepresentation),
        fragmentLoadingCompleted: ({ request: { serviceLocation, url } }) =>
          url && { cdn: cdnOf(serviceLocation || url) },
        error: ({ error }) => ({
          error: { code: `${error.code ?? error}`, fatal: !PASSING.includes(error.code) },
        }),
        // The element still has the old content, which is read to its last frame.
        streamDeactivated: () => ({}),
      },
      loads: ["manifestLoadingStarted"],
      moves: ["streamInitialized"],
      ends: [],
      on: (type, listener) => player.on(type, listener),
      off: (type, listener) => player.off(type, listener),
    },
    options,
  );
}

/** @param {DashPlayer} player */
function elementOf(player) {
  try {
    return player.getVideoElement();
  } catch {
    return null;
  }
}

/** @param {DashRepresentation | null} representation */
function qualityOf(representation) {
  return (
    representation && {
      bitrateKbps: Math.round(representation.bitrateInKbit),
      heightPx: representation.height,
    }
  );
}
