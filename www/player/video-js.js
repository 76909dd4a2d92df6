// @ts-check
import { Attachment, cdnOf } from "./attachment.js";

/**
 * What is used of Video.js.
 *
 * @typedef {object} VideoJsPlayer
 * @property {(safety?: any) => any} tech
 * @property {() => any} error
 * @property {(type: any, listener: (...given: any[]) => void) => void} on
 * @property {(type?: any, listener?: (...given: any[]) => void) => void} off
 */

/**
 * Measures what a Video.js player shows, on whatever element its tech has, until it is disposed of.
 * Another `src()` begins another view. A tech without a media element is not measured.
 *
 * @param {VideoJsPlayer} player
 * @param {import("./session.js").SessionOptions} options
 * @returns {Attachment}
 */
export function attachVideoJs(player, options) {
  return new Attachment(
    {
      element: () => elementOf(player),
      facts: {
        // Video.js shows its own error and plays no more.
        error: () => ({ error: { code: `${player.error()?.code}`, fatal: true } }),
        retryplaylist: passing,
        excludeplaylist: passing,
        loadeddata: () => qualityOf(player),
        resize: () => qualityOf(player),
      },
      loads: ["loadstart"],
      moves: ["ready", "playerreset"],
      ends: ["dispose"],
      on: (type, listener) => sourceOf(player, type)?.on(type, listener),
      off: (type, listener) => sourceOf(player, type)?.off(type, listener),
    },
    options,
  );
}

/**
 * @param {VideoJsPlayer} player
 * @param {string} type
 * @returns {VideoJsPlayer | undefined}
 */
function sourceOf(player, type) {
  return type.endsWith("playlist") ? player.tech(true) : player;
}

/**
 * A part or a playlist that did not load: its streaming engine tries again, or another rendition.
 * @param {{ type: string }} event
 */
function passing({ type }) {
  return { error: { code: type, fatal: false } };
}

/** @param {VideoJsPlayer} player */
function elementOf(player) {
  // The argument says that the tech is wanted knowingly; without it Video.js warns.
  const element = player.tech(true)?.el();
  return element instanceof HTMLMediaElement ? element : null;
}

/**
 * What its streaming engine plays; other sources do not say. It tells of a switch when the new
 * playlist is chosen; the size of the picture changes when it is shown.
 * @param {VideoJsPlayer} player
 */
function qualityOf(player) {
  const playlist = player.tech(true)?.vhs?.playlists?.media();
  const { BANDWIDTH, RESOLUTION } = playlist?.attributes ?? {};
  const cdn = playlist?.segments?.[0]?.resolvedUri;
  return {
    ...(BANDWIDTH && { bitrateKbps: Math.round(BANDWIDTH / 1000) }),
    ...(RESOLUTION && { heightPx: RESOLUTION.height }),
    ...(cdn && { cdn: cdnOf(cdn) }),
  };
}
