// @ts-check
// How times and amounts are written.

export const NOTHING = "–";

/**
 * `mm:ss.mmm`, with hours in front once there are any. Cut, not rounded: a clock never shows a
 * millisecond that was not watched.
 *
 * @param {number | null | undefined} ms
 * @returns {string}
 */
export function clock(ms) {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NOTHING;
  const whole = Math.floor(Math.max(0, ms));
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3_600_000);
  const minutes = two(Math.floor(whole / 60_000) % 60);
  const seconds = two(Math.floor(whole / 1_000) % 60);
  const rest = String(whole % 1_000).padStart(3, "0");
  return `${hours > 0 ? `${hours}:` : ""}${minutes}:${seconds}.${rest}`;
}

/** @param {number} ms */
export function signedMs(ms) {
  const rounded = Math.round(ms * 10) / 10;
  // The comparison also turns -0 into 0.
  return rounded === 0 ? "0 ms" : `${rounded > 0 ? "+" : "−"}${Math.abs(rounded)} ms`;
}

/** @param {number | null | undefined} share 0 to 1 */
export function percent(share) {
  if (share === null || share === undefined || !Number.isFinite(share)) return NOTHING;
  // Cut, not rounded: 100 % is written only for a film seen whole.
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}

/** @param {number} ms */
export function hours(ms) {
  return (ms / 3_600_000).toLocaleString("en", {
    minimumFractionDigits: 3,
    maximumFractionDigits: 3,
  });
}

/** @param {number} value */
export function count(value) {
  return value.toLocaleString("en");
}

/** @param {number} value */
export function bytes(value) {
  return value < 10_000 ? `${count(value)} B` : `${(value / 1000).toFixed(1)} kB`;
}

/** @param {number} ms how long ago */
export function ago(ms) {
  if (ms < 1_500) return "just now";
  if (ms < 90_000) return `${Math.round(ms / 1_000)} s ago`;
  if (ms < 5_400_000) return `${Math.round(ms / 60_000)} min ago`;
  return `${Math.round(ms / 3_600_000)} h ago`;
}
