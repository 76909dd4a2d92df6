// @ts-check
// The ledger page in a real browser, over a central store with real batches.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";
import { postBatch, request } from "../edge/api.mjs";
import { ANNA, BERT, WINDOWS, lines, record, windowRow } from "../edge/batch.mjs";
import { startCentral } from "../edge/central.mjs";
import { startChromium } from "./chromium.mjs";

describe("the ledger page", () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("playwright-core").Page} */
  let page;
  /** @type {string[]} */
  let complaints;

  before(async () => {
    [server, browser] = await Promise.all([startCentral(), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(() => {
    complaints = [];
  });

  /** @param {{ width?: number, dark?: boolean }} [as] */
  async function open({ width = 1280, dark = false } = {}) {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: dark ? "dark" : "light",
      timezoneId: "Europe/Berlin",
    });
    page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() !== "log") complaints.push(message.text());
    });
    await page.goto(`${server.url}/ledger`);
    await page.waitForFunction(() =>
      /Updated/.test(document.querySelector("#age")?.textContent ?? ""),
    );
  }

  async function close() {
    assert.deepEqual(complaints, []);
    await page.context().close();
  }

  /** @param {string} table */
  const rows = (table) =>
    page
      .locator(`#${table} tbody tr`)
      .evaluateAll((found) =>
        found.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.innerText.trim())),
      );

  /** @param {string} selector */
  const shown = async (selector) => (await page.locator(selector).innerText()).trim();

  async function totals() {
    const pairs = await page
      .locator("#totals div")
      .evaluateAll((found) =>
        found.map((each) => [...each.children].map((cell) => cell.textContent ?? "")),
      );
    return Object.fromEntries(pairs);
  }

  test("says that nothing is there while nothing is there", async () => {
    await open();
    for (const table of ["sums", "batches", "windows"]) assert.deepEqual(await rows(table), []);
    assert.match(await shown("#sums"), /0 of 0 titles/);
    const found = await totals();
    assert.deepEqual([found["Titles that differ"], found["Batches missing"]], ["0", "0"]);
    assert.equal((await rows("audit")).length, 1);
    await close();
  });

  test("shows batches, gaps, windows with corrections and sums that differ", async () => {
    const send = async (
      /** @type {string} */ batch,
      /** @type {object[]} */ records,
      /** @type {Record<string, string>} */ headers = {},
    ) => {
      const frozen = { ...headers, "usher-frozen": "6" };
      const answer = await postBatch(server.url, batch, lines(...records), frozen);
      assert.equal(answer.status, 200);
    };
    const hour = 3_600_000;
    const anna = { viewer: "Anna", unique_ms: hour, played_ms: hour };
    await send("demo-0.7.1", [record({ ...anna, title: "agrees" })]);
    await send("demo-0.7.4", [record({ ...anna, title: "differs", stalls: 2 })]);
    await send(
      "demo-0.7.5",
      [
        windowRow({ title: "agrees", unique_ms: hour, played_ms: hour, viewers: ANNA }),
        windowRow({ title: "differs", unique_ms: hour, played_ms: hour, viewers: BERT }),
        windowRow({
          title: "agrees",
          viewers: ANNA,
          correction: true,
          views: 0,
          unique_ms: 0,
          played_ms: 0,
        }),
      ],
      WINDOWS,
    );
    await open();
    const found = await totals();
    assert.deepEqual(
      [found["Titles that differ"], found["Batches missing"], found["Corrections"]],
      ["1", "3", "1"],
    );
    assert.deepEqual(await rows("sums"), [
      ["agrees", "1", "1.000", "1.000", "0"],
      ["differs", "1", "1.000", "1.000", "+2 stalls"],
    ]);
    const [sender] = await rows("batches");
    assert.match(String(sender?.[0]), /^demo-0\s+epoch 7, last /);
    assert.deepEqual(sender?.slice(1), ["3", "5", "3\n2 to 3, 6", "1", "0", "0", "0", "0"]);
    const windows = await rows("windows");
    assert.deepEqual(windows.map((row) => [row[0], row[2], row[3], row[6]]).sort(), [
      ["agrees", "1", "≈ 1", "1"],
      ["differs", "1", "≈ 1", "0"],
    ]);
    await close();
  });

  test("finds a viewer, gives everything and erases after a question", async () => {
    await open();
    await page.fill("#viewer", "Anna");
    await page.press("#viewer", "Enter");
    await page.waitForSelector("#viewer-found:not([hidden])");
    assert.equal(await shown("#viewer-text"), "2 views of “Anna” are held.");
    const saving = page.waitForEvent("download");
    await page.click("#viewer-export");
    const saved = JSON.parse(readFileSync(await (await saving).path(), "utf8"));
    assert.deepEqual([saved.viewer, saved.views.length], ["Anna", 2]);

    await page.click("#viewer-erase");
    assert.equal(await shown("#erase-viewer"), "Anna");
    await page.press("#erase-dialog", "Escape");
    assert.equal((await request(`${server.url}/v1/viewers/Anna`)).body.views.length, 2);
    await page.click("#viewer-erase");
    await page.click("#erase-confirm");
    await page.waitForFunction(
      () => document.querySelector("#viewer-text")?.textContent === "“Anna” is erased.",
    );
    assert.deepEqual((await request(`${server.url}/v1/viewers/Anna`)).body.views, []);
    await page.waitForFunction(() =>
      /viewer erased/.test(document.querySelector("#audit")?.textContent ?? ""),
    );
    assert.match(await shown("#audit-state"), /^Every row follows from the one before\./);
    assert.ok(!(await shown("#audit")).includes("Anna"));
    assert.equal((await rows("sums")).length, 2);
    await close();
  });

  test("tells trouble and what was known before", async () => {
    await open();
    await page.route("**/v1/ledger**", (route) => route.abort());
    await page.click("#refresh");
    await page.waitForSelector("#notice:not([hidden])");
    assert.match(await shown("#notice"), /does not answer \(unreachable\)\. The figures below are/);
    assert.equal((await rows("sums")).length, 2);
    await page.unroute("**/v1/ledger**");
    await page.click("#notice button");
    await page.waitForSelector("#notice", { state: "hidden" });
    complaints = complaints.filter((text) => !text.includes("ERR_FAILED"));
    await close();
  });

  for (const [width, dark] of /** @type {const} */ ([
    [1280, true],
    [320, false],
  ])) {
    test(`fits into ${width} pixels ${dark ? "by night" : "by day"}`, async () => {
      await open({ width, dark });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} pixels wide`);
      await page.screenshot({ path: `target/ledger-${width}.png`, fullPage: true });
      await close();
    });
  }
});
