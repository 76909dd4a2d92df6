// @ts-check
// Inside a page, with a film that plays: what a session spends on its readings, and on which part of them.
import { attach, init, View } from "usher";
import { median } from "./median.mjs";

const HOUR_MS = 3_600_000;

/** `timeupdate`s of an hour. */
export const READINGS = 14_400;

/** Parts of an hour: small enough that the film goes on in between. */
const PARTS = 15;

/** @typedef {Record<string, number>} Parts ms an hour, by what it is spent on */

/** @type {{ work: () => void, everyMs: number }[]} what the session has asked timers for */
const timers = [];

/** What the session's callbacks have taken, called as they are: cold, one at a time. */
const spent = { ms: 0, calls: 0 };

/**
 * Counts what a callback takes.
 * @template {unknown[]} A
 * @param {(...given: A) => void} work
 */
const timed =
  (work) =>
  (/** @type {A} */ ...given) => {
    const beganMs = performance.now();
    work(...given);
    spent.ms += performance.now() - beganMs;
    spent.calls += 1;
  };

export const page = {
  spent,

  /**
   * @param {HTMLVideoElement} video
   * @param {number | null} intervalMs how often a session sends; none: no session
   */
  async start(video, intervalMs) {
    await init(`${location.origin}/player.wasm`);
    video.loop = true;
    await video.play();
    if (intervalMs === null) return;
    const [setReal, listen] = [globalThis.setInterval, video.addEventListener];
    globalThis.setInterval = /** @type {any} */ (
      (/** @type {() => void} */ work, /** @type {number} */ everyMs) => {
        timers.push({ work, everyMs });
        return setReal(timed(work), everyMs);
      }
    );
    video.addEventListener = /** @type {any} */ (
      (/** @type {string} */ type, /** @type {EventListener} */ listener) =>
        listen.call(video, type, timed(listener))
    );
    page.session = attach(video, { viewer: "bench", title: "film", intervalMs });
    globalThis.setInterval = setReal;
    video.addEventListener = listen;
  },

  /** @type {import("usher").Session | null} */
  session: null,

  /**
   * Makes ranges in `played`, as many as seeks.
   * @param {HTMLVideoElement} video
   * @param {number} seeks
   */
  async skipAround(video, seeks) {
    for (let seek = 0; seek < seeks; seek += 1) {
      const seeked = new Promise((resolve) =>
        video.addEventListener("seeked", resolve, { once: true }),
      );
      video.currentTime = ((seek + 1) * video.duration) / (seeks + 2);
      await seeked;
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    return video.played.length;
  },

  /**
   * What happens in an hour in which nobody touches the player, one thing right after the other: the
   * `timeupdate`s, and the timers of the session that look at the element. Sending is left out.
   * @param {HTMLVideoElement} video
   */
  async anHour(video) {
    const polls = timers.filter(({ everyMs }) => everyMs < 5_000);
    const dispatch = () => video.dispatchEvent(new Event("timeupdate"));
    const [eventsMs = NaN, ...polling] = await inTurn([dispatch, ...polls.map(({ work }) => work)]);
    return {
      eventsMs,
      pollsMs: polls.reduce(
        (sum, { everyMs }, index) => sum + ((polling[index] ?? NaN) * HOUR_MS) / everyMs / READINGS,
        0,
      ),
    };
  },

  /**
   * What the parts of a reading cost.
   * @param {HTMLVideoElement} video
   * @returns {Promise<Parts>}
   */
  async takeApart(video) {
    const view = new View("bench", "film");
    const target = new EventTarget();
    let positionS = 0;
    /** @type {Record<string, () => void>} */
    const parts = {
      "`view.read`: the element's state and `played` through wasm": () => view.read(video),
      "of that, `played` and its ranges": () => {
        const ranges = video.played;
        for (let index = 0; index < ranges.length; index += 1) {
          ranges.start(index);
          ranges.end(index);
        }
      },
      "of that, the other ten properties": () => {
        const { readyState, paused, seeking, ended, muted, volume, currentTime, duration } = video;
        const { playbackRate } = video;
        const { hidden } = video.ownerDocument;
        return [readyState, paused, seeking, ended, muted, volume, currentTime, duration].concat(
          playbackRate + Number(hidden),
        );
      },
      "of that, `view.push`: the measurement itself": () => {
        positionS += 0.25;
        view.push(positionS * 1000, positionS, 7200, 1, 0);
      },
      "the 7 questions for milestones": () => {
        for (const percent of [10, 25, 50, 75, 90, 95, 100]) view.reached(percent);
      },
      "an `engagement` event": () => target.dispatchEvent(new CustomEvent("engagement")),
    };
    const times = await inTurn(Object.values(parts));
    view.free();
    return Object.fromEntries(Object.keys(parts).map((name, index) => [name, times[index] ?? NaN]));
  },

  /** A timer that does nothing: what waking up costs. */
  idle() {
    setInterval(
      timed(() => {}),
      HOUR_MS / READINGS,
    );
  },
};

/**
 * Milliseconds that each work takes for an hour of readings: the median part, times the parts.
 * @param {(() => void)[]} works
 */
async function inTurn(works) {
  /** @type {number[][]} */
  const times = works.map(() => []);
  for (let part = -3; part < PARTS; part += 1) {
    for (const [index, work] of works.entries()) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const beganMs = performance.now();
      for (let reading = 0; reading < READINGS / PARTS; reading += 1) work();
      if (part >= 0) times[index]?.push(performance.now() - beganMs);
    }
  }
  return times.map((ms) => PARTS * median(ms));
}
