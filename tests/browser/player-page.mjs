// @ts-check

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {{ viewId: string, uniqueMs: number, playedMs: number }} Measured */

/**
 * Opens the demo's player page and waits until the film can play and is measured.
 * @param {import("playwright-core").Browser | import("playwright-core").BrowserContext} browser
 * @param {string} url
 */
export async function openPlayerPage(browser, url) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction(() => {
    const video = document.querySelector("video");
    return "usherSession" in globalThis && video && video.readyState >= 3;
  });
  return page;
}

/**
 * What Usher measured, beside what the element itself says it played.
 * @param {Page} page
 * @returns {Promise<Measured>}
 */
export function measure(page) {
  return page.evaluate(() => {
    const { played } = /** @type {HTMLVideoElement} */ (document.querySelector("#player"));
    const session = /** @type {any} */ (globalThis).usherSession;
    const { uniqueMs } = session.engagement;
    let playedMs = 0;
    for (let index = 0; index < played.length; index += 1) {
      playedMs += (played.end(index) - played.start(index)) * 1000;
    }
    return { viewId: session.viewId, uniqueMs, playedMs };
  });
}

/**
 * Asks the central API until it says what is expected of a view, or gives what it said last.
 * @param {string} url
 * @param {string} viewId
 * @param {(record: any) => boolean} expected
 */
export async function centralRecord(url, viewId, expected) {
  const until = Date.now() + 15_000;
  for (;;) {
    const response = await fetch(`${url}/v1/views/${viewId}`);
    const record = await response.json();
    if ((response.ok && expected(record)) || Date.now() > until) return record;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
