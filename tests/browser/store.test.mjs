// @ts-check
// The player's store in real tabs of one origin: what stays, what goes, and what two tabs do at once.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { eventually } from "../edge/api.mjs";
import { startChromium } from "./chromium.mjs";
import { entryOf, keyOf, ofLength, openTab, startPages } from "./store-page.mjs";

/** @typedef {import("./store-page.mjs").Tab} Tab */
/** @typedef {import("./store-page.mjs").Entry} Entry */

const DAY_MS = 86_400_000;
const HOT_UNITS_MAX = 2048;
const ENTRIES_MAX = 500;

describe("the player's store", () => {
  /** @type {Awaited<ReturnType<typeof startPages>>} */
  let pages;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("playwright-core").BrowserContext} */
  let context;
  /** @type {Tab[]} */
  let tabs;

  const open = async () => {
    const tab = await openTab(context, pages.url);
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

  test("a snapshot is there when save returns, and a crash of the page leaves it", async () => {
    const tab = await open();
    const entry = entryOf(1, { title: '千と千尋の神隠し 🎬\u0000\ud800 "\\' });
    const there = await tab.evaluate(
      ({ entry, key }) => {
        /** @type {any} */ (globalThis).store.save(entry);
        return localStorage.getItem(key);
      },
      { entry, key: keyOf(entry) },
    );
    assert.equal(there, JSON.stringify(entry));
    assert.deepEqual(await tab.backlog(), []);
    const crashed = tab.page.waitForEvent("crash");
    await tab.page.goto("chrome://crash").catch(() => {});
    await crashed;
    const next = await open();
    assert.deepEqual(await next.load(), [entry]);
    assert.deepEqual(await next.state(), { trouble: null, lost: 0, corrupt: 0, told: 0 });
  });

  test("a value of 2,048 units is hot, a longer one is in the backlog", async () => {
    const tab = await open();
    const film = { title: "🎬🎬" };
    const hot = ofLength(entryOf(1, film), HOT_UNITS_MAX);
    const long = ofLength(entryOf(2, film), HOT_UNITS_MAX + 1);
    await tab.save(hot);
    await tab.save(long);
    await eventually(async () => assert.deepEqual(await tab.backlog(), [long]));
    assert.deepEqual(await tab.hot(), { [keyOf(hot)]: JSON.stringify(hot) });
  });

  test("the older hot value goes when the longer one is committed, and not before", async () => {
    const tab = await open();
    const [short, long] = [entryOf(1), ofLength(entryOf(1, { version: 2 }), 5000)];
    const seen = await tab.evaluate(
      async ({ short, long, key }) => {
        const { store } = /** @type {any} */ (globalThis);
        store.save(short);
        store.save(long);
        const before = localStorage.getItem(key);
        // The same entry once more: its promise says when the first is committed, too.
        await store.keep(long);
        return [before, localStorage.getItem(key)];
      },
      { short, long, key: keyOf(short) },
    );
    assert.deepEqual(seen, [JSON.stringify(short), null]);
    assert.deepEqual(await tab.backlog(), [long]);
  });

  test("keep takes the hot value away up to its version", async () => {
    const tab = await open();
    for (const [hot, kept, stays] of /** @type {const} */ ([
      [4, 5, false],
      [5, 5, false],
      [6, 5, true],
    ])) {
      await tab.save(entryOf(hot, { version: hot }));
      assert.equal(await tab.keep(entryOf(hot, { version: kept })), true);
      assert.equal(keyOf(entryOf(hot)) in (await tab.hot()), stays, `${hot} ${kept}`);
    }
  });

  test("the backlog keeps the higher version, whatever comes when", async () => {
    const [tab, other] = [await open(), await open()];
    for (const version of [3, 7, 5, 7]) assert.ok(await tab.keep(entryOf(1, { version })));
    assert.deepEqual((await tab.backlog()).map(versionOf), [7]);
    const versions = Array.from({ length: 60 }, (_, index) => 100 + ((index * 37) % 60));
    const keepAll = (/** @type {Tab} */ tab, /** @type {number} */ half) =>
      Promise.all(
        versions
          .filter((version) => version % 2 === half)
          .map((version) => tab.keep(entryOf(1, { version }))),
      );
    const kept = await Promise.all([keepAll(tab, 0), keepAll(other, 1)]);
    assert.ok(kept.flat().every(Boolean));
    assert.deepEqual((await tab.backlog()).map(versionOf), [159]);
  });

  test("load gives what other page loads left, the latest of each, newest first", async () => {
    const earlier = await open();
    const now = Date.now();
    const [one, two, three] = [1, 2, 3].map((number) =>
      entryOf(number, { savedMs: now + number, version: 5 }),
    );
    assert.ok(one && two && three);
    await earlier.keep({ ...one, version: 4 });
    await earlier.save(one);
    await earlier.keep(two);
    await earlier.save({ ...two, version: 4 });
    await earlier.keep(three);
    // The same view in another page load, and another view in the same one.
    const sister = { ...one, producer: entryOf(9).producer, savedMs: now };
    const brother = { ...one, view: entryOf(9).view, savedMs: now - 1 };
    await earlier.save(sister);
    await earlier.keep(brother);
    const next = await open();
    const own = entryOf(4);
    await next.save(own);
    assert.deepEqual(await next.load(), [three, two, one, sister, brother]);
    assert.deepEqual(await earlier.load(), [three, own, brother].sort(newestFirst));
  });

  test("what is older than 30 days is dropped and counted, once", async () => {
    const tab = await open();
    const now = Date.now();
    const young = entryOf(1, { savedMs: now - 30 * DAY_MS + 60_000 });
    await tab.save(young);
    await tab.save(entryOf(2, { savedMs: now - 30 * DAY_MS - 1 }));
    await tab.keep(entryOf(3, { savedMs: now - 31 * DAY_MS }));
    const next = await open();
    assert.deepEqual(await next.load(), [young]);
    assert.equal((await next.state()).lost, 2);
    await eventually(async () => assert.deepEqual(await next.backlog(), []));
    assert.deepEqual(Object.keys(await next.hot()), [keyOf(young)]);
    assert.deepEqual(await next.load(), [young]);
    assert.equal((await next.state()).lost, 2);
  });

  test("load gives at most 500, and the oldest beyond are dropped and counted", async () => {
    const tab = await open();
    const now = Date.now();
    const entries = Array.from({ length: ENTRIES_MAX + 2 }, (_, index) =>
      entryOf(index, { savedMs: now - index * 1000 }),
    );
    await tab.evaluate(async (entries) => {
      const { store } = /** @type {any} */ (globalThis);
      for (const [index, entry] of entries.entries()) {
        if (index % 2) store.save(entry);
        else await store.keep(entry);
      }
    }, entries);
    const next = await open();
    assert.deepEqual(await next.load(), entries.slice(0, ENTRIES_MAX));
    assert.equal((await next.state()).lost, 2);
    await eventually(async () => {
      const stored = [...Object.keys(await next.hot()), ...(await next.backlog()).map(keyOf)];
      assert.deepEqual(stored.sort(), entries.slice(0, ENTRIES_MAX).map(keyOf).sort());
    });
  });

  test("the backlog holds at most 500, and the oldest beyond are dropped and counted", async () => {
    const tab = await open();
    const now = Date.now();
    const entries = Array.from({ length: ENTRIES_MAX + 3 }, (_, index) =>
      entryOf(index, { savedMs: now - ((index * 7) % ENTRIES_MAX) * 1000 }),
    );
    await tab.evaluate(async (entries) => {
      const { store } = /** @type {any} */ (globalThis);
      for (const entry of entries) await store.keep(entry);
    }, entries);
    const kept = await tab.backlog();
    assert.equal(kept.length, ENTRIES_MAX);
    assert.equal((await tab.state()).lost, 3);
    const oldest = Math.min(...kept.map(({ savedMs }) => savedMs));
    const dropped = entries.filter(({ view }) => !kept.some((entry) => entry.view === view));
    assert.ok(dropped.every(({ savedMs }) => savedMs <= oldest));
    // A newer version of what is there takes no room.
    assert.ok(await tab.keep({ ...entryOf(0), version: 2 }));
    assert.equal((await tab.backlog()).length, ENTRIES_MAX);
    assert.equal((await tab.state()).lost, 3);
  });

  test("torn and foreign values are removed and counted, and never thrown", async () => {
    const tab = await open();
    const entry = entryOf(1);
    const text = JSON.stringify(entry);
    const torn = ["", "null", "7", '"a"', "[]", "{}", text.slice(0, -1), text.slice(1), "\ud800"];
    const foreign = WRONG.map((changes) => JSON.stringify({ ...entry, ...changes }));
    const values = [...torn, ...foreign];
    await tab.save(entry);
    await tab.keep(entryOf(2));
    await tab.evaluate(
      async ({ values, wrong, entry }) => {
        localStorage.setItem("page", "{");
        localStorage.setItem("usher", "{");
        for (const [index, value] of values.entries()) {
          localStorage.setItem(`usher:${index}`, value);
        }
        // A whole entry that is another's.
        localStorage.setItem("usher:copy", JSON.stringify(entry));
        const request = indexedDB.open("usher", 1);
        await new Promise((opened) => (request.onsuccess = opened));
        const transaction = request.result.transaction("views", "readwrite");
        for (const [index, changes] of wrong.entries()) {
          const value = { ...entry, view: `view ${index}`, ...changes };
          // What is no key cannot be in the database.
          const isKey = [value.view, value.producer].every((part) => typeof part === "string");
          if (isKey) transaction.objectStore("views").put(value);
        }
        await new Promise((complete) => (transaction.oncomplete = complete));
        request.result.close();
      },
      { values, wrong: WRONG, entry },
    );
    const inDatabase = (await tab.backlog()).length - 1;
    assert.ok(inDatabase > 10);
    const next = await open();
    const found = await next.load();
    assert.deepEqual(found.map(keyOf).sort(), [entry, entryOf(2)].map(keyOf).sort());
    assert.deepEqual(await next.state(), {
      trouble: null,
      lost: 0,
      corrupt: values.length + 1 + inDatabase,
      told: 0,
    });
    assert.deepEqual(Object.keys(await next.hot()).sort(), ["page", "usher", keyOf(entry)].sort());
    assert.equal((await next.backlog()).length, 1);
  });

  test("remove takes what is stored up to the version, a later one stays", async () => {
    const tab = await open();
    for (const [number, stored, removed, stays] of /** @type {const} */ ([
      [1, 5, 4, true],
      [2, 5, 5, false],
      [3, 5, 6, false],
    ])) {
      const [entry, upTo] = [stored, removed].map((version) => entryOf(number, { version }));
      assert.ok(entry && upTo);
      await tab.keep(entry);
      await tab.save(entry);
      await tab.remove(upTo);
      assert.equal(keyOf(entry) in (await tab.hot()), stays);
      const left = (await tab.backlog()).filter(({ view }) => view === entry.view);
      assert.equal(left.length === 1, stays);
    }
  });

  test("what another tab removes up to an older version stays", async () => {
    const [owner, other] = [await open(), await open()];
    await owner.save(entryOf(1, { version: 5 }));
    await owner.keep(entryOf(2, { version: 5 }));
    const [found] = [await other.load()];
    assert.deepEqual(found.map(versionOf), [5, 5]);
    await owner.save(entryOf(1, { version: 6 }));
    await Promise.all([
      owner.keep(entryOf(2, { version: 6 })),
      ...found.map((entry) => other.remove(entry)),
    ]);
    assert.deepEqual((await owner.backlog()).map(versionOf), [6]);
    assert.equal(JSON.parse((await owner.hot())[keyOf(entryOf(1))] ?? "").version, 6);
  });

  test("purge removes all of Usher, and nothing of the page's", async () => {
    const [tab, other] = [await open(), await open()];
    const theirs = { usher: "a", "ush:er": "b", theme: "dark" };
    await tab.evaluate((theirs) => Object.assign(localStorage, theirs), theirs);
    await tab.save(entryOf(1));
    await other.save(entryOf(2));
    await other.keep(entryOf(3));
    await tab.evaluate(() => localStorage.setItem("usher:torn", "{"));
    const both = tab.evaluate(async (entry) => {
      const { store } = /** @type {any} */ (globalThis);
      // What is on its way goes, too.
      const kept = store.keep(entry);
      return [await store.purge(), await kept];
    }, entryOf(4));
    assert.deepEqual(await both, [true, true]);
    assert.deepEqual(await tab.hot(), theirs);
    assert.deepEqual(await tab.backlog(), []);
    assert.deepEqual(await other.load(), []);
    await tab.save(entryOf(1));
    assert.equal((await tab.state()).trouble, null);
  });
});

const versionOf = (/** @type {Entry} */ { version }) => version;

/** @type {(one: Entry, other: Entry) => number} */
const newestFirst = (one, other) => other.savedMs - one.savedMs;

/** @type {Record<string, unknown>[]} what makes an entry none */
const WRONG = [
  { viewer: "" },
  { viewer: 7 },
  { view: ["a"] },
  { view: null },
  { title: null },
  { title: { trim: 1 } },
  { title: [] },
  { producer: "" },
  { producer: 1 },
  { state: "" },
  { state: null },
  { state: [1, 2] },
  { version: "1" },
  { version: null },
  { version: {} },
  { savedMs: null },
  { savedMs: "2026" },
  { at: null },
  { at: 7 },
  { at: [] },
  { at: [1] },
  { at: ["1", "2"] },
  { at: "12" },
];
