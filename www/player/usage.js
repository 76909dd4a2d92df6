// @ts-check
import { usageClass } from "#wasm/player";

/**
 * What the edge knows of a viewer's other views of the last 28 days.
 *
 * @typedef {object} KnownUsage
 * @property {number} unique_ms
 * @property {number} span_ms from the first of them until now, at most 28 days
 * @property {string} class at the last answer
 */

/**
 * A viewer's use of the last 28 days, the running view included.
 *
 * @typedef {object} Usage
 * @property {"unknown" | "light" | "standard" | "heavy"} class
 * @property {number} uniqueMs
 * @property {number} spanMs
 */

/** @type {Usage["class"][]} */
const CLASSES = ["unknown", "light", "standard", "heavy"];

/**
 * @param {KnownUsage | null} known none before the edge's first answer
 * @param {number} runningMs unique content of the running view
 * @returns {Usage}
 */
export function usageOf(known, runningMs) {
  const uniqueMs = (known?.unique_ms ?? 0) + runningMs;
  const spanMs = known?.span_ms ?? 0;
  const before = CLASSES.indexOf(/** @type {Usage["class"]} */ (known?.class));
  return { class: CLASSES[usageClass(uniqueMs, spanMs, before)] ?? "unknown", uniqueMs, spanMs };
}
