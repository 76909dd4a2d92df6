// @ts-check
// React's strict mode attaches, destroys and attaches again: one session lives, and it is exact.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startChromium } from "./chromium.mjs";
import { centralRecord } from "./player-page.mjs";
import { TITLES } from "./players/media.mjs";
import { openPlayer } from "./players/player.mjs";
import { startSite } from "./players/site.mjs";
import { run } from "./scripts.mjs";

const ERROR_MS_MAX = 50;
const [FILM = "", OTHER = ""] = TITLES;

/** Plays for a moment. */
const moment = async (/** @type {import("./scripts.mjs").Hands} */ { video, wait }) => {
  await video.play();
  await wait(0.6);
  video.pause();
};

describe("in React's strict mode", () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    [server, browser] = await Promise.all([startSite(), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const [kind, sessionsOf] of Object.entries({
    Film: "(all) => all",
    HlsFilm: "(all) => all.map(({ session }) => session).filter(Boolean)",
    MonitoredFilm: '() => [document.querySelector("usher-monitor")?.session].filter(Boolean)',
  })) {
    test(`${kind} has exactly one live session, for each film`, async () => {
      const page = await openPlayer(browser, server.url, "react");
      /** @type {string[]} */
      const errors = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      let attached = 0;
      for (const film of [FILM, OTHER]) {
        await page.evaluate(`stage.show("${kind}", "${film}")`);
        await page.evaluate(`(async () => {
          const ready = () => {
            const video = document.querySelector("#player");
            const last = (${sessionsOf})(stage.attached).at(-1);
            return video?.readyState >= 3 && last && last.viewId !== globalThis.before;
          };
          while (!ready()) await new Promise((resolve) => setTimeout(resolve, 20));
        })()`);
        await run(page, moment);
        const seen = await page.evaluate(`(() => {
          const video = document.querySelector("#player");
          const sessions = (${sessionsOf})(stage.attached);
          const last = sessions.at(-1);
          let second = "attached";
          try {
            stage.attach(video, { viewer: "anna", title: "second" });
          } catch (error) {
            second = error.code;
          }
          globalThis.before = last.viewId;
          return {
            attached: stage.attached.length,
            viewId: last.viewId,
            uniqueMs: last.engagement.uniqueMs,
            playedMs: video.played.end(0) * 1000,
            others: sessions.slice(0, -1).map(({ engagement }) => engagement.uniqueMs),
            second,
          };
        })()`);
        const { viewId, uniqueMs, playedMs, second, others } = /** @type {any} */ (seen);
        assert.ok(playedMs > 300);
        assert.ok(Math.abs(uniqueMs - playedMs) <= ERROR_MS_MAX, `${uniqueMs} for ${playedMs}`);
        assert.equal(second, "already_attached");
        // The film before this one keeps what was watched of it; the undone effect has watched nothing.
        if (film === FILM) assert.ok(others.every((/** @type {number} */ ms) => ms === 0));
        const record = await centralRecord(
          server.url,
          viewId,
          (/** @type {any} */ { unique_ms }) => unique_ms === uniqueMs,
        );
        assert.equal(record.unique_ms, uniqueMs);
        assert.equal(record.title, film);
        attached = /** @type {any} */ (seen).attached;
      }
      // Twice for the first film, once for the second: strict mode doubles what is mounted.
      if (kind !== "MonitoredFilm") assert.equal(attached, 3);
      const free = await page.evaluate(`(async () => {
        const video = document.querySelector("#player");
        const monitor = document.querySelector("usher-monitor");
        stage.leave();
        await new Promise((resolve) => setTimeout(resolve, 50));
        stage.attach(video, { viewer: "anna", title: "afterwards" }).destroy();
        return monitor?.session ?? null;
      })()`);
      assert.equal(free, null);
      assert.deepEqual(errors, []);
      await page.close();
    });
  }
});
