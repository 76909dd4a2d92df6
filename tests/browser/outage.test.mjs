// @ts-check
// The edge goes away in the middle of a film: the film and the measurement go on, nothing is lost.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";
import { centralRecord, measure, openPlayerPage } from "./player-page.mjs";

describe("an edge that is killed during playback", () => {
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

  test("and started again has the whole view at the end", async () => {
    const page = await openPlayerPage(browser, server.url);
    /** @type {string[]} */
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    const play = (/** @type {number} */ seconds) =>
      page.evaluate(async (/** @type {number} */ length) => {
        const video = /** @type {HTMLVideoElement} */ (document.querySelector("#player"));
        await video.play();
        await new Promise((resolve) => setTimeout(resolve, length * 1000));
      }, seconds);

    await play(1.5);
    await server.kill9();
    // The session tries while nobody answers.
    await page.evaluate(() => void (/** @type {any} */ (globalThis).usherSession.flush()));
    await play(1.5);
    const waiting = await page.evaluate(
      () => /** @type {any} */ (globalThis).usherSession.delivery.state,
    );
    assert.notEqual(waiting, "idle");
    await server.restart();
    await play(1.5);
    await page.evaluate(() =>
      /** @type {HTMLVideoElement} */ (document.querySelector("#player")).pause(),
    );
    await page.evaluate(() => /** @type {any} */ (globalThis).usherSession.flush());
    const { viewId, uniqueMs, playedMs } = await measure(page);
    assert.ok(playedMs > 3500);
    assert.ok(Math.abs(uniqueMs - playedMs) <= 50, `${uniqueMs} for ${playedMs}`);
    const record = await centralRecord(server.url, viewId, (r) => r.unique_ms === uniqueMs);
    assert.equal(record.unique_ms, uniqueMs);
    assert.deepEqual(errors, []);
    await page.close();
  });
});
