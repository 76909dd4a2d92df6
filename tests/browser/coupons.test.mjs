// @ts-check
// The operator's coupon pages in a real browser, over the real workers: a campaign from its group to its figures.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { eventually } from "../edge/api.mjs";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";

const CODES = 1_000;

/** Figures come by the alarm of a group and the push after it; on a busy machine one of them comes late. */
const FIGURES_MS_MAX = 90_000;

/** The page gets its session token from the demo, as from an operator's backend. */
const environment = { SESSION_KEYS: `tests:${randomBytes(32).toString("base64url")}` };

describe("the coupon pages", () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("playwright-core").Page} */
  let page;
  /** @type {string[]} */
  let complaints;
  /** @type {string} */
  let coupon;
  /** @type {string} */
  let code;

  before(async () => {
    [server, browser] = await Promise.all([startServer({ environment }), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /**
   * @param {string} path
   * @param {{ width?: number, dark?: boolean, locale?: string }} [as]
   */
  async function open(path, { width = 1280, dark = false, locale = "en" } = {}) {
    complaints = [];
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: dark ? "dark" : "light",
      timezoneId: "Europe/Madrid",
      locale,
    });
    page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() !== "log") complaints.push(message.text());
    });
    await page.goto(server.url + path);
  }

  /** @param {RegExp} [expected] the browser itself tells of answers that are refusals */
  async function close(expected) {
    const unexpected = complaints.filter((text) => !expected?.test(text));
    await page.context().close();
    assert.deepEqual(unexpected, []);
  }

  /** @param {string} selector */
  const shown = async (selector) => (await page.locator(selector).innerText()).trim();

  /**
   * @param {string} selector
   * @param {RegExp} text
   */
  const says = (selector, text) =>
    eventually(async () => assert.match(await shown(selector), text), 20_000);

  /** @param {string} name as the server calls the field */
  const field = (name) => `#coupon-form [name="${name}"]`;

  /** @param {string} selector */
  async function saved(selector) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
    return readFileSync(await download.path(), "utf8");
  }

  test("an_empty_house_says_so", async () => {
    await open("/coupons");
    await says("#groups", /A group holds the coupons of one campaign/);
    assert.equal(await page.getAttribute('.sections a[href="#/"]', "aria-current"), "page");
    await close();
  });

  test("a_group_is_made_and_found", async () => {
    await open("/coupons");
    await page.click("#group-new summary");
    await page.fill('#group-form [name="name"]', "Halloween 2026");
    await page.selectOption('#group-form [name="purpose"]', "reward");
    await page.click("#group-form .primary");
    await says("#group-heading", /^HALLOWEEN 2026$/i);
    await says("#group-about", /Reward, created /);
    await says("#coupons", /No coupon here/);
    await page.click('.sections a[href="#/"]');
    await says("#groups", /Halloween 2026/);
    await page.fill("#groups-search", "no such");
    await says("#groups", /No group of this name/);
    await page.fill("#groups-search", "hallow");
    await says("#groups", /Halloween 2026[^]*1 row/);
    await close();
  });

  async function openGroup() {
    await open("/coupons");
    await page.click("#groups tbody a");
    await says("#group-heading", /Halloween/i);
  }

  test("a_complaint_of_the_server_stands_at_its_field", async () => {
    await openGroup();
    await page.click("#coupon-new summary");
    await page.fill(field("codes.code"), "BOO2026");
    await page.fill(field("benefit.percent"), "101");
    await page.click("#coupon-form .primary");
    const fault = page.locator('#coupon-form [data-field="benefit.percent"] .fault');
    await fault.waitFor({ state: "visible" });
    assert.match(await fault.innerText(), /101/);
    assert.equal(await page.getAttribute(field("benefit.percent"), "aria-invalid"), "true");
    const focused = await page.evaluate(() => document.activeElement?.getAttribute("name"));
    assert.equal(focused, "benefit.percent");
    await close(/400/);
  });

  test("a_named_coupon_is_made_with_local_days", async () => {
    await openGroup();
    await page.click("#coupon-new summary");
    await page.fill(field("codes.code"), "boo 2026");
    await page.fill(field("benefit.percent"), "33.333");
    await page.selectOption(field("scopes.type"), "vod");
    await page.fill(field("window.starts_on"), "2026-01-01");
    await page.fill(field("window.ends_on"), "2036-10-26");
    assert.equal(await page.inputValue(field("window.tz")), "Europe/Madrid");
    await page.click("#coupon-form .primary");
    await says("#coupon-heading", /^BOO2026$/);
    await says("#coupon-stamp", /active/i);
    const terms = await shown("#coupon-terms");
    assert.match(terms, /33.333 % off/);
    assert.match(terms, /PPV film: any/);
    assert.match(terms, /Jan 1, 2026 to Oct 26, 2036 \(Europe\/Madrid\)/);
    await close();
  });

  test("a_thousand_codes_are_generated_listed_and_saved", async () => {
    await openGroup();
    await page.click("#coupon-new summary");
    await page.click('#coupon-form label:has([value="generated"])');
    await page.fill(field("codes.quantity"), String(CODES));
    await page.selectOption(field("benefit.kind"), "fixed");
    await page.fill(field("benefit.amount_minor"), "1,50");
    await page.click('#coupon-form label:has([value="always"])');
    await page.click("#coupon-form .primary");
    await says("#jobs", /done[^]*1,000 codes were made/);
    await says("#coupon-codes", /25 rows, there are more/);
    coupon = decodeURIComponent((await page.evaluate(() => location.hash)).split("/").at(-1) ?? "");
    const lines = (await saved("#coupon-export")).trim().split(/\r?\n/);
    assert.equal(lines.length, CODES + 1);
    code = String(lines[7]?.split(",")[0]).replaceAll('"', "");
    await close();
  });

  test("a_code_is_found_however_it_is_written", async () => {
    await open("/coupons#/codes");
    const typed = code.toLowerCase().replace(/(.{4})/g, "$1 ");
    await page.fill("#lookup-code", typed);
    await page.press("#lookup-code", "Enter");
    await says("#lookup-stamp", /unused/i);
    await says("#lookup-redemptions", /No redemption so far/);
    assert.match(await shown("#lookup-terms"), new RegExp(coupon));
    await close();
  });

  test("a_mistyped_symbol_is_told_without_any_request", async () => {
    await open("/coupons#/codes");
    await page.waitForSelector("#lookup-view:not([hidden])");
    /** @type {string[]} */
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    const wrong = (code.startsWith("7") ? "8" : "7") + code.slice(1);
    await page.fill("#lookup-code", wrong);
    await page.press("#lookup-code", "Enter");
    await says("#lookup-shape", /One symbol is mistyped/);
    await page.fill("#lookup-code", "BOO§2026");
    await says("#lookup-shape mark", /^§$/);
    assert.deepEqual(asked, []);
    await close();
  });

  test("what_is_redeemed_on_the_player_page_is_used_here", async () => {
    await open("/");
    await page.waitForSelector("#goods input");
    await page.fill("#coupon-code", code);
    await page.press("#coupon-code", "Enter");
    await says("#bill", /To pay\s+€3.49/);
    await page.click("#pay");
    await says("#paid", /Paid €3.49/);
    await page.goto(`${server.url}/coupons#/codes/${code}`);
    await says("#lookup-stamp", /^used$/i);
    await says("#lookup-redemptions", /redeemed[^]*PPV film: the-blob-that-buffered[^]*€1.50/);
    await page.click('.sections a[href="#/figures"]');
    await eventually(async () => {
      await page.click('#figures-filters label:has([value="group"])');
      await page.click('#figures-filters label:has([value="type"])');
      assert.match(await shown("#figures"), /PPV film[^]*€1.50[^]*Together[^]*1 redeemed[^]*€1.50/);
    }, FIGURES_MS_MAX);
    await page.click('.sections a[href="#/"]');
    await eventually(async () => {
      await page.click('.sections a[href="#/figures"]');
      await page.click('.sections a[href="#/"]');
      const cells = await page.locator("#groups tbody td").allInnerTexts();
      assert.deepEqual(cells.slice(3), ["2", "1,001", "1", "0"]);
    }, FIGURES_MS_MAX);
    await close();
  });

  test("codes_are_filtered_by_state_and_customer", async () => {
    await openGroup();
    await page.selectOption('#codes-filters [name="state"]', "used");
    await eventually(async () => {
      assert.equal(await page.locator("#codes tbody tr:not(.ghost)").count(), 1);
    });
    assert.match(await shown("#codes"), new RegExp(code.slice(0, 4)));
    await page.fill('#codes-filters [name="customer"]', "nobody");
    await says("#codes", /No code that fits/);
    await close();
  });

  test("a_file_with_duplicates_is_imported_with_a_report", async () => {
    await open(`/coupons#/coupons/${coupon}`);
    await says("#jobs", /done/);
    const rows = ["code", "GHOST-ONE", "GHOST-TWO", "ghost one", code, "no§code"];
    await page.setInputFiles("#file", {
      name: "ghosts.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(`${rows.join("\r\n")}\r\n`),
    });
    await says("#jobs", /2 codes were taken\. 2 rows were there already\. 1 row is broken/);
    const report = await saved("#jobs .action");
    assert.match(report, /duplicate/);
    assert.equal(report.trim().split(/\r?\n/).length, 4);
    await close();
  });

  test("a_revoked_code_is_revoked_after_a_question", async () => {
    await open("/coupons#/codes/GHOSTTWO");
    await says("#lookup-stamp", /unused/i);
    await page.click("#revoke");
    await page.keyboard.press("Escape");
    await says("#lookup-stamp", /unused/i);
    await page.click("#revoke");
    await page.click("#ask-yes");
    await says("#lookup-stamp", /revoked/i);
    await close();
  });

  test("a_coupon_is_extended_and_disabled_and_then_refused", async () => {
    await openGroup();
    await page.click("#coupons tbody a >> text=BOO2026");
    await says("#coupon-stamp", /active/i);
    await page.fill('#change-form [name="window.ends_on"]', "2037-01-31");
    await page.click("#change-form .primary");
    await says("#coupon-terms", /Jan 31, 2037/);
    await page.click("#coupon-toggle");
    await says("#coupon-stamp", /disabled/i);
    await page.goto(server.url);
    await page.waitForSelector("#goods input");
    // The edge hears of it a little later; whoever redeems knows at once.
    await eventually(async () => {
      await page.fill("#coupon-code", "BOO2026");
      await page.press("#coupon-code", "Enter");
      await page.waitForFunction(() =>
        /fits|cannot/.test(document.querySelector("#coupon-shape")?.textContent ?? ""),
      );
      const said = await shown("#coupon-shape");
      assert.equal(said, "This code cannot be used for this purchase.");
    }, 60_000);
    await close();
  });

  test("the_page_speaks_spanish_and_keeps_what_was_typed", async () => {
    await open("/coupons", { locale: "es-MX" });
    await says("#groups-heading", /grupos/i);
    assert.equal(await page.getAttribute("html", "lang"), "es");
    await page.click("#group-new summary");
    await page.fill('#group-form [name="name"]', "Día de Muertos");
    await page.click('#languages button[lang="en"]');
    await says("#groups-heading", /^groups$/i);
    assert.equal(await page.inputValue('#group-form [name="name"]'), "Día de Muertos");
    await page.reload();
    await says("#groups-heading", /^groups$/i);
    await close();
  });

  test("a_server_that_is_away_is_told_and_asked_again", async () => {
    await open("/coupons");
    await says("#groups", /Halloween/);
    await page.route("**/v1/coupon-groups**", (route) => route.abort());
    await page.fill("#groups-search", "h");
    await says("#groups", /Nobody answers/);
    await page.unroute("**/v1/coupon-groups**");
    await page.click("#groups button");
    await says("#groups", /Halloween/);
    await close(/ERR_FAILED/);
  });

  for (const [width, dark, locale] of /** @type {const} */ ([
    [1280, true, "es"],
    [320, false, "es"],
    [320, true, "en"],
  ])) {
    test(`fits_into_${width}_pixels_${dark ? "by_night" : "by_day"}_${locale}`, async () => {
      await open("/coupons", { width, dark, locale });
      await page.click("#groups tbody a");
      await page.waitForSelector("#coupons tbody tr:not(.ghost)");
      for (const hash of ["#/", "", `#/coupons/${coupon}`, `#/codes/${code}`, "#/figures"]) {
        if (hash) await page.evaluate((to) => void (location.hash = to), hash);
        await page.waitForFunction(
          () => !document.querySelector("#view [aria-busy=true]:not([hidden] *)"),
        );
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${wide} pixels wide at ${hash}`);
      }
      await close();
    });
  }
});
