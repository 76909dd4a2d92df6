// @ts-check
// Decisions explained to an operator, and what a viewer's devices do, in a real browser over the real workers.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "../edge/api.mjs";
import { OPERATOR_KEY, startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";
import { openPage } from "./catalogue-page.mjs";

/** The edge hears of a publication, and the audit of a decision, a little later. */
const TOLD_MS_MAX = 60_000;

const DAY_S = 86_400;
const NOW = Math.floor(Date.now() / 1000);
const YEAR = { from: NOW - 100 * DAY_S, to: NOW + 300 * DAY_S };
const CLASSES = ["mobile", "web", "tv", "console"];
const PLAN = { ads: false, streams: 1, devices: 2, device_classes: CLASSES };

describe("decisions explained", () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {string} */
  let token;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
    await asked("PUT", "/v1/catalogue/titles/blob", {
      ...{ name: "The Blob", packs: ["movies"], rating: 16, max_height: 2160, state: "published" },
      ...{ ad_tier: false, free: false },
      windows: [
        { ...YEAR, territories: ["SE", "ES"] },
        { from: NOW + 10 * DAY_S, to: NOW + 20 * DAY_S, territories: ["DE"] },
      ],
    });
    await asked("PUT", "/v1/plans/standard", { ...PLAN, packs: ["movies"], max_height: 1080 });
    await asked("PUT", "/v1/plans/premium", { ...PLAN, packs: ["movies"], max_height: 2160 });
    await asked("PUT", "/v1/plans/kids", {
      ...{ ...PLAN, packs: ["kids"], max_height: 720 },
      device_classes: ["mobile", "tv"],
    });
    await asked("POST", "/v1/catalogue/publish");
    await asked("PUT", "/v1/accounts/ada", { status: "active", max_rating: 18 });
    await asked("POST", "/v1/accounts/ada/grants", { kind: "plan", plan: "standard", ...YEAR });
    ({ token } = await asked("POST", "/v1/accounts/ada/tokens"));
    // What the edge holds of the catalogue is older than what was just published.
    await eventually(async () => {
      const { decisions } = await asked("POST", "/v1/decisions", {
        ...{ token, titles: ["blob"], country: "SE" },
        device: { id: "probe", class: "web" },
      });
      assert.equal(decisions[0].allow, true);
    }, TOLD_MS_MAX);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async function asked(method, path, body) {
    const response = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${OPERATOR_KEY}`,
        "content-type": "application/json",
        "cf-ipcountry": "SE",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /**
   * @param {string} hash
   * @param {Parameters<typeof openPage>[2]} [as]
   */
  const open = (hash, as) => openPage(browser, `${server.url}/catalogue${hash}`, as);

  /** @param {number} seconds as a field in Madrid takes it */
  const local = (seconds) =>
    new Date(seconds * 1000)
      .toLocaleString("sv", { timeZone: "Europe/Madrid" })
      .replace(" ", "T")
      .slice(0, 16);

  test("an_account_that_may_is_told_what_it_gets_and_every_rule", async () => {
    const { page, says, shown, fill, close } = await open("#/viewers/ada");
    await says("#account-stamp", /active/i);
    await page.click("#account-try");
    assert.equal(await page.inputValue('#try-form [name="viewer"]'), "ada");
    await fill("#try-form", { title: "blob", country: "SE" });
    await page.click("#try-form .primary");
    await says("#try-stamp", /^allowed$/i);
    await says("#try-sentence", /blob for ada: Sweden, Web, /);
    const terms = await shown("#try-terms");
    assert.match(terms, /Picture up to\s+1080p/);
    assert.match(terms, /without ads/);
    assert.match(terms, /Ask again by/);
    const steps = await page.locator("#try-steps > li").all();
    assert.ok(steps.length >= 8, `${steps.length} steps`);
    for (const step of steps) {
      // A rule without a sentence would show its code.
      assert.doesNotMatch(await step.locator("span").innerText(), /^[a-z]+(_[a-z]+)*$/);
      assert.notEqual(await step.getAttribute("data-outcome"), "fail");
    }
    await close();
  });

  test("as_another_country_time_and_plan_the_reasons_are_others", async () => {
    const { page, says, shown, fill, close } = await open("#/decisions?viewer=ada&title=blob");
    await fill("#try-form", { country: "DE" });
    await page.click("#try-form .primary");
    await says("#try-stamp", /^denied$/i);
    await says("#try-reasons", /This title opens on [^]*NOT_YET_AVAILABLE/);
    assert.match(await shown('#try-steps [data-rule="window"]'), /failed/);
    await fill("#try-form", { now: local(NOW + 11 * DAY_S) });
    await page.click("#try-form .primary");
    await says("#try-stamp", /^allowed$/i);
    await fill("#try-form", { country: "US", now: "" });
    await page.click("#try-form .primary");
    await says("#try-reasons", /This title is not licensed in United States[^]*GEO_BLOCKED/);
    await fill("#try-form", { country: "SE", plan: "premium" });
    await page.click("#try-form .primary");
    await says("#try-terms", /Picture up to\s+2160p/);
    await fill("#try-form", { plan: "kids" });
    await page.click("#try-form .primary");
    await says("#try-reasons", /NOT_ENTITLED/);
    await fill("#try-form", { country: "" });
    await page.click("#try-form .primary");
    await says("#try-reasons", /COUNTRY_UNKNOWN/);
    await says("#try-before", /country unknown|–/);
    assert.equal(await page.locator("#try-before tbody tr").count(), 6);
    await close();
  });

  test("somebody_made_up_has_every_reason_at_once", async () => {
    const { page, says, fill, close } = await open("#/decisions");
    await fill("#try-form", { who: "made_up" });
    await fill("#try-form", { status: "suspended", max_rating: "7", plan: "kids", streams: "3" });
    await fill("#try-form", { devices: "d1, d2, d3", device: "d9" });
    await fill("#try-form", { title: "blob", country: "SE", device_class: "console" });
    await page.click("#try-form .primary");
    await says("#try-stamp", /^denied$/i);
    for (const reason of [
      "ACCOUNT_SUSPENDED",
      "RATING_BLOCKED",
      "NOT_ENTITLED",
      "DEVICE_LIMIT",
      "STREAM_LIMIT",
    ]) {
      await says("#try-reasons", new RegExp(reason));
    }
    await says("#try-sentence", /somebody made up with kids/);
    await close();
  });

  test("the_same_decision_is_explained_in_spanish", async () => {
    const { page, says, fill, close } = await open("#/decisions?viewer=ada&title=blob", {
      locale: "es",
    });
    await fill("#try-form", { country: "US" });
    await page.click("#try-form .primary");
    await says("#try-stamp", /^denegado$/i);
    await says("#try-reasons", /Estados Unidos[^]*GEO_BLOCKED/);
    await says('#try-steps [data-rule="territory"]', /falla/);
    await page.click('#languages button[lang="en"]');
    await says("#try-stamp", /^denied$/i);
    await says("#try-reasons", /United States/);
    await close();
  });

  test("what_cannot_be_asked_is_told_at_its_field", async () => {
    const { page, fill, fault, close } = await open("#/decisions");
    await fill("#try-form", { viewer: "nobody", title: "blob" });
    await page.click("#try-form .primary");
    assert.match(await fault("#try-form", "viewer"), /nobody/);
    await fill("#try-form", { who: "made_up", device: "" });
    await page.click("#try-form .primary");
    await fault("#try-form", "device");
    await close(/40[04]/);
  });

  test("a_device_is_named_its_stream_stopped_and_itself_removed", async () => {
    await asked("POST", "/v1/streams", {
      ...{ token, title: "blob" },
      device: { id: "tv-1", class: "tv", name: "Living room" },
    });
    const { page, says, close } = await open("#/viewers/ada");
    await says("#devices", /Living room\s+tv-1[^]*TV/);
    await says("#streams", /blob[^]*Living room/);
    await page.click('#devices button[aria-label="Rename: Living room"]');
    await page.fill("#devices .naming input", "Kitchen");
    await page.keyboard.press("Enter");
    await says("#devices", /Kitchen/);
    await says("#streams", /Kitchen/);
    await page.click('#streams button[aria-label="Stop blob"]');
    await says("#streams", /Nothing plays/);
    await page.click('#devices button[aria-label="Remove: Kitchen"]');
    await page.click("#ask-yes");
    await says("#devices-done", /Removed/);
    await says("#devices", /its place is free|No device yet/);
    await close();
  });

  test("a_stream_that_was_started_stands_in_the_audit", async () => {
    const { page, says, shown, fill, close } = await open("#/decisions");
    await eventually(async () => {
      await page.click("#audit-check");
      assert.match(await shown("#audit-state"), /Up to row \d+ each follows/);
    }, TOLD_MS_MAX);
    await page.reload();
    await says("#audit", /blob[^]*allowed/);
    await fill("#audit-filters", { viewer: "nobody" });
    await says("#audit", /No decision was written down/);
    await fill("#audit-filters", { viewer: "ada" });
    await says("#audit", /blob[^]*allowed/);
    // Nobody is named in it.
    assert.doesNotMatch(await shown("#audit"), /\bada\b/);
    await close();
  });

  test("fits_into_320_pixels_with_an_answer", async () => {
    const { page, says, fill, close } = await open("#/decisions?viewer=ada&title=blob", {
      width: 320,
      dark: true,
    });
    for (const country of ["US", "SE"]) {
      await fill("#try-form", { country });
      await page.click("#try-form .primary");
      await says("#try-sentence", country === "US" ? /United States/ : /Sweden/);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${wide} pixels wide`);
    await close();
  });
});
