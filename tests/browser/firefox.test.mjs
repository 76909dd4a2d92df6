// @ts-check
// In Firefox too, what Usher measures is what the element played: one file, and HLS through hls.js.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startFirefox } from "./firefox.mjs";
import { centralRecord, measure, openPlayerPage } from "./player-page.mjs";
import { TITLES } from "./players/media.mjs";
import { load, openPlayer } from "./players/player.mjs";
import { startSite } from "./players/site.mjs";
import { run, SCRIPTS } from "./scripts.mjs";

/** @typedef {import("playwright-core").Browser} Browser */

const ERROR_MS_MAX = 50;

/** @type {Record<string, (browser: Browser, url: string) => Promise<import("playwright-core").Page>>} */
const ADAPTERS = {
  html: openPlayerPage,
  hls: async (browser, url) => {
    const page = await openPlayer(browser, url, "hls");
    await load(page, TITLES[0] ?? "");
    return page;
  },
};

/** @type {import("../edge/server.mjs").Server} */
let server;
/** @type {string[]} */
const table = [];

before(async () => {
  server = await startSite();
});
after(async () => {
  await server?.stop();
  console.log(["adapter, script: played, Usher, difference (ms)", ...table].join("\n"));
});

// Side by side, each in a Firefox of its own, since a page behind another one is slowed down.
describe("in Firefox unique content is what the element played", { concurrency: 2 }, () => {
  for (const [adapter, open] of Object.entries(ADAPTERS)) {
    describe(`through the adapter ${adapter}, after`, { concurrency: 1 }, () => {
      /** @type {Browser} */
      let browser;

      before(async () => {
        browser = await startFirefox();
      });
      after(async () => {
        await browser?.close();
      });

      for (const [name, script] of Object.entries(SCRIPTS)) {
        test(name, { timeout: 60_000 }, async () => {
          const page = await open(browser, server.url);
          await run(page, script);
          const { viewId, uniqueMs, playedMs } = await measure(page);
          const difference = (uniqueMs - playedMs).toFixed(1);
          table.push(`${adapter}, ${name}: ${playedMs.toFixed(1)}, ${uniqueMs}, ${difference}`);
          assert.ok(Math.abs(uniqueMs - playedMs) <= ERROR_MS_MAX, `${uniqueMs} for ${playedMs}`);
          await page.close();
          const record = await centralRecord(server.url, viewId, (r) => r.unique_ms === uniqueMs);
          assert.equal(record.unique_ms, uniqueMs);
        });
      }
    });
  }
});
