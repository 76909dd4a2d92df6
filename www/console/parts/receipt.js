// @ts-check
// The count of this view, as a till would print it, with the element's own count as the proof.
import { clock, count, NOTHING, percent, signedMs } from "./duration.js";
import { element, write } from "./element.js";
import { Figures } from "./figures.js";

/** @typedef {import("usher").Session} Session */

/** Both counts come from one media clock; more than this apart is an error, not rounding. */
const EXACT_MS_MAX = 1;
const CLOSE_MS_MAX = 50;

/**
 * What the element itself says it has played, in milliseconds.
 *
 * @param {HTMLMediaElement} video
 */
function playedMs(video) {
  const { played } = video;
  let sum = 0;
  for (let index = 0; index < played.length; index++)
    sum += played.end(index) - played.start(index);
  return sum * 1000;
}

/** @param {number} apartMs */
function verdict(apartMs) {
  if (apartMs <= EXACT_MS_MAX) return { kind: "good", text: "exact" };
  if (apartMs <= CLOSE_MS_MAX) return { kind: "wait", text: "close" };
  return { kind: "bad", text: "off" };
}

export class Receipt {
  #view = element("view", HTMLElement);
  #unique = element("unique", HTMLOutputElement);
  #bar = element("completion-bar", HTMLElement);
  #figures = new Figures(element("figures", HTMLElement));
  #stamp = element("proof-stamp", HTMLElement);
  #played = element("proof-played", HTMLElement);
  #difference = element("proof-difference", HTMLElement);
  #video;

  /** @param {HTMLMediaElement} video */
  constructor(video) {
    this.#video = video;
  }

  /**
   * @param {Session} session
   * @param {Session["engagement"]} engagement
   */
  show(session, engagement) {
    // Read right after the engagement, in the same task: otherwise the film has moved on.
    const played = playedMs(this.#video);
    write(this.#view, session.viewId);
    write(this.#unique, clock(engagement.uniqueMs));
    const completion = engagement.completion ?? 0;
    this.#bar.style.inlineSize = `${(Math.min(completion, 1) * 100).toFixed(2)}%`;
    this.#lines(engagement);
    this.#prove(engagement.uniqueMs - played, played);
  }

  /** @param {Session["engagement"]} engagement */
  #lines(engagement) {
    const figures = this.#figures;
    figures.set("Completion", engagement.live ? "live" : percent(engagement.completion));
    figures.set("Played, repeats too", clock(engagement.playedMs));
    figures.set("Playing", clock(engagement.playingMs));
    figures.set("Paused", clock(engagement.pausedMs));
    figures.set("Stalled", times(engagement.stalledMs, engagement.stalls));
    figures.set("Seeking", times(engagement.seekingMs, engagement.seeks));
    figures.set("Start-up", clock(engagement.startupMs));
    figures.set("Muted", clock(engagement.mutedMs));
    figures.set("Hidden", clock(engagement.hiddenMs));
    const reached =
      engagement.milestones.length > 0 ? `${engagement.milestones.at(-1)} %` : NOTHING;
    figures.set("Milestone", reached);
  }

  /**
   * @param {number} difference
   * @param {number} played
   */
  #prove(difference, played) {
    const { kind, text } =
      played === 0 ? { kind: "idle", text: "not yet" } : verdict(Math.abs(difference));
    if (this.#stamp.dataset.kind !== kind) this.#stamp.dataset.kind = kind;
    write(this.#stamp, text);
    write(this.#played, clock(played));
    write(this.#difference, played === 0 ? NOTHING : signedMs(difference));
  }
}

/**
 * @param {number} ms
 * @param {number} often
 */
function times(ms, often) {
  return often > 0 ? `${count(often)} × · ${clock(ms)}` : clock(ms);
}
