// @ts-check
import { Attachment, cdnOf } from "./attachment.js";

/**
 * What is used of hls.js.
 *
 * @typedef {object} HlsPlayer
 * @property {HTMLMediaElement | null} media
 * @property {{ bitrate: number, height: number, pathwayId?: string }[]} levels
 * @property {(event: any, listener: (...given: any[]) => void) => void} on
 * @property {(event: any, listener: (...given: any[]) => void) => void} off
 */

/** Content steering names the one pathway of a stream that has no others. */
const ONLY_PATHWAY = ".";

/**
 * Measures what an hls.js player shows, from now on or from `MEDIA_ATTACHED` on, until the player
 * detaches or is destroyed. Another URL in `loadSource` begins another view.
 *
 * @param {HlsPlayer} hls
 * @param {import("./session.js").SessionOptions} options
 * @returns {Attachment}
 */
export function attachHls(hls, options) {
  return new Attachment(
    {
      element: () => hls.media,
      facts: {
        hlsLevelSwitched: ({ level }) => qualityOf(hls.levels[level]),
        hlsFragChanged: ({ frag }) => ({ cdn: cdnOf(pathwayOf(hls.levels[frag.level], frag.url)) }),
        hlsError: ({ details, fatal }) => ({ error: { code: details, fatal } }),
        hlsFpsDrop: () => ({}),
      },
      loads: ["hlsManifestLoading"],
      // loadSource detaches and attaches again in one go: only afterwards it is clear which it was.
      moves: ["hlsMediaAttached", "hlsMediaDetached"],
      ends: ["hlsDestroying"],
      on: (type, listener) => hls.on(type, listener),
      off: (type, listener) => hls.off(type, listener),
    },
    options,
  );
}

/** @param {HlsPlayer["levels"][number] | undefined} level */
function qualityOf(level) {
  return level && { bitrateKbps: Math.round(level.bitrate / 1000), heightPx: level.height };
}

/**
 * @param {HlsPlayer["levels"][number] | undefined} level
 * @param {string} url
 */
function pathwayOf(level, url) {
  const pathway = level?.pathwayId ?? ONLY_PATHWAY;
  return pathway === ONLY_PATHWAY ? url : pathway;
}
