// @ts-check
// The player's store where storage is full, refused, deleted, held by another tab: it says so, and
// nothing throws, rejects or waits for ever.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { eventually } from "../edge/api.mjs";
import { startChromium } from "./chromium.mjs";
import { entryOf, keyOf, ofLength, openTab, startPages } from "./store-page.mjs";

/** @typedef {import("./store-page.mjs").Tab} Tab */

describe("the player's store", () => {
  /** @type {Awaited<ReturnType<typeof startPages>>} */
  let pages;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("playwright-core").BrowserContext} */
  let context;
  /** @type {Tab[]} */
  let tabs;

  const open = async (path = "/") => {
    const tab = await openTab(context, pages.url + path);
    tabs.push(tab);
    return tab;
  };

  before(async () => {
    [pages, browser] = await Promise.all([startPages(), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await pages?.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    tabs = [];
  });
  afterEach(async () => {
    for (const { noise } of tabs) assert.deepEqual(noise, [], "the host page is disturbed");
    await context.close();
  });

  test("a full localStorage moves Usher's own entries to the backlog", async () => {
    const tab = await open();
    const now = Date.now();
    const [old, other, fresh] = [1, 2, 3].map((number) =>
      ofLength(entryOf(number, { savedMs: now + number }), 1500),
    );
    assert.ok(old && other && fresh);
    await tab.save(old);
    await tab.save(other);
    const theirs = await tab.evaluate(fillLocalStorage);
    assert.ok(theirs > 1_000_000);
    await tab.save(fresh);
    const { trouble, told } = await tab.state();
    assert.deepEqual([trouble, told], ["full", 1]);
    await eventually(async () => {
      const kept = (await tab.backlog()).map(keyOf);
      assert.deepEqual(kept.sort(), [old, other, fresh].map(keyOf).sort());
      assert.deepEqual(Object.keys(await tab.hot()), ["page"]);
    });
    // There is room again: the next snapshot is hot, and nothing is wrong any more.
    const next = { ...fresh, version: 2 };
    await tab.save(next);
    assert.equal((await tab.hot())[keyOf(fresh)], JSON.stringify(next));
    assert.deepEqual((await tab.state()).trouble, null);
    assert.equal((await tab.hot()).page?.length, theirs);
    const later = await open();
    assert.deepEqual(
      (await later.load()).map(({ view, version }) => [view, version]),
      [next, other, old].map(({ view, version }) => [view, version]),
    );
  });

  for (const quotaSize of [1, 100_000]) {
    test(`without room for ${quotaSize} bytes anywhere the older snapshot stays`, async () => {
      const tab = await open();
      const devtools = await context.newCDPSession(tab.page);
      // Before the database is first used: Chromium asks for the room that is left only now and then.
      await devtools.send("Storage.overrideQuotaForOrigin", { origin: pages.url, quotaSize });
      const old = entryOf(1);
      await tab.save(old);
      assert.equal(await tab.keep(entryOf(2)), quotaSize > 1);
      await tab.evaluate(fillLocalStorage);
      const long = ofLength(entryOf(1, { version: 2 }), 400_000);
      assert.equal(await tab.keep(long), false);
      await tab.save(long);
      assert.equal((await tab.state()).trouble, "full");
      assert.deepEqual((await tab.hot())[keyOf(old)], JSON.stringify(old));
      await devtools.send("Storage.overrideQuotaForOrigin", { origin: pages.url });
      assert.equal(await tab.keep(long), true);
      assert.equal((await tab.state()).trouble, null);
      assert.equal(keyOf(old) in (await tab.hot()), false);
    });
  }

  test("an origin that may store nothing is private, not an error", async () => {
    const tab = await open("/sandbox");
    const name = await tab.evaluate(() => {
      try {
        return typeof localStorage;
      } catch (error) {
        return /** @type {Error} */ (error).name;
      }
    });
    assert.equal(name, "SecurityError");
    assert.equal((await tab.state()).trouble, null);
    await tab.save(entryOf(1));
    assert.deepEqual(await tab.state(), { trouble: "private", lost: 0, corrupt: 0, told: 1 });
    await tab.save(ofLength(entryOf(1), 5000));
    assert.equal(await tab.keep(entryOf(1)), false);
    assert.deepEqual(await tab.load(), []);
    assert.equal(await tab.remove(entryOf(1)), false);
    assert.equal(await tab.purge(), false);
    assert.deepEqual(await tab.state(), { trouble: "private", lost: 0, corrupt: 0, told: 1 });
  });

  test("a page without one of the two storages goes on with the other", async () => {
    const [tab, other] = [await open(), await open()];
    // As some web views are, which switch one of them off.
    await tab.evaluate(() => Object.defineProperty(globalThis, "indexedDB", { value: undefined }));
    await tab.save(entryOf(1));
    assert.equal((await tab.state()).trouble, null);
    assert.equal(await tab.keep(entryOf(1)), false);
    assert.equal((await tab.state()).trouble, "missing");
    assert.deepEqual(Object.keys(await tab.hot()), [keyOf(entryOf(1))]);
    await other.evaluate(() => Object.defineProperty(globalThis, "localStorage", { value: null }));
    await other.save(entryOf(2));
    assert.equal((await other.state()).trouble, "missing");
    await eventually(async () =>
      assert.deepEqual((await other.backlog()).map(keyOf), [keyOf(entryOf(2))]),
    );
  });

  test("another tab may delete the database, and the next entry makes a new one", async () => {
    const [tab, other] = [await open(), await open()];
    assert.ok(await tab.keep(entryOf(1)));
    const blocked = await other.evaluate(
      () =>
        new Promise((ended) => {
          const request = indexedDB.deleteDatabase("usher");
          request.onsuccess = () => ended(false);
          request.onblocked = () => ended(true);
        }),
    );
    assert.equal(blocked, false);
    assert.deepEqual(await tab.backlog(), []);
    assert.ok(await tab.keep(entryOf(2)));
    assert.deepEqual((await tab.backlog()).map(keyOf), [keyOf(entryOf(2))]);
    assert.equal((await tab.state()).trouble, null);
  });

  test("a newer database takes the place of this one, and hot values stay", async () => {
    const [tab, other] = [await open(), await open()];
    assert.ok(await tab.keep(entryOf(1)));
    await other.evaluate(async () => {
      const request = indexedDB.open("usher", 2);
      await new Promise((opened) => (request.onsuccess = opened));
      request.result.onversionchange = () => request.result.close();
    });
    await tab.save(entryOf(2));
    assert.equal(await tab.keep(entryOf(2)), false);
    assert.equal((await tab.state()).trouble, "blocked");
    assert.deepEqual(await tab.load(), []);
    assert.equal(await tab.purge(), false);
    await tab.save(entryOf(2));
    assert.deepEqual(Object.keys(await tab.hot()), [keyOf(entryOf(2))]);
    await other.evaluate(
      () =>
        new Promise((deleted) => {
          indexedDB.deleteDatabase("usher").onsuccess = deleted;
        }),
    );
    assert.equal(await tab.keep(entryOf(2)), true);
    assert.equal((await tab.state()).trouble, null);
  });

  test("a database that does not open is given up, and used when it does", async () => {
    const [holder, tab] = [await open(), await open()];
    // A connection that no one closes, and a deletion that waits for it: whoever opens waits, too.
    await holder.evaluate(async () => {
      const request = indexedDB.open("usher", 1);
      await new Promise((opened) => (request.onsuccess = opened));
      Object.assign(globalThis, { held: request.result });
      const deletion = indexedDB.deleteDatabase("usher");
      await new Promise((blocked) => (deletion.onblocked = blocked));
    });
    await tab.save(entryOf(1));
    const kept = await tab.evaluate(async (entry) => {
      const { store } = /** @type {any} */ (globalThis);
      // Those that come later do not wait longer, and none of them begins another request.
      return Promise.all([store.keep(entry), store.load(), store.remove(entry), store.keep(entry)]);
    }, entryOf(1));
    assert.deepEqual([kept[0], kept[2], kept[3]], [false, false, false]);
    assert.equal((await tab.state()).trouble, "blocked");
    await tab.save(entryOf(2));
    assert.deepEqual(Object.keys(await tab.hot()), [keyOf(entryOf(2))]);
    await holder.evaluate(() => /** @type {any} */ (globalThis).held.close());
    await eventually(async () => assert.equal(await tab.keep(entryOf(2)), true));
    assert.deepEqual((await tab.backlog()).map(keyOf), [keyOf(entryOf(2))]);
    assert.deepEqual(await tab.hot(), {});
    assert.equal((await tab.state()).trouble, null);
  });

  test("a transaction that another tab holds is given up after a while", async () => {
    const [holder, tab] = [await open(), await open()];
    assert.ok(await tab.keep(entryOf(1)));
    await holder.evaluate(async () => {
      const request = indexedDB.open("usher", 1);
      await new Promise((opened) => (request.onsuccess = opened));
      const store = request.result.transaction("views", "readwrite").objectStore("views");
      Object.assign(globalThis, { release: false });
      // It asks again and again, so that the transaction never ends by itself.
      const ask = () => {
        if (!(/** @type {any} */ (globalThis).release)) store.count().onsuccess = ask;
      };
      ask();
    });
    await tab.save(entryOf(2));
    assert.equal(await tab.keep(entryOf(2)), false);
    assert.equal((await tab.state()).trouble, "blocked");
    assert.deepEqual(Object.keys(await tab.hot()), [keyOf(entryOf(2))]);
    await holder.evaluate(() => Object.assign(globalThis, { release: true }));
    assert.equal(await tab.keep(entryOf(2)), true);
    assert.equal((await tab.state()).trouble, null);
  });
});

/**
 * Runs in the page: writes until there is no room for one more unit.
 * @returns {number} units in the page's own key
 */
function fillLocalStorage() {
  let text = "";
  for (let units = 1 << 20; units >= 1; units >>= 1) {
    try {
      for (;;) {
        localStorage.setItem("page", text + "x".repeat(units));
        text += "x".repeat(units);
      }
    } catch {
      // Full, for this much.
    }
  }
  return text.length;
}
