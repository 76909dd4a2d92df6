// @ts-check
// The entry point for pages that play with dash.js.
export { attachDash } from "../www/player/dash.js";

/** @typedef {import("../www/player/attachment.js").Attachment} Attachment */
/** @typedef {import("../www/player/dash.js").DashPlayer} DashPlayer */
