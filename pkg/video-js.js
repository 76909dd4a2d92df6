// @ts-check
// The entry point for pages that play with Video.js.
export { attachVideoJs } from "../www/player/video-js.js";

/** @typedef {import("../www/player/attachment.js").Attachment} Attachment */
/** @typedef {import("../www/player/video-js.js").VideoJsPlayer} VideoJsPlayer */
