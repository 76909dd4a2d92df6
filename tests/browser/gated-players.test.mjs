// @ts-check
// hls.js and Shaka through the gate with the token in the address: each request has the newest one, and playback
// outlives the one it began with.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { request } from "../edge/api.mjs";
import { startChromium } from "./chromium.mjs";
import { startSite } from "./players/site.mjs";

const FILM = "fifty-foot-test-card";
const TOKEN_NAME = "CTA-Common-Access-Token";
const SECOND_MS = 1000;

/** The shortest life that a media token has. */
const RIGHTS = { cat_life_s: 60, heartbeat_s: 15, lease_s: 45 };

/** How each player is started in the page; the film is as long as a token and some seconds. */
const PLAYERS = {
  hls: { file: "film.m3u8", open: openHls },
  shaka: { file: "film.mpd", open: openShaka },
};

/** @typedef {import("playwright-core").Page} Page */

describe("through the gate", { concurrency: 2, timeout: 180_000 }, () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    const environment = { RIGHTS: JSON.stringify(RIGHTS) };
    [server, browser] = await Promise.all([startSite(environment), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const [player, { file, open }] of Object.entries(PLAYERS)) {
    test(`${player}_plays_on_with_renewed_tokens_when_the_first_has_ended`, async () => {
      const { token } = (
        await request(`${server.url}/rights/session`, {
          method: "POST",
          body: JSON.stringify({ viewer: `gated-${player}`, account: "premium" }),
        })
      ).body;
      const context = await browser.newContext();
      await context.addCookies([{ name: "demo-country", value: "SE", url: server.url }]);
      const page = await context.newPage();
      /** @type {{ atMs: number, token: string | null, status: number }[]} */
      const answers = [];
      page.on("response", (response) => {
        const { pathname, searchParams } = new URL(response.url());
        if (!pathname.startsWith(`/vod/${FILM}/`)) return;
        const asked = { token: searchParams.get(TOKEN_NAME), status: response.status() };
        answers.push({ atMs: Date.now(), ...asked });
      });
      await page.goto(`${server.url}/players/rights.html`);
      await page.waitForFunction(() => "lab" in globalThis);
      await page.evaluate(startIn, { token, title: FILM, device: player });
      await page.evaluate(open, file);
      const first = await page.evaluate(streamIn);
      // The cookie is not what it plays by.
      await context.clearCookies({ name: TOKEN_NAME });

      await page.waitForFunction(
        (expires) => {
          const { stream, video } = /** @type {any} */ (globalThis);
          return stream.over || video.error || (Date.now() / 1000 > expires + 1 && !video.paused);
        },
        first.expires,
        { timeout: 120_000, polling: 250 },
      );
      const last = await page.evaluate(streamIn);
      await page.close();
      assert.deepEqual({ over: last.over, error: last.error }, { over: false, error: null });
      assert.ok(last.position > 40, `${last.position} s were shown`);
      // A busy machine may hold a picture back; a token that is refused is what would.
      console.log(`${player}: waited ${last.stalls.length} times`);
      assert.deepEqual(
        answers.filter(({ token: asked, status }) => asked === null || status >= 400),
        [],
      );
      const late = answers.filter(({ atMs }) => atMs > first.expires * SECOND_MS - 10_000);
      assert.ok(late.length > 0 && late.every(({ token: asked }) => asked !== first.token));
      assert.ok(new Set(answers.map(({ token: asked }) => asked)).size >= 3);
      await context.close();
    });
  }
});

/** @param {{ token: string, title: string, device: string }} asked runs in the page */
async function startIn({ token, title, device }) {
  const { lab } = /** @type {any} */ (globalThis);
  const options = { token: () => token, device: { id: device, class: "web" } };
  const stream = await lab.rights.startStream(options, title);
  const video = document.querySelector("#player");
  Object.assign(globalThis, { stream, video, stalls: [] });
}

/** @param {string} file runs in the page */
async function openHls(file) {
  const { lab, stream, video } = /** @type {any} */ (globalThis);
  const hls = new lab.Hls({ xhrSetup: stream.xhrSetup, maxMaxBufferLength: 8 });
  hls.loadSource(stream.sign(stream.media + file));
  hls.attachMedia(video);
  await new Promise((resolve) => video.addEventListener("canplay", resolve, { once: true }));
  await video.play();
  const { stalls } = /** @type {any} */ (globalThis);
  video.addEventListener("waiting", () => stalls.push([video.currentTime, video.readyState]));
}

/** @param {string} file runs in the page */
async function openShaka(file) {
  const { lab, stream, video } = /** @type {any} */ (globalThis);
  const player = new lab.shaka.Player();
  player.configure({ streaming: { bufferingGoal: 8 } });
  await player.attach(video);
  player.getNetworkingEngine().registerRequestFilter(stream.requestFilter);
  await player
    .load(new URL(stream.media + file, location.href).href)
    .catch((/** @type {any} */ { code, data }) => {
      throw new Error(`${code} ${JSON.stringify(data)}`);
    });
  await video.play();
  const { stalls } = /** @type {any} */ (globalThis);
  video.addEventListener("waiting", () => stalls.push([video.currentTime, video.readyState]));
}

/** Runs in the page. */
function streamIn() {
  const { stream, stalls, video } = /** @type {any} */ (globalThis);
  return {
    token: stream.token,
    expires: stream.tokenExpiresAt,
    over: stream.over,
    position: video.currentTime,
    error: video.error?.message ?? null,
    stalls,
  };
}
