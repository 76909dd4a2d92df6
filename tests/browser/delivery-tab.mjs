// @ts-check
// A tab with a film and a session of its own, on a page that has neither.
import assert from "node:assert/strict";

/** @typedef {import("playwright-core").BrowserContext} BrowserContext */
/** @typedef {import("playwright-core").Page} Page */

/**
 * @typedef {object} Tab
 * @property {Page} page
 * @property {string[]} noise what the host page would have seen of Usher
 * @property {Sent[]} sent bodies of `POST /v1/views` that left the tab
 * @property {(seconds: number) => Promise<Measured>} play plays for so long and pauses
 * @property {() => Promise<Measured>} measured what is measured now
 */

/** @typedef {{ viewId: string, uniqueMs: number, playedMs: number, delivery: import("usher").Delivery }} Measured */
/** @typedef {{ viewer: string, token?: string, views: { view: string, title: string, at: [number, number] }[] }} Sent */

/**
 * Opens it. `options` is JavaScript for more options of `attach`, and may use what `script` defined.
 * @param {BrowserContext} context
 * @param {string} url
 * @param {{ options?: string, script?: string, before?: (page: Page) => Promise<unknown> }} [how]
 * @returns {Promise<Tab>}
 */
export async function openTab(context, url, { options = "{}", script = "", before } = {}) {
  const page = await context.newPage();
  /** @type {string[]} */
  const noise = [];
  /** @type {Sent[]} */
  const sent = [];
  page.on("pageerror", (error) => noise.push(String(error)));
  page.on("console", (message) => {
    // The browser itself says which requests failed.
    if (!message.text().startsWith("Failed to load resource")) noise.push(message.text());
  });
  page.on("request", (request) => {
    if (new URL(request.url()).pathname !== "/v1/views") return;
    const body = request.postData();
    if (body) sent.push(JSON.parse(body));
  });
  await before?.(page);
  await page.goto(`${url}/console`);
  await page.evaluate(`(async () => {
    const { attach, init } = await import("/usher/player.js");
    await init();
    const video = document.createElement("video");
    video.muted = true;
    video.src = "/films/fifty-foot-test-card/film.mp4";
    document.body.append(video);
    await new Promise((resolve) => video.addEventListener("canplay", resolve, { once: true }));
    ${script}
    const session = attach(video, { viewer: "anna", title: "plan-9", ...(${options}) });
    Object.assign(globalThis, { session, video });
  })()`);
  const measured = () =>
    page.evaluate(() => {
      const { session } = /** @type {any} */ (globalThis);
      const { uniqueMs, playedMs } = session.engagement;
      return { viewId: session.viewId, uniqueMs, playedMs, delivery: session.delivery };
    });
  return {
    page,
    noise,
    sent,
    measured,
    play: async (seconds) => {
      await page.evaluate(async (length) => {
        const { video } = /** @type {any} */ (globalThis);
        await video.play();
        await new Promise((resolve) => setTimeout(resolve, length * 1000));
        const paused = new Promise((resolve) => {
          video.addEventListener("pause", resolve, { once: true });
        });
        video.pause();
        await paused;
      }, seconds);
      return measured();
    },
  };
}

/**
 * Closes it as a person does.
 * @param {Tab} tab
 */
export async function close({ page }) {
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
}

/**
 * Ends the tab's renderer as a fault of its own would.
 * @param {Tab} tab
 */
export async function crash({ page }) {
  const tools = await page.context().newCDPSession(page);
  const crashed = new Promise((resolve) => page.once("crash", resolve));
  // It never answers.
  void tools.send("Page.crash").catch(() => {});
  await crashed;
  await page.close();
}

/**
 * Everything of Usher that the origin stores: keys of `localStorage`, entries of IndexedDB.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export function stored(page) {
  return page.evaluate(async () => {
    const hot = Object.keys(localStorage).filter((key) => key.startsWith("usher"));
    const opened = indexedDB.open("usher");
    await new Promise((resolve) => (opened.onsuccess = resolve));
    const database = opened.result;
    if (!database.objectStoreNames.contains("views")) return hot;
    const all = database.transaction("views").objectStore("views").getAll();
    await new Promise((resolve) => (all.onsuccess = resolve));
    database.close();
    return [...hot, ...all.result.map(({ view }) => view)];
  });
}

/** @param {Tab[]} tabs */
export function assertSilent(...tabs) {
  for (const { noise } of tabs) assert.deepEqual(noise, []);
}
