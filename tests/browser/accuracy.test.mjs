// @ts-check
// In a real browser: what Usher measures is what the element played, in the page and at the centre.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";
import { centralRecord, measure, openPlayerPage } from "./player-page.mjs";
import { run, SCRIPTS } from "./scripts.mjs";

const ERROR_MS_MAX = 50;

describe("unique content is what the element played, after", () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {string[]} */
  const table = [];

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    console.log(["script: played, Usher, difference, centre (ms)", ...table].join("\n"));
  });

  for (const [name, script] of Object.entries(SCRIPTS)) {
    test(name, async () => {
      const page = await openPlayerPage(browser, server.url);
      await run(page, script);
      const { viewId, uniqueMs, playedMs } = await measure(page);
      assert.ok(Math.abs(uniqueMs - playedMs) <= ERROR_MS_MAX, `${uniqueMs} for ${playedMs}`);
      // Nothing is flushed by hand: closing the page must be enough.
      await page.close();
      const record = await centralRecord(server.url, viewId, (r) => r.unique_ms === uniqueMs);
      const difference = (uniqueMs - playedMs).toFixed(1);
      table.push(
        `${name}: ${playedMs.toFixed(1)}, ${uniqueMs}, ${difference}, ${record.unique_ms}`,
      );
      assert.equal(record.unique_ms, uniqueMs);
    });
  }
});
