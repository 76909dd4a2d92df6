// @ts-check
// Pages of one origin that have the player's store and nothing else.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { build } from "esbuild";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("../../www/player/store.js").Entry} Entry */
/** @typedef {Awaited<ReturnType<typeof openTab>>} Tab */

const PAGE = `<!doctype html><title>store</title><script type="module">
  import { Store } from "/store.js";
  globalThis.told = 0;
  globalThis.store = new Store(() => { told += 1; });
</script>`;

/** A document of an origin that may store nothing, as an embedded one often is. */
const SANDBOX = `<!doctype html><title>host</title><iframe sandbox="allow-scripts" src="/"></iframe>`;

/** Serves the page at `/` and, inside a sandbox, at `/sandbox`. */
export async function startPages() {
  const { outputFiles } = await build({
    entryPoints: ["www/player/store.js"],
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    write: false,
  });
  const script = outputFiles[0]?.text ?? "";
  const server = createServer(({ url }, response) => {
    const [type, text] =
      url === "/store.js"
        ? ["text/javascript", script]
        : ["text/html", url === "/sandbox" ? SANDBOX : PAGE];
    // A document of no origin loads the script across origins.
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("content-type", type).end(text);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => new Promise((stopped) => server.close(stopped).closeAllConnections()),
  };
}

/**
 * Opens a tab and waits for its store. `noise` is what the host page would have seen of it.
 * @param {import("playwright-core").BrowserContext} context
 * @param {string} url
 */
export async function openTab(context, url) {
  const page = await context.newPage();
  /** @type {string[]} */
  const noise = [];
  page.on("pageerror", (error) => noise.push(String(error)));
  page.on("console", (message) => noise.push(message.text()));
  await page.goto(url);
  const frame = page.frames().at(-1) ?? page.mainFrame();
  await frame.waitForFunction("globalThis.store");
  return Object.assign(tabOf(frame), { page, noise });
}

/**
 * The verbs of a store, in a frame of a page.
 * @param {import("playwright-core").Frame} frame
 */
function tabOf(frame) {
  /** @type {(verb: string, entry?: Entry) => Promise<any>} */
  const call = (verb, entry) =>
    frame.evaluate(
      (given) => /** @type {any} */ (globalThis).store[given.verb](given.entry),
      /** @type {{ verb: string, entry: any }} */ ({ verb, entry }),
    );
  return {
    save: (/** @type {Entry} */ entry) => call("save", entry),
    keep: (/** @type {Entry} */ entry) => call("keep", entry),
    remove: (/** @type {Entry} */ entry) => call("remove", entry),
    purge: () => call("purge"),
    /** @returns {Promise<Entry[]>} */
    load: () => call("load"),
    /** @returns {Promise<{ trouble: string | null, lost: number, corrupt: number, told: number }>} */
    state: () =>
      frame.evaluate(() => {
        const { store, told } = /** @type {any} */ (globalThis);
        const { trouble, lost, corrupt } = store;
        return { trouble, lost, corrupt, told };
      }),
    /** @returns {Promise<Record<string, string>>} all of the origin's `localStorage` */
    hot: () => frame.evaluate(() => ({ ...localStorage })),
    /** @returns {Promise<Entry[]>} what is in the database */
    backlog: () => frame.evaluate(readBacklog),
    evaluate: frame.evaluate.bind(frame),
  };
}

/** Runs in the page. */
function readBacklog() {
  return new Promise((found, failed) => {
    const request = indexedDB.open("usher", 1);
    // None yet: the upgrade is undone, and so nothing is made.
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onerror = () =>
      request.error?.name === "AbortError" ? found([]) : failed(request.error);
    request.onsuccess = () => {
      const all = request.result.transaction("views").objectStore("views").getAll();
      all.onsuccess = () => found(all.result);
      request.result.close();
    };
  });
}

/**
 * @param {number} number which of them
 * @param {Partial<Entry>} [changes]
 * @returns {Entry}
 */
export function entryOf(number, changes = {}) {
  const hex = number.toString(16).padStart(32, "0");
  return {
    viewer: "anna",
    view: `a${hex.slice(1)}`,
    title: "Plan 9 from Outer Space",
    producer: `b${hex.slice(1)}`,
    version: 1,
    state: "AQID_-",
    at: [1234.5, 1_700_000_000_000],
    savedMs: Date.now(),
    ...changes,
  };
}

/** @param {Entry} entry */
export const keyOf = ({ view, producer }) => `usher:${view}:${producer}`;

/**
 * Whose value is this long, in UTF-16 units.
 * @param {Entry} entry
 * @param {number} units
 */
export function ofLength(entry, units) {
  const state = "A".repeat(units - JSON.stringify({ ...entry, state: "" }).length);
  assert.ok(state.length > 0);
  return { ...entry, state };
}
