// @ts-check
// The ledger page in a real browser, where edge and centre are one demo.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, postViews, recordOf, request } from "../edge/api.mjs";
import { Playback, loadPage } from "../edge/playback.mjs";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";

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

test("the page finds a viewer at edge and centre and erases both, without a complaint", async () => {
  const playback = new Playback(await loadPage(), "Zoë", "plan-9").watch(0, 10);
  await postViews(server.url, "Zoë", [playback.entry()]);
  await recordOf(server.url, playback.id, playback.version);
  const page = await browser.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => complaints.push(message.text()));
  await page.goto(`${server.url}/ledger`);
  await page.fill("#viewer", "Zoë");
  await page.press("#viewer", "Enter");
  const says = (/** @type {RegExp} */ text) =>
    eventually(async () => assert.match((await page.textContent("#viewer-text")) ?? "", text));
  await says(/^1 views of “Zoë” are held\.$/);
  await page.click("#viewer-erase");
  await page.click("#erase-confirm");
  await says(/^“Zoë” is erased/);
  await eventually(async () => {
    const { body } = await request(`${server.url}/v1/viewers/${encodeURIComponent("Zoë")}`);
    assert.deepEqual([body.edge.views, body.central.views], [[], []]);
  });
  assert.deepEqual(complaints, []);
});
