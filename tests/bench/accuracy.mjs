// @ts-check
// What viewers do to a film, measured by Usher and by each of the others on the same element, beside what the
// element says it has played.
import { fileURLToPath } from "node:url";
import { run, SCRIPTS } from "../browser/scripts.mjs";
import { pageScript } from "./bundle.mjs";
import { startCollector } from "./collector.mjs";
import { PEERS } from "./peer-figures.mjs";

export const FILM = fileURLToPath(
  new URL("../../target/films/fifty-foot-test-card/film.mp4", import.meta.url),
);

/** What is sent when a script ends needs a moment to arrive. */
const ARRIVAL_MS = 700;

/**
 * Seconds, for one script in one page.
 * @typedef {object} Watched
 * @property {number} played by the element: the union of its ranges
 * @property {number} usher
 * @property {number | null} peer none if it said nothing
 */

/** @typedef {Record<string, Record<string, Watched>>} Accuracy by script, by tool */

/**
 * @param {import("playwright-core").Browser} browser
 * @returns {Promise<Accuracy>}
 */
export async function measureAccuracy(browser) {
  const pageScripts = await Promise.all(
    PEERS.map(({ name }) =>
      pageScript(`
        import { measure as usher } from "./peers/usher.js";
        import { measure as peer } from "./peers/${name}.js";
        globalThis.tools = { usher, peer };`),
    ),
  );
  /** @type {Accuracy} */
  const accuracy = {};
  for (const [title, script] of Object.entries(SCRIPTS)) {
    // The three pages side by side: each waits for its own clock most of the time.
    const watched = await Promise.all(
      PEERS.map((peer, index) => watch(browser, peer, pageScripts[index] ?? "", script)),
    );
    accuracy[title] = Object.fromEntries(
      PEERS.map(({ name }, index) => [name, /** @type {Watched} */ (watched[index])]),
    );
  }
  return accuracy;
}

/**
 * @param {import("playwright-core").Browser} browser
 * @param {import("./peer-figures.mjs").Peer} peer
 * @param {string} pageScript
 * @param {(hands: import("../browser/scripts.mjs").Hands) => Promise<void>} script
 * @returns {Promise<Watched>}
 */
async function watch(browser, peer, pageScript, script) {
  const collector = await startCollector({ film: FILM, script: pageScript });
  const context = await browser.newContext();
  try {
    await stayLocal(context, collector.origin);
    const page = await context.newPage();
    /** @type {Promise<unknown>[]} */
    const printed = [];
    page.on("console", (line) => {
      const values = Promise.all(line.args().map((value) => value.jsonValue()));
      // A line that comes while the page goes has lost its values.
      printed.push(values.catch(() => []));
    });
    await page.goto(collector.origin);
    // Some must be there before the film is.
    await page.evaluate(async () => {
      const { tools } = /** @type {any} */ (globalThis);
      const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
      const usher = await tools.usher(video, location.origin);
      const peer = await tools.peer(video, location.origin, true);
      Object.assign(globalThis, { measuring: { video, usher, peer } });
      video.src = "/film.mp4";
    });
    await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 3);
    await run(page, script);
    const { played, usher } = await page.evaluate(() => {
      const { measuring } = /** @type {any} */ (globalThis);
      const ranges = measuring.video.played;
      let played = 0;
      for (let index = 0; index < ranges.length; index += 1) {
        played += ranges.end(index) - ranges.start(index);
      }
      const usher = measuring.usher.engagement.uniqueMs / 1000;
      measuring.peer.finish();
      return { played, usher };
    });
    await new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS));
    const lines = await Promise.all(printed);
    return { played, usher, peer: peer.watchedS(collector.recorded, /** @type {any} */ (lines)) };
  } finally {
    await context.close();
    await collector.stop();
  }
}

/**
 * Nothing leaves the machine: what is not for the collector is refused.
 * @param {import("playwright-core").BrowserContext} context
 * @param {string} origin
 */
export async function stayLocal(context, origin) {
  await context.route(
    (url) => url.origin !== origin,
    (route) => route.abort(),
  );
}
