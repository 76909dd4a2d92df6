// @ts-check
// What a page measured reaches the centre, whatever becomes of the page; and what a viewer does not
// allow goes nowhere.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { eventually } from "../edge/api.mjs";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";
import { assertSilent, close, crash, openTab, stored } from "./delivery-tab.mjs";
import { centralRecord } from "./player-page.mjs";

/** What a crash may take: the time between two snapshots, and one poll. */
const CRASH_MS_MAX = 1250;

/** @type {import("../edge/server.mjs").Server} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("playwright-core").BrowserContext} one profile: its tabs share the storage */
let context;

before(async () => {
  [server, browser] = await Promise.all([startServer(), startChromium()]);
});
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(() => context.close());
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Sends every second, unless it is told otherwise. */
const open = (/** @type {Parameters<typeof openTab>[2]} */ how) =>
  openTab(context, server.url, { options: "{ intervalMs: 1000 }", ...how });

/** The edge is not to be reached from any tab. */
const cutOff = () => context.route("**/v1/views", (route) => route.abort());
const reconnect = () => context.unroute("**/v1/views");

/** @param {import("./delivery-tab.mjs").Measured} measured */
async function assertArrived({ viewId, uniqueMs, playedMs }) {
  const is = (/** @type {any} */ r) => r.unique_ms === uniqueMs && r.played_ms === playedMs;
  const { unique_ms, played_ms } = await centralRecord(server.url, viewId, is);
  assert.deepEqual({ unique_ms, played_ms }, { unique_ms: uniqueMs, played_ms: playedMs });
}

/** @param {import("./delivery-tab.mjs").Tab} tab */
const nothingWaits = ({ measured, page }) =>
  eventually(async () => {
    assert.equal((await measured()).delivery.waiting, 0);
    assert.deepEqual(await stored(page), []);
  });

describe("what was not delivered goes with the next page", () => {
  test("after the tab was closed", async () => {
    await cutOff();
    const tab = await open({});
    const left = await tab.play(1.2);
    assert.ok(left.uniqueMs > 800);
    assert.equal(left.delivery.waiting, 1);
    await close(tab);
    await reconnect();
    const next = await open({});
    await assertArrived(left);
    await nothingWaits(next);
    assertSilent(tab, next);
  });

  test("after the renderer crashed, up to a second before", async () => {
    await cutOff();
    const tab = await open({});
    await tab.page.evaluate(() => void (/** @type {any} */ (globalThis).video.play()));
    await tab.page.waitForFunction(
      () => /** @type {any} */ (globalThis).session.engagement.uniqueMs > 2500,
    );
    const last = await tab.measured();
    await crash(tab);
    await reconnect();
    const next = await open({});
    const record = await centralRecord(server.url, last.viewId, (r) => r.unique_ms > 0);
    assert.ok(record.unique_ms >= last.uniqueMs - CRASH_MS_MAX, `${record.unique_ms}`);
    assert.ok(record.unique_ms <= record.played_ms + 50);
    assertSilent(tab, next);
  });

  test("after other content took its place, and the crash of that too", async () => {
    await cutOff();
    const tab = await open({
      script: "globalThis.title = 'first';",
      options: "{ title: () => title }",
    });
    const first = await tab.play(0.8);
    await tab.page.evaluate(async () => {
      const page = /** @type {any} */ (globalThis);
      page.title = "second";
      page.session.restart();
    });
    const second = await tab.play(0.8);
    assert.notEqual(second.viewId, first.viewId);
    assert.equal(second.delivery.waiting, 2);
    await eventually(async () => assert.equal((await stored(tab.page)).length, 2));
    await crash(tab);
    await reconnect();
    const next = await open({});
    await assertArrived(first);
    await assertArrived(second);
    await nothingWaits(next);
    const titles = new Map(next.sent.flatMap(({ views }) => views.map((v) => [v.view, v.title])));
    assert.equal(titles.get(first.viewId), "first");
    assert.equal(titles.get(second.viewId), "second");
  });

  test("with the clocks of the page that measured it", async () => {
    await cutOff();
    const tab = await open({});
    const left = await tab.play(0.5);
    await tab.page.close();
    const leftAt = Date.now();
    await reconnect();
    const next = await open({});
    await assertArrived(left);
    const sent = await eventually(async () => {
      const views = next.sent.flatMap(({ views }) => views);
      const found = views.find(({ view }) => view === left.viewId);
      assert.ok(found);
      return found;
    });
    const [monotonic, wall] = sent.at;
    assert.ok(monotonic > 0 && wall <= leftAt && wall > leftAt - 60_000, `${sent.at}`);
  });

  test("but only with a page of the same viewer", async () => {
    await cutOff();
    const tab = await open({});
    const left = await tab.play(0.5);
    await tab.page.close();
    await reconnect();
    const other = await open({ options: "{ viewer: 'bert' }" });
    await assertArrived(await other.play(0.5));
    assert.ok(other.sent.every(({ viewer, views }) => viewer === "bert" && views.length === 1));
    const next = await open({});
    await assertArrived(left);
    assertSilent(tab, other, next);
  });
});

describe("two tabs", () => {
  for (const [name, script, timesMax] of /** @type {const} */ ([
    ["send what was left once", "", 1],
    [
      "without locks may send it twice, which changes nothing",
      "delete Navigator.prototype.locks;",
      2,
    ],
  ])) {
    test(name, async () => {
      await cutOff();
      const tab = await open({});
      const left = await tab.play(0.8);
      await tab.page.close();
      await reconnect();
      const tabs = await Promise.all([open({ script }), open({ script })]);
      const both = await Promise.all(tabs.map((each) => each.play(0.6)));
      for (const measured of [left, ...both]) await assertArrived(measured);
      for (const each of tabs) await nothingWaits(each);
      const times = tabs
        .flatMap(({ sent }) => sent.flatMap(({ views }) => views))
        .filter(({ view }) => view === left.viewId).length;
      assert.ok(times >= 1 && times <= timesMax, `${times}`);
      assertSilent(tab, ...tabs);
    });
  }
});

describe("a page that goes away", () => {
  test("sends when it is hidden and again when it is left, and forgets nothing for it", async () => {
    const tab = await open({ options: "{ intervalMs: 600_000 }" });
    await tab.page.evaluate(() => void (/** @type {any} */ (globalThis).video.play()));
    await tab.page.waitForFunction(
      () => /** @type {any} */ (globalThis).session.engagement.uniqueMs > 500,
    );
    assert.equal(tab.sent.length, 0);
    // Headless pages are never hidden by themselves.
    await tab.page.evaluate(() => {
      Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await eventually(async () => assert.equal(tab.sent.length, 1));
    const { viewId, uniqueMs, delivery } = await tab.measured();
    assert.equal(delivery.waiting, 1);
    assert.equal((await stored(tab.page)).length, 1);
    await tab.page.waitForFunction(
      (hiddenMs) => /** @type {any} */ (globalThis).session.engagement.uniqueMs > hiddenMs + 500,
      uniqueMs,
    );
    await tab.page.goto("about:blank");
    const record = await centralRecord(server.url, viewId, (r) => r.unique_ms > uniqueMs + 500);
    assert.ok(record.unique_ms > uniqueMs + 500, `${record.unique_ms} after ${uniqueMs}`);
    assertSilent(tab);
  });
});

describe("an edge that asks for silence", () => {
  test("has it from the next page load and the next tab too", async () => {
    let refusals = 0;
    await context.route("**/v1/views", (route) => {
      refusals += 1;
      return route.fulfill({ status: 429, headers: { "retry-after": "8" }, body: "{}" });
    });
    const tab = await open({});
    const left = await tab.play(0.5);
    await eventually(async () => assert.equal((await tab.measured()).delivery.state, "waiting"));
    const until = Date.now() + 8000 - 500;
    await close(tab);
    const [one, other] = await Promise.all([open({}), open({})]);
    const more = await one.play(0.5);
    await one.page.evaluate(() => void (/** @type {any} */ (globalThis).session.flush()));
    await close(other);
    assert.ok(Date.now() < until, "this machine is too slow for this test");
    assert.deepEqual([refusals, one.sent.length, other.sent.length], [1, 0, 0]);
    await context.unroute("**/v1/views");
    await assertArrived(left);
    await assertArrived(more);
    assertSilent(tab, one, other);
  });
});

describe("an edge that asks another tab for a longer silence", () => {
  test("has that, whatever this tab is told", async () => {
    const tab = await open({});
    await context.route("**/v1/views", async (route) => {
      await tab.page.evaluate(() => {
        localStorage["usher-silent-until"] = Date.now() + 120_000;
      });
      return route.fulfill({ status: 503, headers: { "retry-after": "1" }, body: "{}" });
    });
    await tab.play(0.5);
    await eventually(async () => assert.equal((await tab.measured()).delivery.state, "waiting"));
    const leftMs = await tab.page.evaluate(
      () => Number(localStorage["usher-silent-until"]) - Date.now(),
    );
    assert.ok(leftMs > 30_000, `${leftMs}`);
    assertSilent(tab);
  });
});

describe("consent", () => {
  const how = {
    script: "globalThis.consent = 'pending';",
    options: "{ consent: () => consent, intervalMs: 1000 }",
  };
  /** @type {(tab: import("./delivery-tab.mjs").Tab, consent: string) => Promise<void>} */
  const decide = ({ page }, consent) =>
    page.evaluate((given) => {
      /** @type {any} */ (globalThis).consent = given;
    }, consent);

  test("that is pending leaves no trace; granted, all that was measured goes", async () => {
    const tab = await open(how);
    const before = await tab.play(1.5);
    assert.ok(before.uniqueMs > 1000);
    assert.deepEqual(await stored(tab.page), []);
    assert.equal(tab.sent.length, 0);
    await decide(tab, "granted");
    await assertArrived(await tab.play(0.3));
    await nothingWaits(tab);
    assertSilent(tab);
  });

  test("that is withdrawn empties the storage, and no request follows", async () => {
    const tab = await open({ ...how, script: "globalThis.consent = 'granted';" });
    await cutOff();
    const before = await tab.play(1.2);
    assert.ok((await stored(tab.page)).length > 0);
    await tab.page.evaluate(() => void (/** @type {any} */ (globalThis).video.play()));
    await decide(tab, "denied");
    await eventually(async () => assert.deepEqual(await stored(tab.page), []));
    await reconnect();
    const requests = tab.sent.length;
    const denied = await tab.play(1.5);
    assert.equal(denied.uniqueMs, 0);
    assert.notEqual(denied.viewId, before.viewId);
    await tab.page.evaluate(() => /** @type {any} */ (globalThis).session.flush());
    assert.deepEqual(await stored(tab.page), []);

    await decide(tab, "granted");
    const again = await tab.play(0.5);
    await assertArrived(again);
    assert.equal((await fetch(`${server.url}/v1/views/${before.viewId}`)).status, 404);
    assert.ok(tab.sent.slice(requests).every(({ views }) => views[0]?.view === again.viewId));
    assertSilent(tab);
  });

  test("that is denied is asked before a page is left", async () => {
    const tab = await open({ ...how, script: "globalThis.consent = 'denied';" });
    await tab.play(0.5);
    await tab.page.goto("about:blank");
    const next = await open(how);
    assert.deepEqual(await stored(next.page), []);
    assert.deepEqual([tab.sent.length, next.sent.length], [0, 0]);
    assertSilent(tab, next);
  });
});

describe("a session token", () => {
  /** @type {import("../edge/server.mjs").Server} takes signed views only */
  let strict;
  before(async () => {
    const SESSION_KEYS = `k:${randomBytes(32).toString("base64url")}`;
    strict = await startServer({ environment: { SESSION_KEYS, UNSIGNED_VIEWS: "" } });
  });
  after(() => strict?.stop());

  test("that the edge refuses is asked for again, and what waited for it is taken", async () => {
    const tab = await openTab(context, strict.url, {
      script: `globalThis.asked = 0;
        const token = async () => {
          asked += 1;
          if (asked === 1) throw new Error("the backend is away");
          if (asked === 2) return "e30.e30.bm8";
          const body = JSON.stringify({ viewer: "anna" });
          return (await (await fetch("/session", { method: "POST", body })).json()).token;
        };`,
      options: "{ token }",
    });
    const { viewId, uniqueMs } = await tab.play(0.5);
    const is = (/** @type {any} */ r) => r.unique_ms === uniqueMs;
    const record = await centralRecord(strict.url, viewId, is);
    assert.equal(record.unique_ms, uniqueMs);
    assert.equal(await tab.page.evaluate(() => /** @type {any} */ (globalThis).asked), 3);
    assert.equal(tab.sent.length, 2);
    assert.equal(tab.sent[0]?.token, "e30.e30.bm8");
    assertSilent(tab);
  });

  test("is what the demo's own page gets for itself", async () => {
    const page = await context.newPage();
    await page.goto(strict.url);
    await page.waitForFunction(() => {
      const video = document.querySelector("video");
      return "usherSession" in globalThis && video && video.readyState >= 3;
    });
    const acknowledged = await page.evaluate(async () => {
      const video = /** @type {HTMLVideoElement} */ (document.querySelector("#player"));
      const session = /** @type {any} */ (globalThis).usherSession;
      await video.play();
      await new Promise((resolve) => setTimeout(resolve, 300));
      video.pause();
      await session.flush();
      return session.delivery.acknowledgedVersion;
    });
    assert.ok(acknowledged > 0);
  });
});

describe("a browser", () => {
  for (const [trouble, script] of /** @type {const} */ ([
    ["missing", "delete window.indexedDB; delete window.localStorage;"],
    [
      "private",
      `for (const name of ["localStorage", "indexedDB"]) {
        Object.defineProperty(window, name, {
          get() { throw new DOMException("denied", "SecurityError"); },
        });
      }`,
    ],
    [
      "full",
      `for (let length = 2 ** 22; length >= 1; length /= 2) {
        try {
          for (let n = 0; ; n += 1) localStorage[length + ":" + n] = "x".repeat(length);
        } catch {}
      }`,
    ],
  ])) {
    test(`whose storage is ${trouble} measures and delivers all the same, and says so`, async () => {
      const tab = await open({ script });
      const measured = await tab.play(1.2);
      await assertArrived(measured);
      assert.equal(measured.delivery.storage, trouble);
      assertSilent(tab);
    });
  }

  test("without timeouts, locks or clocks that agree is served as well", async () => {
    const tab = await open({
      script: `delete AbortSignal.timeout; delete Navigator.prototype.locks;
        const now = Date.now; let back = 0;
        Date.now = () => now() - (back += 3_600_000);`,
    });
    await assertArrived(await tab.play(0.6));
    assertSilent(tab);
  });
});
