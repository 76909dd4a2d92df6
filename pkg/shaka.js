// @ts-check
// The entry point for pages that play with Shaka.
export { attachShaka } from "../www/player/shaka.js";

/** @typedef {import("../www/player/attachment.js").Attachment} Attachment */
/** @typedef {import("../www/player/shaka.js").ShakaPlayer} ShakaPlayer */
