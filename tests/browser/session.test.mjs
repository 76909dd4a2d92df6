// @ts-check
// The session in a real page: its life, a source change, a refusal, a strict page.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";
import { centralRecord, measure, openPlayerPage } from "./player-page.mjs";
import { run } from "./scripts.mjs";

/** Plays for a second and pauses. */
const second = async (/** @type {import("./scripts.mjs").Hands} */ { video, wait }) => {
  await video.play();
  await wait(1);
  video.pause();
};

describe("a session", () => {
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

  test("flush resolves when the edge has committed what is known", async () => {
    const page = await openPlayerPage(browser, server.url);
    await run(page, second);
    const state = await page.evaluate(async () => {
      const session = /** @type {any} */ (globalThis).usherSession;
      const { uniqueMs } = session.engagement;
      await session.flush();
      const { version, acknowledgedVersion, setAside, lastStatus } = session.delivery;
      return { uniqueMs, version, acknowledgedVersion, setAside, lastStatus };
    });
    assert.ok(state.uniqueMs > 500);
    assert.ok(state.version > 0);
    assert.equal(state.acknowledgedVersion, state.version);
    assert.equal(state.setAside, 0);
    assert.equal(state.lastStatus, 200);
    await page.close();
  });

  test("a source change ends the view and begins another", async () => {
    const page = await openPlayerPage(browser, server.url);
    await run(page, second);
    const first = await measure(page);
    await page.evaluate(async () => {
      const video = /** @type {HTMLVideoElement} */ (document.querySelector("#player"));
      const ready = new Promise((resolve) => {
        video.addEventListener("canplay", resolve, { once: true });
      });
      video.src = "/films/love-at-two-frames/film.mp4";
      await ready;
    });
    const fresh = await measure(page);
    assert.notEqual(fresh.viewId, first.viewId);
    assert.equal(fresh.uniqueMs, 0);
    await run(page, second);
    const other = await measure(page);
    assert.equal(other.viewId, fresh.viewId);
    assert.ok(Math.abs(other.uniqueMs - other.playedMs) <= 50);
    await page.close();
    for (const { viewId, uniqueMs } of [first, other]) {
      const record = await centralRecord(server.url, viewId, (r) => r.unique_ms === uniqueMs);
      assert.equal(record.unique_ms, uniqueMs);
    }
  });

  test("HLS through hls.js is measured like one file", async () => {
    const page = await openPlayerPage(browser, `${server.url}/?delivery=hls`);
    assert.match(await page.evaluate(() => document.querySelector("video")?.src ?? ""), /^blob:/);
    await run(page, async ({ video, seek, wait }) => {
      await video.play();
      await wait(1.5);
      await seek(40);
      await wait(1.5);
      video.pause();
    });
    const { viewId, uniqueMs, playedMs } = await measure(page);
    assert.ok(playedMs > 2000);
    assert.ok(Math.abs(uniqueMs - playedMs) <= 50, `${uniqueMs} for ${playedMs}`);
    await page.close();
    const record = await centralRecord(server.url, viewId, (r) => r.unique_ms === uniqueMs);
    assert.equal(record.unique_ms, uniqueMs);
  });

  test("what a player tells is in the figures, each milestone is told once", async () => {
    const page = await openPlayerPage(browser, server.url);
    const told = await page.evaluate(async () => {
      const session = /** @type {any} */ (globalThis).usherSession;
      const video = /** @type {HTMLVideoElement} */ (document.querySelector("#player"));
      const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
      /** @type {string[]} */
      const milestones = [];
      session.addEventListener("milestone", (/** @type {CustomEvent} */ { detail }) =>
        milestones.push(`${detail.kind} ${detail.percent}`),
      );
      video.muted = true;
      video.playbackRate = 16;
      await video.play();
      session.tell({ bitrateKbps: 800, heightPx: 360, cdn: "cdn-1", droppedFrames: 3 });
      while (video.currentTime < 9) await wait(20);
      video.playbackRate = 1;
      session.tell({ bitrateKbps: 400, error: { code: "frag", fatal: false } });
      session.tell({ ad: "overlay" });
      await wait(300);
      session.tell({ ad: null });
      video.currentTime = 0;
      await wait(300);
      video.pause();
      await wait(50);
      const { engagement, quality } = session;
      await session.flush();
      return { engagement, quality, milestones, usage: session.usage, viewId: session.viewId };
    });
    const { engagement, quality, milestones } = told;
    assert.deepEqual(milestones, ["watched 10", "passed 10"]);
    assert.deepEqual(quality, {
      bitrateKbps: 400,
      heightPx: 360,
      cdn: "cdn-1",
      droppedFrames: 3,
      errors: [{ code: "frag", fatal: false }],
    });
    assert.deepEqual(
      [engagement.qualitySwitches, engagement.errors, engagement.ads, engagement.droppedFrames],
      [1, 1, 1, 3],
    );
    assert.ok(engagement.adMs >= 250 && engagement.adMs < 1000, `${engagement.adMs}`);
    assert.equal(told.usage.class, "unknown");
    assert.ok(told.usage.uniqueMs >= engagement.uniqueMs);
    const record = await centralRecord(server.url, told.viewId, (r) => r.errors === 1);
    assert.ok(record.bitrate_kbps > 400 && record.bitrate_kbps < 800, `${record.bitrate_kbps}`);
    await page.close();
  });

  test("an element has one session; destroy gives it back and takes everything away", async () => {
    const page = await openPlayerPage(browser, server.url);
    const outcome = await page.evaluate(async () => {
      // Behind a variable, so that it is the page that resolves it.
      const entry = "/usher/player.js";
      const { attach } = await import(entry);
      const video = document.createElement("video");
      let listeners = 0;
      let timers = 0;
      for (const target of [video, document, window]) {
        const { addEventListener: add, removeEventListener: remove } = target;
        target.addEventListener = (/** @type {any[]} */ ...given) => {
          listeners += 1;
          given[2]?.signal?.addEventListener("abort", () => (listeners -= 1));
          return Reflect.apply(add, target, given);
        };
        target.removeEventListener = (/** @type {any[]} */ ...given) => {
          listeners -= 1;
          return Reflect.apply(remove, target, given);
        };
      }
      const { setInterval: begin, clearInterval: end } = window;
      /** @type {any} */ (window).setInterval = (/** @type {any[]} */ ...given) => {
        timers += 1;
        return Reflect.apply(begin, window, given);
      };
      window.clearInterval = (id) => {
        timers -= 1;
        end.call(window, id);
      };
      const options = { viewer: "anna", title: "plan-9" };
      const session = attach(video, options);
      const during = { listeners, timers };
      /** @type {any} */
      let refusal = null;
      try {
        attach(video, options);
      } catch (error) {
        refusal = error;
      }
      session.destroy();
      session.destroy();
      await session.flush();
      await new Promise((resolve) => setTimeout(resolve, 0));
      const after = { listeners, timers };
      attach(video, options).destroy();
      return { during, after, refusal: refusal?.code, unique: session.engagement.uniqueMs };
    });
    assert.ok(outcome.during.listeners > 10);
    assert.equal(outcome.during.timers, 2);
    assert.deepEqual(outcome.after, { listeners: 0, timers: 0 });
    assert.equal(outcome.refusal, "already_attached");
    assert.equal(outcome.unique, 0);
    await page.close();
  });

  test("what cannot be attached is refused by field", async () => {
    const page = await openPlayerPage(browser, server.url);
    const refusals = await page.evaluate(async () => {
      const entry = "/usher/player.js";
      const { attach, UsherError } = await import(entry);
      const video = () => document.createElement("video");
      /** @type {[unknown, unknown][]} */
      const rows = [
        [null, { viewer: "anna", title: "t" }],
        [document.body, { viewer: "anna", title: "t" }],
        [video(), undefined],
        [video(), { title: "t" }],
        [video(), { viewer: "", title: "t" }],
        [video(), { viewer: "anna" }],
        [video(), { viewer: "anna", title: "t".repeat(201) }],
        [video(), { viewer: "anna", title: () => "" }],
        [video(), { viewer: "anna", title: "t", intervalMs: NaN }],
      ];
      return rows.map(([element, options]) => {
        try {
          attach(element, options);
          return "attached";
        } catch (error) {
          if (!(error instanceof UsherError)) return String(error);
          const { code, field } = /** @type {any} */ (error);
          return `${code} ${field}`;
        }
      });
    });
    assert.deepEqual(refusals, [
      "invalid_value video",
      "invalid_value video",
      "invalid_value viewer",
      "invalid_value viewer",
      "invalid_value viewer",
      "invalid_value title",
      "invalid_value title",
      "invalid_value title",
      "invalid_value intervalMs",
    ]);
    await page.close();
  });

  test("attach before init says so", async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/console`);
    const code = await page.evaluate(async () => {
      const entry = "/usher/player.js";
      const { attach } = await import(entry);
      try {
        attach(document.createElement("video"), { viewer: "anna", title: "plan-9" });
        return "attached";
      } catch (/** @type {any} */ error) {
        return error.code;
      }
    });
    assert.equal(code, "not_initialised");
    await page.close();
  });

  test("a page that forbids WebAssembly is told which directive to add", async () => {
    const page = await browser.newPage();
    await page.route("**/console", async (route) => {
      const response = await route.fetch();
      const headers = { ...response.headers(), "content-security-policy": "script-src 'self'" };
      await route.fulfill({ response, headers });
    });
    await page.goto(`${server.url}/console`);
    const error = await page.evaluate(async () => {
      const entry = "/usher/player.js";
      const { init } = await import(entry);
      return init().then(
        () => null,
        (/** @type {any} */ { code, message }) => ({ code, message }),
      );
    });
    assert.equal(error?.code, "csp_blocks_wasm");
    assert.match(error?.message ?? "", /'wasm-unsafe-eval'.*Content-Security-Policy/);
    await page.close();
  });
});
