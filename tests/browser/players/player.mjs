// @ts-check
// One player in one page of a browser, and what the tests do with it.
import { run } from "../scripts.mjs";

/** @typedef {import("../player-page.mjs").Page} Page */
/** @typedef {import("./pages/stage.mjs").Stage} Stage */

/**
 * Opens a player's page.
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {string} player
 */
export async function openPlayer(browser, url, player) {
  const page = await browser.newPage();
  await page.goto(`${url}/players/${player}.html`);
  await page.waitForFunction(() => "stage" in globalThis);
  return page;
}

/**
 * Plays another film; resolves when it can play and is measured.
 * @param {Page} page
 * @param {string} name
 */
export async function load(page, name) {
  await page.evaluate(async (/** @type {string} */ film) => {
    const stage = /** @type {Stage} */ (/** @type {any} */ (globalThis).stage);
    const before = stage.attachment.session?.viewId;
    await stage.load(film);
    const { video, attachment } = stage;
    const ready = () => attachment.session?.viewId !== before && video.readyState >= 3;
    while (!ready()) await new Promise((resolve) => setTimeout(resolve, 20));
  }, name);
}

/**
 * @param {Page} page
 * @param {(hands: import("../scripts.mjs").Hands) => Promise<void>} script
 */
export function act(page, script) {
  return run(page, script);
}

/**
 * Asks the page until the session says what is expected, or gives what it said last.
 * @param {Page} page
 * @param {(quality: any) => boolean} expected runs in the page
 */
export function quality(page, expected) {
  return page.evaluate(`(async () => {
    const until = performance.now() + 20_000;
    const now = () => globalThis.usherSession.quality;
    while (!(${expected})(now()) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return now();
  })()`);
}
