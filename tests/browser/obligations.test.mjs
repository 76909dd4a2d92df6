// @ts-check
// What a decision obliges to, with the real players: no picture is taller than it may be.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startChromium } from "./chromium.mjs";
import { TITLES } from "./players/media.mjs";
import { startSite } from "./players/site.mjs";

const [FILM = ""] = TITLES;

/** The lesser of the two pictures of the films. */
const LOW = 180;
const HIGH = 360;

/**
 * What an experiment has at hand in the page.
 * @typedef {object} Lab
 * @property {any} Hls
 * @property {any} shaka
 * @property {typeof import("usher/entitlement")} rights
 * @property {HTMLVideoElement} video
 * @property {(condition: () => unknown) => Promise<void>} until
 * @property {() => number[]} shown heights that were on the screen so far
 * @property {string} film its folder
 */

describe("obligations", { concurrency: 2, timeout: 120_000 }, () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    [server, browser] = await Promise.all([startSite(), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /**
   * @param {(lab: Lab) => unknown} experiment runs in the page
   * @returns {Promise<any>}
   */
  async function observe(experiment) {
    const page = await browser.newPage();
    await page.goto(`${server.url}/players/rights.html`);
    const result = await page.evaluate(`(async () => {
      const until = async (condition) => {
        const end = performance.now() + 20_000;
        while (!condition()) {
          if (performance.now() > end) throw new Error("never: " + condition);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      await until(() => globalThis.lab);
      const video = document.querySelector("#player");
      const heights = new Set();
      video.addEventListener("resize", () => heights.add(video.videoHeight));
      const shown = () => [...heights].filter(Boolean);
      return (${experiment})({ ...globalThis.lab, video, until, shown, film: "${FILM}" });
    })()`);
    await page.close();
    return result;
  }

  test("hls_js_shows_nothing_above_the_cap_whatever_is_chosen", async () => {
    const { levels, shown, capped, told } = await observe(
      async ({ Hls, rights, video, until, shown, film }) => {
        // It would begin with the tallest.
        const hls = new Hls({ startLevel: 1, maxBufferLength: 5 });
        const obligations = new rights.Obligations(hls);
        /** @type {boolean[]} */
        const told = [];
        obligations.addEventListener("cap", (/** @type {any} */ { detail }) => told.push(detail));
        obligations.apply({ max_height: 180, ads: false });
        hls.loadSource(`/films/${film}/film.m3u8`);
        hls.attachMedia(video);
        await until(() => hls.levels.length > 0 && video.readyState >= 3);
        await video.play();
        hls.nextLevel = hls.levels.length - 1;
        await until(() => video.currentTime > 2 && video.videoHeight > 0);
        return {
          levels: hls.levels.map((/** @type {any} */ { height }) => height),
          shown: shown(),
          capped: obligations.capped,
          told,
        };
      },
    );
    assert.deepEqual(
      { levels, shown, capped, told },
      { levels: [LOW], shown: [LOW], capped: true, told: [true] },
    );
  });

  test("hls_js_turns_to_the_lower_picture_when_the_cap_comes_down_while_it_plays", async () => {
    const { before, after, automatic, errors } = await observe(
      async ({ Hls, rights, video, until, film }) => {
        const hls = new Hls({ startLevel: 1, maxBufferLength: 20, capLevelToPlayerSize: false });
        /** @type {string[]} */
        const errors = [];
        hls.on("hlsError", (/** @type {any} */ _, /** @type {any} */ { details, fatal }) => {
          if (fatal) errors.push(details);
        });
        const obligations = new rights.Obligations(hls);
        obligations.apply({ max_height: 2160, ads: false });
        hls.loadSource(`/films/${film}/film.m3u8`);
        hls.attachMedia(video);
        await until(() => video.readyState >= 3);
        await video.play();
        await until(() => video.videoHeight === 360 && video.currentTime > 1);
        const before = video.videoHeight;
        obligations.apply({ max_height: 180, ads: false });
        await until(() => video.videoHeight === 180);
        const { currentTime } = video;
        await until(() => video.currentTime > currentTime + 1);
        return { before, after: video.videoHeight, automatic: hls.autoLevelEnabled, errors };
      },
    );
    assert.deepEqual([before, after, automatic, errors], [HIGH, LOW, true, []]);
  });

  test("hls_js_tells_when_even_its_smallest_picture_is_too_tall", async () => {
    const { levels, capped } = await observe(async ({ Hls, rights, video, until, film }) => {
      const hls = new Hls();
      const obligations = new rights.Obligations(hls);
      obligations.apply({ max_height: 100 });
      hls.loadSource(`/films/${film}/film.m3u8`);
      hls.attachMedia(video);
      await until(() => obligations.capped !== null);
      return {
        levels: hls.levels.map((/** @type {any} */ { height }) => height),
        capped: obligations.capped,
      };
    });
    assert.deepEqual({ levels, capped }, { levels: [LOW], capped: false });
  });

  test("shaka_shows_nothing_above_the_cap_whatever_is_chosen", async () => {
    const { tracks, shown } = await observe(
      async ({ shaka, rights, video, until, shown, film }) => {
        const player = new shaka.Player();
        await player.attach(video);
        const obligations = new rights.Obligations(player);
        obligations.apply({ max_height: 180, ads: true });
        await player.load(`/players/films/dash/${film}/film.mpd`);
        const heights = () =>
          player.getVariantTracks().map((/** @type {any} */ { height }) => height);
        const tracks = heights();
        await video.play();
        await until(() => video.currentTime > 1 && video.videoHeight > 0);
        return { tracks, shown: shown() };
      },
    );
    assert.deepEqual({ tracks, shown }, { tracks: [LOW], shown: [LOW] });
  });

  test("shaka_turns_to_the_lower_picture_when_the_cap_comes_down_while_it_plays", async () => {
    const { free, capped, last } = await observe(async ({ shaka, rights, video, until, film }) => {
      const player = new shaka.Player();
      await player.attach(video);
      const obligations = new rights.Obligations(player);
      obligations.apply({ max_height: 1080 });
      await player.load(`/players/films/dash/${film}/film.mpd`);
      const heights = () =>
        player
          .getVariantTracks()
          .map((/** @type {any} */ { height }) => height)
          .sort();
      const free = heights();
      await video.play();
      await until(() => video.currentTime > 1);
      obligations.apply({ max_height: 180 });
      const capped = heights();
      await until(() => video.videoHeight === 180);
      const { currentTime } = video;
      await until(() => video.currentTime > currentTime + 1);
      return { free, capped, last: video.videoHeight };
    });
    assert.deepEqual({ free, capped, last }, { free: [LOW, HIGH], capped: [LOW], last: LOW });
  });

  test("a_media_element_alone_is_said_to_be_uncapped", async () => {
    const { capped, free, refused } = await observe(async ({ rights, video }) => {
      const obligations = new rights.Obligations(video);
      obligations.apply({ max_height: 180 });
      const { capped } = obligations;
      obligations.apply({});
      let refused = "";
      try {
        new rights.Obligations(/** @type {any} */ ({}));
      } catch (/** @type {any} */ error) {
        refused = `${error.code} ${error.field}`;
      }
      return { capped, free: obligations.capped, refused };
    });
    assert.deepEqual(
      { capped, free, refused },
      { capped: false, free: true, refused: "invalid_value player" },
    );
  });

  test("ads_are_told_when_they_begin_to_be_owed_and_when_they_are_no_more", async () => {
    const told = await observe(async ({ rights, video }) => {
      const obligations = new rights.Obligations(video);
      /** @type {unknown[]} */
      const told = [obligations.ads];
      obligations.addEventListener("ads", (/** @type {any} */ { detail }) => told.push(detail));
      for (const ads of [true, true, false]) obligations.apply({ ads });
      return [...told, obligations.ads];
    });
    assert.deepEqual(told, [null, true, false, false]);
  });
});
