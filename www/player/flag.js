// @ts-check

/**
 * States of a player that are on or off, for the `flags` of `View.push`: add those that hold.
 * The module's `playback::reading::Flag` explains each.
 */
export const Flag = Object.freeze({
  paused: 1,
  seeking: 2,
  stalled: 4,
  ended: 8,
  muted: 16,
  hidden: 32,
  linearAd: 64,
  overlayAd: 128,
  live: 256,
  /** Without data to go on with: a stall, if content has moved before. */
  short: 512,
});
