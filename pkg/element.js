// @ts-check
// The entry point for pages that measure with markup: importing it defines `<usher-monitor>`.
export { UsherMonitor } from "../www/player/usher-monitor.js";
