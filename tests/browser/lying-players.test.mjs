// @ts-check
// Players that lie: what cannot be true changes nothing, and what was shown is measured all the same.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";
import { centralRecord } from "./player-page.mjs";

const ERROR_MS_MAX = 50;

/** Where the element does not say what it has played, the clock of its playhead and of the page. */
const GUESS_MS_MAX = 150;

/**
 * @typedef {object} Lab
 * @property {HTMLVideoElement} video a film that is loaded, on the page
 * @property {import("usher").Session} session
 * @property {(property: string, get: (truth: any) => unknown) => void} lie about a property from now on
 * @property {(seconds: number) => Promise<void>} wait
 * @property {() => number} playedMs the truth, whatever the lies
 * @property {(video: HTMLVideoElement) => import("usher").Session} attach another session
 */

/** @typedef {{ viewId: string, engagement: import("usher").Engagement, playedMs: number, result: any }} Outcome */

describe("a player that lies about", () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /**
   * Runs an experiment in a page of its own; no error may reach the page.
   * @param {(lab: Lab) => unknown} experiment
   * @returns {Promise<Outcome>}
   */
  async function observe(experiment) {
    const page = await browser.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(`${server.url}/console`);
    /** @type {Outcome} */
    const outcome = await page.evaluate(`(async () => {
      const { attach, init } = await import("/usher/player.js");
      await init();
      const video = document.createElement("video");
      video.src = "/films/fifty-foot-test-card/film.mp4";
      document.body.append(video);
      await new Promise((resolve) => video.addEventListener("canplay", resolve, { once: true }));
      const options = { viewer: "anna", title: "lies" };
      const session = attach(video, options);
      const truthOf = (property) =>
        Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, property).get.call(video);
      const lie = (property, get) =>
        Object.defineProperty(video, property, {
          get: () => get(truthOf(property)),
          configurable: true,
        });
      const playedMs = () => {
        const played = truthOf("played");
        return Array.from({ length: played.length }, (_, index) =>
          (played.end(index) - played.start(index)) * 1000).reduce((sum, ms) => sum + ms, 0);
      };
      const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      const lab = { video, session, lie, wait, playedMs, attach: (element) => attach(element, options) };
      const result = await (${experiment})(lab);
      await wait(0.05);
      const { engagement, viewId } = session;
      await session.flush();
      session.destroy();
      return { viewId, engagement, playedMs: playedMs(), result };
    })()`);
    await page.close();
    assert.deepEqual(errors, []);
    const { unique_ms } = await centralRecord(
      server.url,
      outcome.viewId,
      (record) => record.unique_ms === outcome.engagement.uniqueMs,
    );
    assert.equal(unique_ms, outcome.engagement.uniqueMs);
    return outcome;
  }

  /** @param {Outcome} outcome */
  function isTrue({ engagement: { uniqueMs }, playedMs }, within = ERROR_MS_MAX) {
    assert.ok(playedMs > 300, `${playedMs}`);
    assert.ok(Math.abs(uniqueMs - playedMs) <= within, `${uniqueMs} for ${playedMs}`);
  }

  test("its duration, which is NaN, then endless, then shrinks", async () => {
    const outcome = await observe(async ({ video, session, lie, wait }) => {
      /** @type {unknown[]} */
      const seen = [];
      await video.play();
      for (const duration of [NaN, Infinity, 60, 30, 0.2, -1, 1e300, 45]) {
        lie("duration", () => duration);
        video.dispatchEvent(new Event("durationchange"));
        await wait(0.2);
        const { durationMs, live, completion, rejected } = session.engagement;
        seen.push([durationMs, live, completion !== null && completion <= 1, rejected > 0]);
      }
      video.pause();
      return seen;
    });
    const [nan, endless, minute, half, short, negative, absurd, last] = outcome.result;
    // An element tells its true duration when it is attached: NaN takes nothing back.
    assert.equal(nan[1], false);
    assert.deepEqual(endless, [null, true, false, false]);
    assert.deepEqual(minute, [60_000, false, true, false]);
    assert.deepEqual(half, [30_000, false, true, false]);
    // Shorter than what was shown already: completion stays within 1.
    assert.equal(short[2], true);
    assert.equal(negative[1], false);
    assert.equal(absurd[2], true);
    assert.deepEqual(last.slice(0, 3), [45_000, false, true]);
    isTrue(outcome, GUESS_MS_MAX);
  });

  test("what it has played, by an exception", async () => {
    const outcome = await observe(async ({ video, lie, wait }) => {
      lie("played", () => {
        throw new Error("not in this player");
      });
      await video.play();
      await wait(1);
      video.pause();
    });
    isTrue(outcome, GUESS_MS_MAX);
  });

  test("what it has played, by nonsense", async () => {
    const outcome = await observe(async ({ video, lie, wait }) => {
      const nonsense = [NaN, -5, 1e300, Infinity];
      lie("played", () => ({
        length: 1e9,
        start: (/** @type {number} */ index) => nonsense[index % 4],
        end: (/** @type {number} */ index) => nonsense[(index + 1) % 4],
      }));
      await video.play();
      await wait(0.6);
      video.pause();
    });
    // It says that it has played nothing that can be true.
    assert.equal(outcome.engagement.uniqueMs, 0);
  });

  test("its position, which cannot be", async () => {
    const outcome = await observe(async ({ video, session, lie, wait }) => {
      await video.play();
      await wait(0.5);
      for (const position of [NaN, -1, Infinity, 1e300]) {
        lie("currentTime", () => position);
        video.dispatchEvent(new Event("timeupdate"));
        video.dispatchEvent(new Event("ratechange"));
      }
      const { rejected } = session.engagement;
      lie("currentTime", (truth) => truth);
      await wait(0.3);
      video.pause();
      return rejected;
    });
    assert.ok(outcome.result >= 4, `${outcome.result}`);
    isTrue(outcome);
  });

  test("the order of its events", async () => {
    const outcome = await observe(async ({ video, wait }) => {
      const types = ["ended", "seeked", "playing", "pause", "seeking", "waiting", "play", "error"];
      const tell = () => types.forEach((type) => video.dispatchEvent(new Event(type)));
      tell();
      await video.play();
      for (let round = 0; round < 5; round += 1) {
        tell();
        types.reverse();
        await wait(0.15);
      }
      video.pause();
      tell();
    });
    isTrue(outcome);
    const { seeks, stalls, loops } = outcome.engagement;
    assert.deepEqual({ seeks, stalls, loops }, { seeks: 0, stalls: 0, loops: 0 });
  });

  test("its place, when it is removed from the document and put back", async () => {
    const outcome = await observe(async ({ video, wait }) => {
      await video.play();
      await wait(0.5);
      video.remove();
      await wait(0.2);
      // The browser pauses what is on no page; the session goes on with the element.
      const { paused } = video;
      document.body.append(video);
      await video.play();
      await wait(0.3);
      video.remove();
      await wait(0.05);
      return paused;
    });
    assert.equal(outcome.result, true);
    isTrue(outcome);
    assert.ok(outcome.engagement.pausedMs >= 150);
  });

  test("who measures it, with a second session on the same element", async () => {
    const outcome = await observe(async ({ video, attach, wait }) => {
      const refusals = [];
      for (let round = 0; round < 2; round += 1) {
        try {
          attach(video);
        } catch (/** @type {any} */ { code, field, message }) {
          refusals.push({ code, field, message });
        }
      }
      await video.play();
      await wait(0.5);
      video.pause();
      return refusals;
    });
    const refusal = {
      code: "already_attached",
      field: "video",
      message: "destroy the element's other session first",
    };
    assert.deepEqual(outcome.result, [refusal, refusal]);
    isTrue(outcome);
  });
});
