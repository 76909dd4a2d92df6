// @ts-check
// A player that is no media element: its readings are pushed, and reach the centre like any other's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";
import { centralRecord } from "./player-page.mjs";

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

test("pushed readings become a view at the centre", async () => {
  const page = await browser.newPage();
  await page.goto(`${server.url}/console`);
  const { viewId, engagement } = await page.evaluate(async () => {
    const [player, raw] = ["/usher/player.js", "/usher/monitor.js"];
    const [{ init }, { Monitor }] = await Promise.all([import(player), import(raw)]);
    await init();
    const monitor = new Monitor({ viewer: "anna", title: "raw" });
    monitor.push({ atMs: 0, positionS: 0, durationS: 60 });
    monitor.push({ atMs: 5000, positionS: 5, durationS: 60, muted: true });
    monitor.push({ atMs: 8000, positionS: 8, durationS: 60, ad: "linear" });
    monitor.push({ atMs: 18000, positionS: 8, durationS: 60, stalled: true });
    monitor.push({ atMs: 20000, positionS: 8, durationS: 60 });
    monitor.push({ atMs: 21000, positionS: 9, durationS: 60, paused: true });
    monitor.push({ atMs: 22000, positionS: NaN, durationS: 60 });
    await monitor.flush();
    const { viewId, engagement } = monitor;
    monitor.destroy();
    monitor.push({ atMs: 30000, positionS: 9, durationS: 60 });
    return { viewId, engagement };
  });
  assert.deepEqual(engagement.intervals, [[0, 9000]]);
  const expected = {
    unique_ms: 9000,
    playing_ms: 9000,
    muted_ms: 3000,
    ad_ms: 10_000,
    stalled_ms: 2000,
    stalls: 1,
    ads: 1,
    rejected: 1,
  };
  const record = await centralRecord(server.url, viewId, (r) => r.unique_ms === 9000);
  const figures = Object.keys(expected).map((name) => [name, record[name]]);
  assert.deepEqual(Object.fromEntries(figures), expected);
});
