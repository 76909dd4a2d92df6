// @ts-check
// Who watches, on the player page: rights judged in the page, films through the gate, streams and devices.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually, request } from "../edge/api.mjs";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";

const VIEWER = "v-0123456789abcdef0123456789abcde";
const BLOB = "the-blob-that-buffered";
const LOVE = "love-at-two-frames";
const SECOND_MS = 1000;

/** Heartbeats that a test can wait for. */
const RIGHTS = { heartbeat_s: 1, lease_s: 20, device_cooling_s: 0, refresh_s: 0 };

describe("who watches", { timeout: 300_000 }, () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    const environment = { RIGHTS: JSON.stringify(RIGHTS) };
    [server, browser] = await Promise.all([startServer({ environment }), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  let viewers = 0;

  /**
   * A browser of somebody new, so that no test finds the streams of another.
   * @param {{ width?: number, locale?: string }} [as]
   */
  async function somebody({ width = 1280, locale = "en" } = {}) {
    viewers += 1;
    const viewer = VIEWER + viewers.toString(16);
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      timezoneId: "Europe/Madrid",
      locale,
    });
    await context.addInitScript(
      `try { localStorage.setItem("cultflicks.viewer", "${viewer}"); } catch {}`,
    );
    return { context, viewer };
  }

  /**
   * @param {import("playwright-core").BrowserContext} context
   * @param {string} [film]
   * @param {string} [delivery]
   */
  async function open(context, film = BLOB, delivery = "hls") {
    const page = await context.newPage();
    await page.goto(`${server.url}/?film=${film}&delivery=${delivery}`);
    await page.waitForSelector("#goods input");
    return page;
  }

  /** @typedef {import("playwright-core").Page} Page */

  /** @type {(page: Page, account: string) => Promise<void>} */
  const choose = (page, account) => page.click(`#watch-accounts label:has([value="${account}"])`);

  /** @type {(page: Page, selector: string, text: RegExp) => Promise<void>} */
  const says = (page, selector, text) =>
    eventually(async () => assert.match(await page.locator(selector).innerText(), text));

  /** @param {Page} page */
  async function play(page) {
    await page.click("#watch-play");
    await says(page, "#watch-state", /plays through the gate/);
    await page.waitForFunction(
      () => /** @type {HTMLVideoElement} */ (document.querySelector("#player")).currentTime > 0.5,
    );
  }

  /**
   * Somebody whose plan has one stream plays in a page, and asks for another one in a second page.
   * @param {import("playwright-core").BrowserContext} context
   */
  async function oneTooMany(context) {
    const first = await open(context);
    await choose(first, "basic");
    await says(first, "#watch-said", /180 lines/);
    await play(first);
    const second = await open(context);
    await second.selectOption("#watch-device", "tv");
    await choose(second, "basic");
    await says(second, "#watch-said", /180 lines/);
    await second.click("#watch-play");
    await second.waitForSelector("#streams[open]");
    return { first, second };
  }

  test("reasons_stand_there_as_sentences_in_both_languages", async () => {
    const { context } = await somebody();
    const page = await open(context);
    assert.equal(await page.isVisible("#watch-right"), false);
    await choose(page, "none");
    await says(page, "#watch-said", /^Nothing you have includes this title\.$/);
    await says(page, "#watch-by", /nobody was asked\. The edge decides for real\.$/);
    await page.click('#watch-languages button[lang="es"]');
    await says(page, "#watch-said", /^Nada de lo que tiene incluye este título\.$/);
    await says(page, "#tickets-heading", /^ENTRADAS$/);
    await page.click('#languages button[lang="en"]');
    await choose(page, "suspended");
    await page.selectOption("#watch-country", "JP");
    await says(
      page,
      "#watch-said",
      /^This account is suspended\.\s+This title is not licensed in Japan\.$/,
    );
    await choose(page, "past_due");
    await page.selectOption("#watch-country", "ES");
    await says(page, "#watch-said", /^A payment is due: pay[^]*Without ads\.[^]*ends on/);
    await context.close();
  });

  test("a_title_that_is_not_open_yet_says_when_it_opens", async () => {
    const { context } = await somebody();
    const page = await open(context, LOVE);
    await choose(page, "premium");
    await page.selectOption("#watch-country", "CL");
    await says(page, "#watch-said", /^This title opens on Jan 1, 2034/);
    await choose(page, "basic");
    await says(page, "#watch-said", /opens on[^]*Nothing you have includes this title/);
    await context.close();
  });

  test("every_rule_is_told_in_its_order", async () => {
    const { context } = await somebody();
    const page = await open(context);
    await choose(page, "suspended");
    await page.click("#watch-rules summary");
    await says(page, "#watch-steps", /FAILED/);
    const outcomes = await page
      .locator("#watch-steps li")
      .evaluateAll((rows) => rows.map((row) => /** @type {HTMLElement} */ (row).dataset.kind));
    assert.ok(outcomes.length >= 10, `${outcomes.length}`);
    assert.equal(outcomes.filter((kind) => kind === "fail").length, 1);
    await context.close();
  });

  test("a_right_is_judged_offline_from_what_the_browser_keeps", async () => {
    const { context } = await somebody();
    const page = await open(context);
    await choose(page, "premium");
    await says(page, "#watch-said", /Without ads\./);
    await context.setOffline(true);
    await page.selectOption("#watch-country", "JP");
    await says(page, "#watch-said", /^This title is not licensed in Japan\.$/);
    await says(page, "#watch-by", /You are offline/);
    // Nothing is known of somebody who was never here.
    await choose(page, "basic");
    await says(page, "#watch-said", /^Nothing can be said about the right/);
    await context.close();
  });

  test("a_film_plays_through_the_gate_as_small_as_the_plan_allows", async () => {
    const { context } = await somebody();
    const page = await open(context);
    /** @type {string[]} */
    const asked = [];
    page.on("request", (each) => {
      if (/\.(m3u8|m4s|mp4)/.test(each.url())) asked.push(new URL(each.url()).pathname);
    });
    await choose(page, "basic");
    await says(page, "#watch-said", /^Picture up to 180 lines\.\s+With ads\./);
    asked.length = 0;
    await play(page);
    assert.equal(await page.evaluate(() => document.querySelector("video")?.videoHeight), 180);
    assert.deepEqual(
      asked.filter((path) => !path.startsWith(`/vod/${BLOB}/`)),
      [],
    );
    assert.ok(asked.length > 1);
    await says(page, "#watch-stream", /at most 180 lines[^]*owed; this demo shows none/);
    await context.close();
  });

  test("one_file_cannot_be_made_smaller_and_the_page_says_so", async () => {
    const { context } = await somebody();
    const page = await open(context, BLOB, "progressive");
    await choose(page, "basic");
    await says(page, "#watch-said", /180 lines/);
    await play(page);
    await says(page, "#watch-stream", /one file cannot be made smaller here, HLS can/);
    await context.close();
  });

  test("a_media_token_is_renewed_while_the_film_goes_on", async () => {
    const { context } = await somebody();
    const page = await open(context);
    await choose(page, "premium");
    await says(page, "#watch-said", /Without ads\./);
    await play(page);
    const { renewals, stalls, tokens } = await page.evaluate(async () => {
      const video = /** @type {HTMLVideoElement} */ (document.querySelector("#player"));
      const stream = /** @type {any} */ (globalThis).usherStream;
      let stalls = 0;
      video.addEventListener("waiting", () => (stalls += 1));
      const tokens = new Set([stream.token]);
      await new Promise((done) =>
        stream.addEventListener("renewed", () => {
          tokens.add(stream.token);
          if (stream.renewals >= 3) done(undefined);
        }),
      );
      return { renewals: stream.renewals, stalls, tokens: tokens.size };
    });
    assert.ok(renewals >= 3 && tokens >= 3, `${renewals} renewals, ${tokens} tokens`);
    assert.equal(stalls, 0);
    await says(page, "#watch-stream", /Renewed\s+\d+ times/);
    await context.close();
  });

  test("too_many_streams_are_listed_and_one_is_stopped_for_this_one", async () => {
    const { context } = await somebody();
    const { first, second } = await oneTooMany(context);
    await says(second, "#streams-text", /Your plan has 1 stream, and it runs/);
    await says(second, "#streams-list", /a web browser\s+“The Blob That Buffered”, since \d+:\d\d/);
    await says(second, "#watch-said", /^All streams of your plan are running \(1\)/);
    await second.keyboard.press("Escape");
    await second.waitForSelector("#streams", { state: "hidden" });
    assert.equal(await second.isVisible("#watch-play"), true);

    await second.click("#watch-play");
    await second.waitForSelector("#streams[open]");
    await second.click("#streams-list button");
    await says(second, "#watch-state", /plays through the gate/);
    await says(first, "#watch-state", /The stream has ended|taken this stream over/);
    assert.equal(await first.evaluate(() => document.querySelector("video")?.src), "");
    await context.close();
  });

  test("the_oldest_stream_is_taken_over", async () => {
    const { context } = await somebody();
    const { first, second } = await oneTooMany(context);
    await second.click("#streams-take");
    await says(second, "#watch-state", /plays through the gate/);
    await says(first, "#watch-state", /Another device has taken this stream over/);
    await context.close();
  });

  test("a_page_that_is_left_gives_its_place_back", async () => {
    const { context } = await somebody();
    const first = await open(context);
    await choose(first, "basic");
    await says(first, "#watch-said", /180 lines/);
    await play(first);
    await first.goto("about:blank");
    const second = await open(context);
    await second.selectOption("#watch-device", "tv");
    await choose(second, "basic");
    await says(second, "#watch-said", /180 lines/);
    await play(second);
    await context.close();
  });

  test("a_right_that_ends_while_the_film_runs_ends_the_film_and_says_why", async () => {
    const { context, viewer } = await somebody();
    const account = `${server.url}/v1/accounts/premium-${viewer}`;
    const put = (
      /** @type {string} */ path,
      /** @type {string} */ method,
      /** @type {object} */ body,
    ) =>
      request(path, {
        method,
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      });
    await put(account, "PUT", { status: "active", max_rating: null });
    const page = await open(context);
    const now = Math.floor(Date.now() / SECOND_MS);
    const grant = { id: "short", kind: "plan", plan: "cult-premium", from: now - 60, to: now + 12 };
    assert.equal((await put(`${account}/grants`, "POST", grant)).status, 201);
    await choose(page, "premium");
    await says(page, "#watch-said", /Without ads\./);
    await play(page);
    await says(page, "#watch-state", /The stream has ended/);
    await says(page, "#watch-said", /Your right to this title (has )?ended/);
    assert.equal(await page.evaluate(() => document.querySelector("video")?.paused), true);
    await context.close();
  });

  test("devices_are_listed_named_and_removed", async () => {
    const { context } = await somebody();
    const page = await open(context);
    await choose(page, "premium");
    await says(page, "#watch-said", /Without ads\./);
    await play(page);
    await page.click("#watch-devices summary");
    await says(page, "#device-list", /a web browser · this one/);
    await page.fill("#device-list input", "Kitchen");
    await page.click("#device-list button >> nth=0");
    await says(page, "#device-said", /Saved/);
    assert.equal(await page.inputValue("#device-list input"), "Kitchen");
    await page.click("#watch-stop");
    await page.click("#device-list button >> nth=1");
    await says(page, "#device-said", /Removed/);
    await eventually(async () => assert.equal(await page.locator("#device-list li").count(), 0));
    await context.close();
  });

  test("with_nobody_chosen_the_film_is_open_again", async () => {
    const { context } = await somebody();
    const page = await open(context);
    await choose(page, "premium");
    await says(page, "#watch-said", /Without ads\./);
    await play(page);
    const answered = page.waitForResponse((response) =>
      response.url().startsWith(`${server.url}/films/${BLOB}/`),
    );
    await choose(page, "nobody");
    assert.equal((await answered).status(), 200);
    assert.equal(await page.isVisible("#watch-right"), false);
    await context.close();
  });

  test("fits_into_320_pixels", async () => {
    const { context } = await somebody({ width: 320, locale: "es" });
    const first = await open(context);
    await choose(first, "basic");
    await says(first, "#watch-said", /180 líneas/);
    await first.click("#watch-play");
    await says(first, "#watch-state", /pasando por la puerta/);
    await first.click("#watch-rules summary");
    await first.click("#watch-devices summary");
    const second = await open(context);
    await second.selectOption("#watch-device", "tv");
    await choose(second, "basic");
    await says(second, "#watch-said", /180 líneas/);
    await second.click("#watch-play");
    await second.waitForSelector("#streams[open]");
    for (const page of [first, second]) {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 320, `${wide} pixels wide`);
    }
    const dialog = await second
      .locator("#streams")
      .evaluate((box) => box.scrollWidth - box.clientWidth);
    assert.equal(dialog, 0);
    await context.close();
  });
});
