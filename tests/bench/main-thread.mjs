// @ts-check
// What an hour of playback costs the page's main thread, in a real browser.
import { FILM, stayLocal } from "./accuracy.mjs";
import { pageScript } from "./bundle.mjs";
import { startCollector } from "./collector.mjs";

/** Ranges of `played` after these seeks. */
const SEEKS = [0, 20];

/** A session that sends as often as it does when nobody says otherwise, and one that does not. */
const [SENDS, SILENT] = [10_000, 3_600_000];

const MINUTE_MS = 60_000;

/**
 * CPU time of the main thread by the browser's own account, and the time inside the session's callbacks; ms an
 * hour, from a real minute.
 * @typedef {object} Account
 * @property {number} scriptMs
 * @property {number} taskMs all that the main thread did: script, timers, drawing
 * @property {number} callbackMs
 * @property {number} callbacks an hour
 */

/**
 * @typedef {object} MainThread ms for an hour of playback
 * @property {{ ranges: number, eventsMs: number, pollsMs: number, parts: Record<string, number> }[]} burst
 *   an hour's work at once, without sending; of the events what they take more than without a session
 * @property {Account} sending
 * @property {Account} silent
 * @property {Account} bare without a session
 * @property {Account} timer without a session, but with a timer that does nothing, as often as `timeupdate`
 */

/** @typedef {import("playwright-core").Browser} Browser */
/** @typedef {import("playwright-core").Page} Page */

/**
 * @param {Browser} browser
 * @returns {Promise<MainThread>}
 */
export async function measureMainThread(browser) {
  const script = await pageScript(
    `import { page } from "./main-thread-page.js"; globalThis.page = page;`,
  );
  const collector = await startCollector({ film: FILM, script });
  try {
    const { origin } = collector;
    const burst = [];
    for (const seeks of SEEKS) {
      burst.push(await withPage(browser, origin, SILENT, (page) => burstOf(page, seeks)));
    }
    const unheard = await withPage(browser, origin, null, (page) => burstOf(page, 0));
    for (const one of burst) one.eventsMs -= unheard.eventsMs;
    // Side by side, so that whatever else this machine does happens to all.
    const [sending, silent, bare, timer] = await Promise.all([
      withPage(browser, origin, SENDS, account),
      withPage(browser, origin, SILENT, account),
      withPage(browser, origin, null, account),
      withPage(browser, origin, null, async (page) => {
        await page.evaluate(() => /** @type {any} */ (globalThis).page.idle());
        return account(page);
      }),
    ]);
    return { burst, sending, silent, bare, timer };
  } finally {
    await collector.stop();
  }
}

/**
 * @template T
 * @param {Browser} browser
 * @param {string} origin
 * @param {number | null} intervalMs
 * @param {(page: Page) => Promise<T>} work
 */
async function withPage(browser, origin, intervalMs, work) {
  const context = await browser.newContext();
  try {
    await stayLocal(context, origin);
    const page = await context.newPage();
    await page.goto(origin);
    await page.evaluate((interval) => {
      const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
      video.src = "/film.mp4";
      return /** @type {any} */ (globalThis).page.start(video, interval);
    }, intervalMs);
    return await work(page);
  } finally {
    await context.close();
  }
}

/**
 * @param {Page} page
 * @param {number} seeks
 */
function burstOf(page, seeks) {
  return page.evaluate(async (count) => {
    const { page } = /** @type {any} */ (globalThis);
    const video = document.querySelector("video");
    const ranges = await page.skipAround(video, count);
    const { eventsMs, pollsMs } = await page.anHour(video);
    return { ranges, eventsMs, pollsMs, parts: await page.takeApart(video) };
  }, seeks);
}

/**
 * @param {Page} page
 * @returns {Promise<Account>}
 */
async function account(page) {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () => {
    const { ms, calls } = await page.evaluate(() => /** @type {any} */ (globalThis).page.spent);
    const { metrics } = await devTools.send("Performance.getMetrics");
    const seconds = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    return {
      scriptMs: 1000 * (seconds.ScriptDuration ?? NaN),
      taskMs: 1000 * (seconds.TaskDuration ?? NaN),
      callbackMs: ms,
      callbacks: calls,
    };
  };
  // What is compiled at the start is no part of an hour.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const before = await read();
  await new Promise((resolve) => setTimeout(resolve, MINUTE_MS));
  const after = await read();
  const hour = (/** @type {keyof Account} */ name) => 60 * (after[name] - before[name]);
  return {
    scriptMs: hour("scriptMs"),
    taskMs: hour("taskMs"),
    callbackMs: hour("callbackMs"),
    callbacks: hour("callbacks"),
  };
}
