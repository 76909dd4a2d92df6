// @ts-check
// The entry point for pages that play with hls.js.
export { attachHls } from "../www/player/hls.js";

/** @typedef {import("../www/player/attachment.js").Attachment} Attachment */
/** @typedef {import("../www/player/hls.js").HlsPlayer} HlsPlayer */
