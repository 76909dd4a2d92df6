// @ts-check
// The adapters with the real players, which play real HLS and DASH from the real edge in Chromium.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startChromium } from "./chromium.mjs";
import { centralRecord, measure } from "./player-page.mjs";
import { load, openPlayer, quality } from "./players/player.mjs";
import { startSite } from "./players/site.mjs";
import { TITLES } from "./players/media.mjs";
import { run } from "./scripts.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./scripts.mjs").Hands} Hands */

const ERROR_MS_MAX = 50;

/** A reading is at most this old when a player takes its content away without a word before. */
const READING_MS_MAX = 300;

/**
 * What each player calls a part that is not there, and whether it tells of a source change while the
 * old content can still be read.
 * @type {Record<string, { code: string, tells: boolean }>}
 */
const PLAYERS = {
  hls: { code: "fragLoadError", tells: false },
  shaka: { code: "1001", tells: true },
  dash: { code: "27", tells: true },
  "video-js": { code: "excludeplaylist", tells: false },
};

const [FILM = "", OTHER = ""] = TITLES;

/** @type {import("../edge/server.mjs").Server} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {string[]} */
const table = [];

before(async () => {
  [server, browser] = await Promise.all([startSite(), startChromium()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  console.log(["player, step: played, Usher, difference, centre (ms)", ...table].join("\n"));
});

// Two at a time: each decodes a film, and the numbers that are checked are times.
describe("an adapter", { concurrency: 2, timeout: 120_000 }, () => {
  for (const [player, { code, tells }] of Object.entries(PLAYERS)) {
    test(`${player}: play, pause, skip, switch, source change`, async () => {
      const page = await openPlayer(browser, server.url, player);
      await load(page, FILM);
      const { viewId } = await measure(page);

      await run(page, async ({ video, wait }) => {
        await video.play();
        await wait(1.2);
        video.pause();
        await wait(0.3);
      });
      await agree(page, player, "play and pause");
      await run(page, async ({ video, wait, seek }) => {
        await video.play();
        await wait(0.8);
        await seek(40);
        await wait(0.8);
      });
      await agree(page, player, "skip while playing");

      const { heightPx } = await quality(page, (now) => now.heightPx !== null);
      const other = heightPx === 180 ? 360 : 180;
      const switched = await switchTo(page, other);
      assert.equal(switched.heightPx, other);
      assert.ok(switched.bitrateKbps > 20 && switched.bitrateKbps < 400, switched.bitrateKbps);
      assert.equal(switched.cdn, new URL(server.url).host);
      assert.deepEqual(
        switched.errors.filter((/** @type {any} */ { fatal }) => fatal),
        [],
      );
      await run(page, async ({ video }) => video.pause());
      const first = await agree(page, player, "quality switch");
      assert.equal(first.viewId, viewId, "a switch is no other view");
      const { qualitySwitches, droppedFrames } = await engagement(page);
      assert.ok(qualitySwitches >= 1);
      assert.equal(droppedFrames, await page.evaluate(droppedNow));

      await load(page, OTHER);
      const fresh = await measure(page);
      assert.notEqual(fresh.viewId, viewId);
      assert.equal(fresh.uniqueMs, 0);
      await atCentre(first, FILM);

      // The page goes on to another film in the middle of this one.
      await run(page, async ({ video, wait }) => {
        await video.play();
        await wait(1);
      });
      const { viewId: left, playedMs } = await leaveFor(page, FILM);
      const owedMax = tells ? ERROR_MS_MAX : READING_MS_MAX;
      const enough = playedMs - owedMax;
      const record = await centralRecord(server.url, left, (r) => r.unique_ms >= enough);
      table.push(row(player, "left while playing", playedMs, record.unique_ms, record.unique_ms));
      assert.ok(record.unique_ms <= playedMs + ERROR_MS_MAX, "never more than was shown");
      const owed = playedMs - record.unique_ms;
      assert.ok(owed <= owedMax, `${owed} ms are missing`);
      await page.close();
    });

    test(`${player}: a part that is not there, then the end of the player`, async () => {
      const page = await openPlayer(browser, server.url, player);
      await load(page, "broken");
      await run(page, async ({ video }) => video.play());
      const { errors } = await quality(page, (now) => now.errors.length > 0);
      assert.equal(errors[0]?.code, code);
      assert.equal(typeof errors[0]?.fatal, "boolean");
      // By the content and not by the clock: a busy machine begins to play late.
      await run(page, async ({ video, wait }) => {
        const end = performance.now() + 20_000;
        while (video.currentTime < 0.6 && performance.now() < end) await wait(0.05);
        video.pause();
      });
      const last = await agree(page, player, "with an error");
      const told = (await engagement(page)).errors;
      const sessions = await page.evaluate(async () => {
        const { stage } = /** @type {any} */ (globalThis);
        /** @type {unknown[]} */
        const seen = [];
        stage.attachment.addEventListener("session", (/** @type {any} */ { detail }) =>
          seen.push(detail),
        );
        await stage.leave();
        while (stage.attachment.session) await new Promise((resolve) => setTimeout(resolve, 20));
        stage.attachment.destroy();
        return seen;
      });
      assert.deepEqual(sessions, [null]);
      const record = await atCentre(last, "broken", (r) => (r.errors ?? told) >= told);
      assert.ok(record.errors === undefined || record.errors >= told);
      // The element is free again.
      assert.equal(await page.evaluate(attachesAgain), true);
      await page.close();
    });
  }
});

/**
 * @param {Page} page
 * @param {string} player
 * @param {string} step
 */
async function agree(page, player, step) {
  const measured = await measure(page);
  const { uniqueMs, playedMs } = measured;
  table.push(row(player, step, playedMs, uniqueMs));
  assert.ok(playedMs > 300, `${playedMs}`);
  assert.ok(Math.abs(uniqueMs - playedMs) <= ERROR_MS_MAX, `${step}: ${uniqueMs} for ${playedMs}`);
  return measured;
}

/**
 * @param {import("./player-page.mjs").Measured} measured
 * @param {string} title
 * @param {(record: any) => boolean} [isLast] what else is waited for: a record may come before its last figure
 */
async function atCentre({ viewId, uniqueMs }, title, isLast = () => true) {
  const record = await centralRecord(
    server.url,
    viewId,
    (r) => r.unique_ms === uniqueMs && isLast(r),
  );
  assert.equal(record.unique_ms, uniqueMs);
  assert.equal(record.title, title);
  return record;
}

/** @type {(player: string, step: string, ...numbers: number[]) => string} */
function row(player, step, playedMs, uniqueMs = 0, centre = NaN) {
  const figures = [playedMs.toFixed(1), uniqueMs, (uniqueMs - playedMs).toFixed(1)];
  return `${player}, ${step}: ${figures.join(", ")}${isNaN(centre) ? "" : `, ${centre}`}`;
}

/**
 * Forces another rendition and looks at other places until one shows it: what is loaded already is
 * played first.
 * @param {Page} page
 * @param {number} heightPx
 * @returns {Promise<any>} the quality that the session tells
 */
function switchTo(page, heightPx) {
  return page.evaluate(async (height) => {
    const { stage, usherSession } = /** @type {any} */ (globalThis);
    stage.force(height);
    for (const place of [25, 55, 10, 60, 35, 5]) {
      if (usherSession.quality.heightPx === height) break;
      stage.video.currentTime = place;
      for (let turn = 0; turn < 30 && usherSession.quality.heightPx !== height; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    return usherSession.quality;
  }, heightPx);
}

/** @param {Page} page */
function engagement(page) {
  return page.evaluate(() => /** @type {any} */ (globalThis).usherSession.engagement);
}

/**
 * What was played when the page turned to another film; the session is not asked.
 * @param {Page} page
 * @param {string} name
 */
function leaveFor(page, name) {
  return page.evaluate((film) => {
    const { stage, usherSession } = /** @type {any} */ (globalThis);
    const { played } = stage.video;
    let playedMs = 0;
    for (let index = 0; index < played.length; index += 1) {
      playedMs += (played.end(index) - played.start(index)) * 1000;
    }
    const { viewId } = usherSession;
    void stage.load(film);
    return { viewId, playedMs };
  }, name);
}

function droppedNow() {
  return document.querySelector("video")?.getVideoPlaybackQuality().droppedVideoFrames;
}

async function attachesAgain() {
  const entry = "/usher/player.js";
  const { attach } = await import(entry);
  const video = document.querySelector("video") ?? document.createElement("video");
  attach(video, { viewer: "anna", title: "again" }).destroy();
  return true;
}
