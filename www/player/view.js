// @ts-check
import { figureNames, nameTag, View as MeasuredView } from "#wasm/player";
import { UsherError } from "../../pkg/error.js";
import { Flag } from "./flag.js";

/** Ranges of `played` that are read; a view keeps fewer. */
const PLAYED_RANGES_MAX = 1000;

/** `HTMLMediaElement.readyState` from which on playback can go forward. */
const HAVE_FUTURE_DATA = 3;

/** @type {Uint8Array | undefined} this page load: the only writer of its figures, restored from nowhere */
let producer;

/** @type {string} */
let names;

/**
 * One playback of one title by one viewer, measured: the module's view, with its names and with what
 * the edge has of it. Call `free()` when it is over.
 */
export class View extends MeasuredView {
  /** The highest version that the edge has committed. */
  acknowledgedVersion = 0;
  /** The version that was last kept for delivery. */
  version = 0;
  /** `Flag` bits that the page keeps on whatever the element says: an advertisement. */
  held = 0;
  /** @type {[durationS: number, rate: number, flags: number]} what the last whole reading said */
  #seen = [NaN, NaN, 0];

  /**
   * @param {string} viewer 1 to 200 bytes without control characters
   * @param {string} title likewise
   * @throws {UsherError} `invalid_value` with the field
   */
  constructor(viewer, title) {
    const tag = checked(viewer, "viewer");
    checked(title, "title");
    super((producer ??= random(16)));
    this.viewer = viewer;
    this.title = title;
    /** 32 hexadecimal digits: the viewer's tag and 96 random bits. */
    this.id = (2 ** 32 + tag).toString(16).slice(1) + hex(random(12));
    /** Who measures: 32 hexadecimal digits, one for a page load. */
    this.producer = hex(producer);
  }

  /** What `figures` begins with, with a comma behind each name. */
  get figureNames() {
    return (names ??= String.fromCharCode(...figureNames()));
  }

  /**
   * Reads a media element: one reading. In JavaScript, because a dozen imports of web-sys, with their
   * glue and the table of references that they need, are more than a kilobyte after brotli.
   * @param {HTMLMediaElement} video
   */
  read(video) {
    const { readyState, paused } = video;
    // Nothing is loaded and nobody waits for it: there is nothing to measure.
    if (!readyState && paused) return;
    const flags =
      this.held |
      (+paused * Flag.paused) |
      (+video.seeking * Flag.seeking) |
      (+video.ended * Flag.ended) |
      (+(video.muted || !video.volume) * Flag.muted) |
      (+video.ownerDocument.hidden * Flag.hidden) |
      (+(readyState < HAVE_FUTURE_DATA) * Flag.short);
    this.#seen = [video.duration, video.playbackRate, flags];
    this.#see(video, playedBy(video));
  }

  /**
   * The playhead of an element of which nothing else has changed since it was read: a fifth of the
   * work. What it has played is taken at the next whole reading.
   * @param {HTMLMediaElement} video
   */
  tick(video) {
    this.#seen[2] &= ~Flag.short;
    this.#see(video, []);
  }

  /**
   * @param {HTMLMediaElement} video
   * @param {number[] | null} played
   */
  #see(video, played) {
    const now = performance.now();
    if (played) this.pushPlayed(now, video.currentTime, ...this.#seen, played);
    else this.push(now, video.currentTime, ...this.#seen);
  }
}

/**
 * What an element says it has played, start and end in turn; null if it does not say. Players wrap
 * elements, and some throw.
 * @param {HTMLMediaElement} video
 */
function playedBy(video) {
  try {
    const { played } = video;
    /** @type {number[]} */
    const ends = [];
    const length = Math.min(played.length, PLAYED_RANGES_MAX);
    for (let index = 0; index < length; index += 1) {
      ends.push(played.start(index), played.end(index));
    }
    return ends;
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} field
 */
function checked(name, field) {
  const tag = nameTag(new TextEncoder().encode(name));
  if (tag >= 0) return tag;
  const expected = "expected 1 to 200 bytes without control characters";
  throw new UsherError("invalid_value", expected, field);
}

/** @param {number} length */
const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
