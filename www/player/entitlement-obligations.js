// @ts-check
import { UsherError } from "../../pkg/error.js";

/**
 * What is used of hls.js to keep a picture small.
 *
 * @typedef {object} CappedHls
 * @property {{ height: number }[]} levels
 * @property {number} loadLevel
 * @property {number} nextLevel
 * @property {boolean} autoLevelEnabled
 * @property {(index: number) => void} removeLevel
 * @property {(event: any, listener: (...given: any[]) => void) => void} on
 * @property {(event: any, listener: (...given: any[]) => void) => void} off
 */

/**
 * What is used of Shaka Player to keep a picture small.
 *
 * @typedef {object} CappedShaka
 * @property {(settings: any) => unknown} configure
 */

/**
 * What a decision obliges a player to.
 *
 * @typedef {object} Owed
 * @property {number | null} [max_height] lines of the tallest picture
 * @property {boolean | null} [ads]
 */

/** Events of hls.js after which there are levels that were not there before. */
const LEVELS = ["hlsManifestParsed", "hlsLevelsUpdated"];

/**
 * Holds a player to the obligations of a decision, and tells the page of those that are the page's own.
 * Dispatches `ads` (`detail`: whether ads are owed) when that changes, and `cap` (`detail`: `capped`)
 * when it is known whether the picture can be kept as small as it has to be.
 *
 * In hls.js a level above the cap is taken out of `levels`, so that neither the player nor a person can
 * choose it; a higher cap later brings it back with the next source. In Shaka it is a
 * restriction, which can come down at any time too. A media element alone shows what is in its one file: it cannot be capped, and the page has to choose
 * another file or another player.
 */
export class Obligations extends EventTarget {
  #hls;
  #shaka;
  /** @type {number | null} */
  #maxHeight = null;
  /** @type {boolean | null} */
  #ads = null;
  /** @type {boolean | null} */
  #capped = null;

  /**
   * @param {CappedHls | CappedShaka | HTMLMediaElement} player
   * @throws {UsherError} `invalid_value` for anything else
   */
  constructor(player) {
    super();
    this.#hls = "removeLevel" in player ? player : null;
    this.#shaka = "configure" in player ? player : null;
    const isElement = globalThis.HTMLMediaElement && player instanceof HTMLMediaElement;
    if (!this.#hls && !this.#shaka && !isElement) {
      throw new UsherError("invalid_value", "expected hls.js, Shaka or a media element", "player");
    }
    for (const type of LEVELS) this.#hls?.on(type, this.#capLevels);
  }

  /** Whether ads are owed; null before the first decision. */
  get ads() {
    return this.#ads;
  }

  /** Lines of the tallest picture that may be shown; null where nothing limits it. */
  get maxHeight() {
    return this.#maxHeight;
  }

  /** Whether the player keeps to `maxHeight`; null while that is not known. */
  get capped() {
    return this.#capped;
  }

  /**
   * Takes what a decision owes, in place of what one before it did.
   * @param {Owed} decision
   */
  apply({ max_height, ads }) {
    this.#maxHeight = max_height ?? null;
    if (this.#hls) this.#capLevels();
    else {
      this.#shaka?.configure({ restrictions: { maxHeight: this.#maxHeight ?? Infinity } });
      this.#setCapped(this.#shaka !== null || this.#maxHeight === null);
    }
    if (this.#ads === (ads ?? null)) return;
    this.#ads = ads ?? null;
    this.#tell("ads", this.#ads);
  }

  /** Listens to the player no more. Levels that were taken out stay out until the next source. */
  destroy() {
    for (const type of LEVELS) this.#hls?.off(type, this.#capLevels);
    this.#hls = this.#shaka = null;
  }

  #capLevels = () => {
    const hls = this.#hls;
    const max = this.#maxHeight ?? Infinity;
    if (!hls?.levels?.length) return;
    const isOver = (/** @type {number} */ index) => (hls.levels[index]?.height ?? 0) > max;
    const heights = hls.levels.map(({ height }) => height);
    // Nothing is left to show where all of it is too tall: the smallest stays, and the page is told.
    const lowest = heights.indexOf(Math.min(...heights));
    const isMet = !isOver(lowest);
    const wasOver = isOver(hls.loadLevel);
    const kept = heights.filter((height, index) => (isMet ? height <= max : index === lowest));
    if (kept.length < heights.length) this.#remove(hls, (height) => !kept.includes(height));
    // What was fetched of a level that is gone must not be shown.
    if (wasOver && isMet) {
      const automatic = hls.autoLevelEnabled;
      hls.nextLevel = kept.lastIndexOf(Math.max(...kept));
      if (automatic) hls.loadLevel = -1;
    }
    this.#setCapped(isMet);
  };

  /**
   * @param {CappedHls} hls
   * @param {(height: number) => boolean} isGone
   */
  #remove(hls, isGone) {
    // Each removal says that levels changed.
    hls.off("hlsLevelsUpdated", this.#capLevels);
    for (let index = hls.levels.length - 1; index >= 0; index -= 1) {
      if (isGone(hls.levels[index]?.height ?? 0)) hls.removeLevel(index);
    }
    hls.on("hlsLevelsUpdated", this.#capLevels);
  }

  /** @param {boolean} capped */
  #setCapped(capped) {
    if (this.#capped === capped) return;
    this.#capped = capped;
    this.#tell("cap", capped);
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
