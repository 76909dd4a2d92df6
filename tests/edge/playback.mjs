// @ts-check
import { readFileSync } from "node:fs";

/** Length of every film in these tests. */
const FILM_S = 60;

/** Time between two readings. */
const STEP_MS = 250;

const PAUSED = 1;

let loads = 0;

/**
 * A page load: an instance of the player module of its own, and so a producer of its own.
 * @returns {Promise<typeof import("usher")>}
 */
export async function loadPage() {
  loads += 1;
  const usher = await import(`${import.meta.resolve("usher")}?load=${loads}`);
  await usher.init(readFileSync(new URL(import.meta.resolve("usher/player.wasm"))));
  return usher;
}

/** Somebody who watches a film, and what the player would send of it. */
export class Playback {
  #view;
  #title;
  #clockMs = 1000;

  /**
   * @param {typeof import("usher")} usher
   * @param {string} viewer
   * @param {string} title
   */
  constructor(usher, viewer, title) {
    this.#view = new usher.View(viewer, title);
    this.#title = title;
  }

  get id() {
    return this.#view.id;
  }

  get producer() {
    return this.#view.producer;
  }

  get version() {
    return this.#figure("version");
  }

  /** Under their names in a record of the central API. */
  get figures() {
    return {
      unique_ms: this.#figure("unique_ms"),
      played_ms: this.#figure("played_ms"),
      playing_ms: this.#figure("playing_ms"),
      completion: this.#figure("completion"),
    };
  }

  /**
   * Plays from one place of the film to another, after a pause.
   * @param {number} fromS
   * @param {number} toS
   */
  watch(fromS, toS) {
    this.#push(fromS, PAUSED);
    for (let s = fromS; s < toS; s += STEP_MS / 1000) this.#push(s, 0);
    this.#push(toS, PAUSED);
    return this;
  }

  /**
   * Stands paused at a place of the film.
   * @param {number} atS
   * @param {number} forMs
   */
  pause(atS, forMs) {
    this.#push(atS, PAUSED);
    this.#clockMs += forMs - STEP_MS;
    this.#push(atS, PAUSED);
    return this;
  }

  /**
   * What goes into `views` of the body.
   * @param {string} [view] the id of a view that another page load began
   */
  entry(view = this.id) {
    const state = Buffer.from(this.#view.snapshot()).toString("base64url");
    return { view, title: this.#title, state };
  }

  /** @param {string} name */
  #figure(name) {
    const figure = this.#view.figures[this.#view.figureNames.split(",").indexOf(name)];
    if (figure === undefined) throw new Error(`there is no figure \`${name}\``);
    return figure;
  }

  /**
   * @param {number} positionS
   * @param {number} flags
   */
  #push(positionS, flags) {
    this.#view.push(this.#clockMs, positionS, FILM_S, 1, flags);
    this.#clockMs += STEP_MS;
  }
}
