// @ts-check
// The entry point for players that are no media element: their readings are pushed.
export { Monitor } from "../www/player/monitor.js";

/** @typedef {import("../www/player/monitor.js").PlayerReading} PlayerReading */
