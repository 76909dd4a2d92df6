// @ts-check
// The player's entry point: `init`, then `attach`.
import { initSync } from "#wasm/player";
import { loader } from "./load.js";

export { usageClass } from "#wasm/player";
export { UsherError } from "./error.js";
export { Flag } from "../www/player/flag.js";
export { checkCode } from "../www/player/code.js";
export { attach, Session } from "../www/player/session.js";
export { View } from "../www/player/view.js";

/** @typedef {import("../www/player/session.js").SessionOptions} SessionOptions */
/** @typedef {import("../www/player/session.js").Fact} Fact */
/** @typedef {import("../www/player/session.js").Quality} Quality */
/** @typedef {import("../www/player/code.js").CheckedCode} CheckedCode */
/** @typedef {import("../www/player/usage.js").Usage} Usage */
/** @typedef {import("../www/player/engagement.js").Engagement} Engagement */
/** @typedef {import("../www/player/flusher.js").Delivery} Delivery */

export const { init } = loader(initSync, () => new URL("./player.wasm", import.meta.url));
