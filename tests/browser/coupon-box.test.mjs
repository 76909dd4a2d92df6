// @ts-check
// The box office under the film, in a real browser over the real workers: a code checked, paid with and given back.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { eventually, request } from "../edge/api.mjs";
import { newCoupon, newGroup, post } from "../edge/coupon-api.mjs";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";

const REFUSED = /^This code cannot be used for this purchase\.$/;

/** The page gets its session token from the demo, as from an operator's backend. */
const environment = { SESSION_KEYS: `tests:${randomBytes(32).toString("base64url")}` };

describe("the coupon box", () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("playwright-core").Page} */
  let page;
  /** @type {string} */
  let half;

  before(async () => {
    [server, browser] = await Promise.all([startServer({ environment }), startChromium()]);
    const { id } = await newGroup(server.url);
    const make = async (/** @type {object} */ draft) =>
      (await newCoupon(server.url, id, draft)).coupon.id;
    half = await make({
      codes: { kind: "named", code: "HALF" },
      benefit: { kind: "percent", percent: "50" },
      limits: { max_redemptions: 1 },
      window: { ends_on: "2036-10-26", tz: "Europe/Madrid" },
    });
    await make({
      codes: { kind: "named", code: "LIVEONLY" },
      benefit: { kind: "fixed", amount_minor: 300, currency: "EUR" },
      scopes: ["live:*"],
    });
    await make({
      codes: { kind: "named", code: "FORTNIGHT" },
      benefit: { kind: "trial_days", days: 14, days_mode: "calendar" },
      scopes: ["plan:cult-monthly"],
    });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /**
   * @param {string} [path]
   * @param {{ width?: number, locale?: string }} [as]
   */
  async function open(path = "/", { width = 1280, locale = "en" } = {}) {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      timezoneId: "Europe/Madrid",
      locale,
    });
    page = await context.newPage();
    await page.goto(server.url + path);
    await page.waitForSelector("#goods input");
  }

  const close = () => page.context().close();

  /** @param {string} selector */
  const shown = async (selector) => (await page.locator(selector).innerText()).trim();

  /**
   * @param {string} selector
   * @param {RegExp} text
   */
  const says = (selector, text) =>
    eventually(async () => assert.match(await shown(selector), text), 20_000);

  /** @param {string} code */
  async function check(code) {
    await page.fill("#coupon-code", code);
    await page.press("#coupon-code", "Enter");
  }

  test("prices_stand_there_without_a_coupon", async () => {
    await open();
    await says("#bill", /Price\s+€4.99\s+To pay\s+€4.99/);
    await says("#pay", /Pay €4.99/);
    await page.click('#goods label:has([value="plan:cult-monthly"])');
    await says("#pay", /Pay €8.99/);
    await close();
  });

  test("a_mistyped_code_is_told_offline", async () => {
    await open();
    /** @type {string[]} */
    const asked = [];
    page.on("request", (each) => {
      if (/coupons|checkout/.test(each.url())) asked.push(each.url());
    });
    await page.fill("#coupon-code", "HÄLF");
    await says("#coupon-shape mark", /^Ä$/);
    await page.fill("#coupon-code", "0000-0000-0000-1");
    await says("#coupon-shape", /One symbol is mistyped/);
    assert.equal(await page.getAttribute("#coupon-code", "aria-invalid"), "true");
    await page.press("#coupon-code", "Enter");
    await page.fill("#coupon-code", "0000-0000-0000-0");
    await says("#coupon-shape", /^$/);
    assert.deepEqual(asked, []);
    await close();
  });

  test("a_code_that_is_entered_before_the_prices_are_there_is_checked_with_them", async () => {
    const context = await browser.newContext();
    page = await context.newPage();
    /** @type {() => void} */
    let letThrough = () => {};
    /** @type {Promise<void>} */
    const until = new Promise((through) => (letThrough = through));
    await page.route("**/checkout", async (route) => {
      await until;
      await route.continue();
    });
    await page.goto(server.url);
    // The box speaks when it listens.
    await says("#coupon-check", /Check/);
    await check("half");
    assert.doesNotMatch(await shown("#bill"), /To pay\s+€2.49/);
    letThrough();
    await says("#bill", /To pay\s+€2.49/);
    await close();
  });

  test("a_coupon_is_checked_paid_with_and_given_back", async () => {
    await open();
    await check("h a l f");
    await says("#coupon-shape", /It fits\. You pay less\./);
    await says("#bill", /Price\s+€4.99\s+Coupon: PPV film: the-blob-that-buffered\s+-€2.50/);
    await says("#bill", /To pay\s+€2.49[^]*Coupon valid until\s+Oct 27, 2036/);
    await says("#bill-known", /the edge judged with what it/);
    await page.click("#pay");
    await says("#paid", /Paid €2.49 with HALF/);
    const code = await request(`${server.url}/v1/coupon-codes/half`);
    assert.equal(code.body.redemptions.length, 1);
    assert.equal(code.body.redemptions[0].state, "confirmed");
    await page.click("#pay-cancel");
    await says("#paid", /Cancelled, and the coupon is yours again/);
    const back = await request(`${server.url}/v1/coupon-codes/half`);
    assert.equal(back.body.redemptions[0].state, "reversed");
    await close();
  });

  test("a_lost_answer_is_asked_for_again_without_paying_twice", async () => {
    await open();
    await check("HALF");
    await says("#coupon-shape", /It fits/);
    let lost = 0;
    await page.route("**/checkout", async (route) => {
      if (route.request().method() !== "POST" || lost > 0) return route.fallback();
      lost += 1;
      // The server does it all; only its answer does not arrive.
      await route.fetch();
      await route.abort();
    });
    await page.click("#pay");
    await says("#paid", /That did not work[^]*Nothing was paid twice/);
    await page.click("#pay");
    await says("#paid", /Paid €2.49 with HALF/);
    const { body } = await request(`${server.url}/v1/coupon-codes/half`);
    const confirmed = body.redemptions.filter(
      (/** @type {any} */ each) => each.state === "confirmed",
    );
    assert.equal(confirmed.length, 1);
    await close();
  });

  test("a_refusal_is_one_sentence_and_the_operator_sees_why", async () => {
    await open();
    for (const code of ["LIVEONLY", "NOSUCHCODE"]) {
      await check(code);
      await says("#coupon-shape", REFUSED);
    }
    await check("LIVEONLY");
    await says("#coupon-shape", REFUSED);
    await page.click("#operator summary");
    await says("#operator-terms", /WRONG_SCOPE/);
    assert.notEqual(await shown("#operator-text"), "");
    await page.click('#goods label:has([value="live:midnight-premiere"])');
    await page.press("#coupon-code", "Enter");
    await says("#bill", /To pay\s+€9.99/);
    await says("#operator-text", /Nothing speaks against it/);
    await close();
  });

  test("a_trial_says_until_when_it_is_free", async () => {
    await open("/", { locale: "es" });
    await page.click('#goods label:has([value="plan:cult-monthly"])');
    await check("FORTNIGHT");
    await says("#coupon-shape", /Sirve\. Paga más tarde\./);
    await says("#bill", /Gratis hasta/);
    await page.click('#languages button[lang="en"]');
    await says("#bill", /Free until/);
    await close();
  });

  test("a_signed_offer_is_verified_in_the_browser", async () => {
    const { status, body } = await post(`${server.url}/v1/coupon-offers`, {
      coupon: half,
      expires_ms: Date.now() + 3_600_000,
    });
    assert.equal(status, 201, JSON.stringify(body));
    await open(`/#offer=${body.token}`);
    await says(
      "#offer-text",
      /50 % off\. PPV film: the-blob-that-buffered: €2.49 instead of €4.99\./,
    );
    await says("#offer-text", /Signed by CULTflicks/);
    await page.click("#offer-use");
    assert.equal(await page.inputValue("#coupon-code"), "HALF");
    await close();

    const [head, claims = "", signature] = body.token.split(".");
    const forged = Buffer.from(claims, "base64url").toString().replace('"50"', '"90"');
    const token = [head, Buffer.from(forged).toString("base64url"), signature].join(".");
    await open(`/#offer=${token}`);
    await says("#offer-text", /This offer cannot be used/);
    assert.equal(await page.isVisible("#offer-use"), false);
    await close();
  });

  test("fits_into_320_pixels", async () => {
    await open("/", { width: 320, locale: "es" });
    await check("NOSUCHCODE");
    await page.click("#operator summary");
    await says("#operator-terms", /NOT_FOUND/);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${wide} pixels wide`);
    await close();
  });
});
