// @ts-check
// The film as a strip: what was watched is exposed, what was watched again is exposed twice.
import { clock } from "./duration.js";

/** @typedef {[startMs: number, endMs: number]} Interval */

/**
 * @typedef {object} Coverage
 * @property {number} durationMs 0 while it is not known
 * @property {number} positionMs
 * @property {Interval[]} unique sorted
 * @property {Interval[]} rewatched sorted
 */

const STEP_MS = 5_000;
const PAGE_MS = 15_000;
const HOLE_PX = 12;

export class CoverageStrip {
  #slider;
  #canvas;
  #seek;
  /** @type {Coverage} */
  #coverage = { durationMs: 0, positionMs: 0, unique: [], rewatched: [] };
  #drawn = "";

  /**
   * @param {HTMLElement} slider holds a canvas
   * @param {(positionMs: number) => void} seek
   */
  constructor(slider, seek) {
    const canvas = slider.querySelector("canvas");
    if (!canvas) throw new Error("the strip has no canvas");
    this.#slider = slider;
    this.#canvas = canvas;
    this.#seek = seek;
    slider.addEventListener("keydown", (event) => this.#key(event));
    slider.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      slider.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    slider.addEventListener("pointermove", (event) => {
      if (slider.hasPointerCapture(event.pointerId)) this.#point(event);
    });
    new ResizeObserver(() => this.#draw()).observe(slider);
  }

  /** @param {Coverage} coverage */
  show(coverage) {
    this.#coverage = coverage;
    const { durationMs, positionMs } = coverage;
    // Whole seconds: whoever listens to a slider does not want sixty values a second.
    const seconds = Math.floor(positionMs / 1000);
    if (this.#slider.getAttribute("aria-valuenow") !== String(seconds)) {
      this.#slider.setAttribute("aria-valuenow", String(seconds));
      this.#slider.setAttribute("aria-valuetext", clock(seconds * 1000).replace(/\.\d+$/, ""));
    }
    this.#slider.setAttribute("aria-valuemax", String(Math.floor(durationMs / 1000)));
    this.#draw();
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const { durationMs } = this.#coverage;
    const box = this.#slider.getBoundingClientRect();
    if (durationMs <= 0 || box.width <= 0) return;
    this.#goTo(((event.clientX - box.left) / box.width) * durationMs);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { durationMs, positionMs } = this.#coverage;
    /** @type {Record<string, number>} */
    const target = {
      ArrowLeft: positionMs - STEP_MS,
      ArrowDown: positionMs - STEP_MS,
      ArrowRight: positionMs + STEP_MS,
      ArrowUp: positionMs + STEP_MS,
      PageDown: positionMs - PAGE_MS,
      PageUp: positionMs + PAGE_MS,
      Home: 0,
      End: durationMs,
    };
    const position = target[event.key];
    if (
      position === undefined ||
      durationMs <= 0 ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    ) {
      return;
    }
    event.preventDefault();
    this.#goTo(position);
  }

  /** @param {number} positionMs */
  #goTo(positionMs) {
    this.#seek(Math.min(Math.max(positionMs, 0), this.#coverage.durationMs));
  }

  #draw() {
    const ratio = devicePixelRatio || 1;
    const width = Math.round(this.#slider.clientWidth * ratio);
    const height = Math.round(this.#slider.clientHeight * ratio);
    const { durationMs, positionMs, unique, rewatched } = this.#coverage;
    const perMs = durationMs > 0 ? width / durationMs : 0;
    const head = Math.round(positionMs * perMs);
    const picture = `${width} ${height} ${head} ${durationMs} ${unique} ${rewatched}`;
    if (picture === this.#drawn || width === 0) return;
    this.#drawn = picture;
    this.#canvas.width = width;
    this.#canvas.height = height;
    const brush = this.#canvas.getContext("2d");
    if (!brush) return;
    const style = getComputedStyle(this.#slider);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const edge = Math.round(HOLE_PX * ratio);
    const frame = { top: edge, height: height - 2 * edge };

    brush.fillStyle = colour("--film-base");
    brush.fillRect(0, 0, width, height);
    brush.fillStyle = colour("--film-frame");
    brush.fillRect(0, frame.top, width, frame.height);
    brush.fillStyle = colour("--film-once");
    for (const interval of unique) block(brush, interval, perMs, frame.top, frame.height);
    brush.fillStyle = hatch(brush, colour("--film-again"), colour("--film-base"), ratio);
    for (const interval of rewatched) block(brush, interval, perMs, frame.top, frame.height);
    holes(brush, width, height, ratio, colour("--film-hole"));
    playhead(
      brush,
      Math.min(Math.max(head, ratio), width - ratio),
      height,
      ratio,
      colour("--film-head"),
    );
  }
}

/**
 * A watched moment is at least one pixel: a peek must not vanish in a long film.
 *
 * @param {CanvasRenderingContext2D} brush
 * @param {Interval} interval
 * @param {number} perMs
 * @param {number} top
 * @param {number} height
 */
function block(brush, [startMs, endMs], perMs, top, height) {
  brush.fillRect(startMs * perMs, top, Math.max((endMs - startMs) * perMs, 1), height);
}

/**
 * Hatched, so that it is told from the rest without its colour.
 *
 * @param {CanvasRenderingContext2D} brush
 * @param {string} colour
 * @param {string} line
 * @param {number} ratio
 */
function hatch(brush, colour, line, ratio) {
  const size = Math.round(8 * ratio);
  const tile = new OffscreenCanvas(size, size);
  const tileBrush = tile.getContext("2d");
  if (!tileBrush) return colour;
  tileBrush.fillStyle = colour;
  tileBrush.fillRect(0, 0, size, size);
  tileBrush.strokeStyle = line;
  tileBrush.lineWidth = 1.5 * ratio;
  for (const shift of [-size, 0, size]) {
    tileBrush.beginPath();
    tileBrush.moveTo(shift - 1, size + 1);
    tileBrush.lineTo(shift + size + 1, -1);
    tileBrush.stroke();
  }
  return brush.createPattern(tile, "repeat") ?? colour;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {number} width
 * @param {number} height
 * @param {number} ratio
 * @param {string} colour
 */
function holes(brush, width, height, ratio, colour) {
  const step = 14 * ratio;
  const [wide, high] = [7 * ratio, 5 * ratio];
  const inset = (HOLE_PX * ratio - high) / 2;
  brush.fillStyle = colour;
  brush.beginPath();
  for (let x = (step - wide) / 2; x < width; x += step) {
    brush.roundRect(x, inset, wide, high, 1.5 * ratio);
    brush.roundRect(x, height - inset - high, wide, high, 1.5 * ratio);
  }
  brush.fill();
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {number} x
 * @param {number} height
 * @param {number} ratio
 * @param {string} colour
 */
function playhead(brush, x, height, ratio, colour) {
  const half = 6 * ratio;
  brush.fillStyle = colour;
  brush.fillRect(x - ratio, 0, 2 * ratio, height);
  brush.beginPath();
  brush.moveTo(x - half, 0);
  brush.lineTo(x + half, 0);
  brush.lineTo(x, half * 1.4);
  brush.closePath();
  brush.fill();
}
