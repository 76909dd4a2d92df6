// @ts-check
// The import page in a real browser: files by picker, by drop and by keyboard, what it tells of them.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";

const EXPORT = fileURLToPath(
  new URL("../../../shared/data/netflix_viewing_activity_P1.csv", import.meta.url),
);

/** @param {string} name */
const vector = (name) => fileURLToPath(new URL(`../vectors/activity/${name}`, import.meta.url));

describe("the import page", () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("playwright-core").Page} */
  let page;
  /** @type {string[]} */
  let complaints;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** @param {{ width?: number, dark?: boolean, zone?: string }} [as] */
  async function open({ width = 1280, dark = false, zone = "Europe/Berlin" } = {}) {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: dark ? "dark" : "light",
      timezoneId: zone,
    });
    page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() !== "log") complaints.push(message.text());
    });
    await page.goto(`${server.url}/import`);
  }

  beforeEach(() => {
    complaints = [];
  });

  /** @param {string} selector */
  const shown = async (selector) => (await page.locator(selector).innerText()).trim();

  /** @param {string} file */
  async function choose(file) {
    await page.setInputFiles("#file", file);
    await page.waitForSelector("#outcome:not([hidden]), #notice:not([hidden])");
  }

  /** @param {string} table */
  const rows = (table) =>
    page
      .locator(`#${table} tbody tr`)
      .evaluateAll((lines) =>
        lines.map((line) => [
          line.querySelector("b")?.textContent ?? "",
          ...[...line.querySelectorAll("td")].slice(1).map((cell) => cell.textContent ?? ""),
        ]),
      );

  async function close() {
    assert.deepEqual(complaints, []);
    await page.context().close();
  }

  test("tells of an export what was taken, skipped and why", async () => {
    await open();
    await choose(vector("plain.csv"));
    await page.waitForSelector("#days tbody tr");
    assert.match(await shown("#sum"), /^6 rows = 4 taken \+ 2 skipped\./);
    assert.match(await shown("#status"), /6 rows read in .*: 4 plays\./);
    assert.deepEqual(
      (await rows("profiles")).map(([name, plays, sittings]) => [name, plays, sittings]),
      [
        ["Bert", "2", "1"],
        ["Anna", "2", "1"],
      ],
    );
    assert.deepEqual((await rows("titles"))[0], ["Plan 9 from Outer Space", "2", "2.253"]);
    await page.click("#findings summary");
    assert.match(await shown("#findings"), /HOOK 1 \(00:30\) · RECAP|RECAP 1 \(02:30\) · HOOK/);
    assert.match(await shown("#findings .lines"), /line 6\s+HOOK\s+line 7\s+RECAP/);
    await close();
  });

  test("days are those of the zone that is chosen, and the choice is remembered", async () => {
    await open();
    await choose(vector("plain.csv"));
    await page.waitForSelector("#days tbody tr");
    const days = async () => (await rows("days")).map(([day, plays]) => [day, plays]);
    assert.equal(await page.inputValue("#zone"), "Europe/Berlin");
    assert.deepEqual(await days(), [
      ["2025-03-30", "3"],
      ["2025-03-29", "1"],
    ]);
    await page.selectOption("#zone", "America/New_York");
    await page.waitForFunction(() =>
      document.querySelector("#days-hint")?.textContent?.includes("America/New York"),
    );
    assert.deepEqual(await days(), [["2025-03-29", "4"]]);
    await page.reload();
    assert.equal(await page.inputValue("#zone"), "America/New_York");
    await close();
  });

  test("each reason has its rows by line", async () => {
    await open();
    await choose(vector("odd-rows.csv"));
    const found = await page
      .locator("#findings details")
      .evaluateAll((details) =>
        details.map((one) => [
          /** @type {HTMLElement} */ (one).dataset.reason,
          one.querySelectorAll("li").length,
          one.querySelector(".rows")?.textContent,
        ]),
      );
    assert.deepEqual(found.slice(0, 4), [
      ["supplemental_video", 1, "1 row"],
      ["duplicate", 1, "1 row"],
      ["column_count", 2, "2 rows"],
      ["row_too_long", 1, "1 row"],
    ]);
    assert.deepEqual(found.at(-1), ["invalid_bookmark", 2, "2 rows"]);
    // The row that begins in 2026 lies in the future or not, as the clock of the browser says.
    assert.equal(found.filter(([reason]) => reason !== "start_in_future").length, 10);
    await close();
  });

  test("a file that is no such export is refused with the remedy, and the next one is read", async () => {
    await open();
    for (const [file, words] of [
      ["viewing-history.csv", /viewing history.*ViewingActivity\.csv.*missing_field/s],
      ["renamed.csv", /`Start Time`.*`Started At`.*name back/s],
      ["archive.csv", /unpack it/],
      ["empty.csv", /The file is empty/],
    ]) {
      await page.setInputFiles("#file", vector(String(file)));
      await page.waitForFunction(
        (name) => document.querySelector("#notice")?.textContent?.includes(name),
        String(file),
      );
      assert.match(await shown("#notice"), /** @type {RegExp} */ (words));
      assert.equal(await page.isVisible("#outcome"), false);
    }
    await choose(vector("head-only.csv"));
    await page.waitForSelector("#outcome:not([hidden])");
    assert.equal(await page.isVisible("#notice"), false);
    assert.match(await shown("#sum"), /0 rows = 0 taken \+ 0 skipped\..*nothing below it/);
    assert.equal(await page.isVisible("#titles"), false);
    await close();
  });

  test("a file that is dropped anywhere is read, two at once are not", async () => {
    await open();
    const drop = (/** @type {number} */ files) =>
      page.evaluate((number) => {
        const head = "Profile Name,Start Time,Duration,Title,Supplemental Video Type\n";
        const row = "Anna,2025-01-01 10:00:00,01:00:00,<b>Robot</b> Monster,\n";
        const transfer = new DataTransfer();
        for (let index = 0; index < number; index += 1) {
          transfer.items.add(new File([head, row], `part-${index}.csv`));
        }
        const tell = (/** @type {string} */ type, /** @type {Element} */ at) =>
          at.dispatchEvent(
            new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }),
          );
        tell("dragenter", document.body);
        const lit = document.querySelector("#drop")?.classList.contains("over");
        tell("dragover", document.body);
        const replaced = tell("drop", document.querySelector("footer") ?? document.body);
        return { lit, replaced, dark: document.querySelector("#drop")?.classList.contains("over") };
      }, files);
    assert.deepEqual(await drop(2), { lit: true, replaced: false, dark: false });
    assert.match(await shown("#notice"), /One file at a time/);
    await drop(1);
    await page.waitForSelector("#outcome:not([hidden])");
    assert.deepEqual(await rows("titles"), [["<b>Robot</b> Monster", "1", "1.000"]]);
    assert.match(await shown("#findings"), /Columns that are not there: Attributes, Device Type/);
    await close();
  });

  test("everything is reached and worked by the keyboard", async () => {
    await open();
    // Asked for long before it opens: a chooser that opens while the browser is still being told to
    // hand it over would be lost.
    const opens = page.waitForEvent("filechooser");
    const focused = () => page.evaluate(() => document.activeElement?.id ?? "");
    for (let step = 0; step < 12 && (await focused()) !== "file"; step += 1) {
      await page.keyboard.press("Tab");
    }
    assert.equal(await focused(), "file");
    await page.keyboard.press("Enter");
    const chooser = await opens;
    await chooser.setFiles(vector("plain.csv"));
    await page.waitForSelector("#titles tbody tr");
    await page.locator("#titles th button").first().focus();
    await page.keyboard.press("Enter");
    assert.equal((await rows("titles"))[0]?.[0], "Glen or Glenda: Part 1, Take 2");
    assert.equal(await page.locator("#titles th").first().getAttribute("aria-sort"), "ascending");
    await page.locator("#search").focus();
    await page.keyboard.type("robot");
    assert.deepEqual(
      (await rows("titles")).map(([title]) => title),
      ["Robot Monster"],
    );
    await close();
  });

  test("a long file shows its progress, stops when told, and never holds the page", async () => {
    await open();
    await page.evaluate(() => {
      const head = "Profile Name,Start Time,Duration,Title,Supplemental Video Type\n";
      let piece = "";
      for (let row = 0; row < 10_000; row += 1) {
        const at = new Date(row * 3_000_000).toISOString();
        piece += `Anna,${at.slice(0, 10)} ${at.slice(11, 19)},00:40:00,Title ${row % 900},\n`;
      }
      // The same rows again: duplicates cost as much as plays.
      const file = new File([head, ...Array.from({ length: 60 }, () => piece)], "long.csv");
      const longest = { gapMs: 0, last: performance.now(), shares: /** @type {number[]} */ ([]) };
      const look = () => {
        const now = performance.now();
        longest.gapMs = Math.max(longest.gapMs, now - longest.last);
        longest.last = now;
        const bar = /** @type {HTMLProgressElement} */ (document.querySelector("#progress-bar"));
        if (bar.value !== longest.shares.at(-1)) longest.shares.push(bar.value);
        setTimeout(look, 5);
      };
      look();
      const transfer = new DataTransfer();
      transfer.items.add(file);
      Object.assign(globalThis, { longest, transfer });
    });
    const drop = () =>
      page.evaluate(() => {
        const dataTransfer = /** @type {any} */ (globalThis).transfer;
        const given = { bubbles: true, cancelable: true, dataTransfer };
        document.body.dispatchEvent(new DragEvent("drop", given));
      });
    await drop();
    await page.click("#cancel");
    assert.match(await shown("#status"), /Stopped/);
    assert.equal(await page.isVisible("#outcome"), false);
    await drop();
    await page.waitForSelector("#outcome:not([hidden])", { timeout: 60_000 });
    assert.match(await shown("#sum"), /600,000 rows = 10,000 taken \+ 590,000 skipped/);
    const { gapMs, shares } = await page.evaluate(() => /** @type {any} */ (globalThis).longest);
    assert.ok(shares.length > 3, `${shares}`);
    assert.ok(gapMs < 500, `the page stood still for ${gapMs} ms`);
    await close();
  });

  test("nothing is wider than the page, from 320 px up, in both themes", async () => {
    for (const width of [320, 375, 768, 1440]) {
      await open({ width, dark: width === 375 });
      await choose(vector("odd-rows.csv"));
      await page.waitForSelector("#days tbody tr");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} in ${width}`);
      await close();
    }
  });

  test("all other pages lead here", async () => {
    for (const path of ["/", "/console", "/ledger"]) {
      await open({ width: 320 });
      await page.goto(`${server.url}${path}`);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
      await page.click("nav a[href='/import']");
      assert.equal(await page.title(), "CULTflicks import: what you watched elsewhere");
      await page.context().close();
    }
  });

  test("a real export gives exactly its plays", async (t) => {
    if (!existsSync(EXPORT)) return t.skip("the real export is not beside this project");
    await open();
    await choose(EXPORT);
    await page.waitForSelector("#days tbody tr");
    assert.match(await shown("#sum"), /^3,824 rows = 1,670 taken \+ 2,154 skipped\./);
    assert.match(await shown("#totals"), /597\.624/);
    assert.match(await shown("#titles .table-foot"), /25 of 1,214 titles/);
    await page.click("#titles .table-foot button");
    assert.match(await shown("#titles .table-foot"), /50 of 1,214 titles/);
    await close();
  });

  test("plays are kept in the central store, and only once", async () => {
    const views = async () => {
      const { titles } = await (await fetch(`${server.url}/v1/titles?limit=1000`)).json();
      return titles.reduce((/** @type {number} */ sum, /** @type {any} */ t) => sum + t.views, 0);
    };
    // Other tests have opened the player page, which leaves views of its own.
    const before = await views();
    await open();
    for (const _ of ["first", "again"]) {
      await choose(vector("plain.csv"));
      await page.waitForSelector("#keep:not([disabled])");
      await page.click("#keep");
      await page.waitForFunction(() =>
        document.querySelector("#kept")?.textContent?.startsWith("The central store has"),
      );
      const sent = Number((await shown("#kept")).match(/\d+/)?.[0]);
      assert.ok(sent > 3);
      assert.equal((await views()) - before, sent);
    }
    await close();
  });
});
