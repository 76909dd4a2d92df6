// @ts-check
// What a session does with the answers of an edge, where there is no page and no storage.
import assert from "node:assert/strict";
import { afterEach, before, beforeEach, describe, test } from "node:test";
import { init } from "usher";
import { Monitor } from "usher/monitor";
import { eventually } from "../edge/api.mjs";
import { ackOf, committed, startEdge } from "./edge-double.mjs";
import { moduleBytes } from "./module-bytes.mjs";

/** @typedef {import("./edge-double.mjs").Asked} Asked */

/** @type {import("./edge-double.mjs").Edge} */
let edge;
/** @type {Monitor[]} */
const monitors = [];
/** @type {unknown[]} */
const unhandled = [];

before(() => {
  process.on("unhandledRejection", (reason) => unhandled.push(reason));
  return init(moduleBytes("player"));
});
beforeEach(async () => {
  edge = await startEdge();
});
afterEach(() => {
  // Whatever a session still owes must not keep this process.
  for (const monitor of monitors.splice(0)) allow(monitor, "denied").destroy();
  edge.stop();
  assert.deepEqual(unhandled, []);
});

/** @type {WeakMap<Monitor, { consent: any }>} */
const wills = new WeakMap();

/**
 * @param {Monitor} monitor
 * @param {unknown} consent
 */
function allow(monitor, consent) {
  const will = wills.get(monitor);
  if (will) will.consent = consent;
  return monitor;
}

/** @param {Partial<import("usher").SessionOptions>} [options] */
function begin(options) {
  const will = { consent: "granted" };
  const monitor = new Monitor({
    viewer: "anna",
    title: "plan-9",
    endpoint: edge.url,
    consent: () => /** @type {any} */ (will.consent),
    ...options,
  });
  monitors.push(monitor);
  wills.set(monitor, will);
  return monitor;
}

/** @param {Monitor} monitor */
function watch(monitor) {
  monitor.push({ atMs: 0, positionS: 0, durationS: 60 });
  monitor.push({ atMs: 2000, positionS: 2, durationS: 60 });
}

/**
 * So many views, watched while nothing could be sent, that go together.
 * @param {number} count
 */
function several(count) {
  const monitor = allow(begin(), "pending");
  const ids = [];
  for (let index = 0; index < count; index += 1) {
    if (index > 0) monitor.restart();
    watch(monitor);
    ids.push(monitor.viewId);
  }
  return { monitor: allow(monitor, "granted"), ids };
}

/** @param {Asked} asked */
const idsOf = ({ views }) => views.map(({ view }) => view);

describe("an answer", () => {
  test("that acknowledges ends it: nothing waits, and the storage that is missing is told", async () => {
    const monitor = begin({ device: "tv" });
    watch(monitor);
    await monitor.flush();
    const { state, waiting, setAside, lost, storage, version, acknowledgedVersion } =
      monitor.delivery;
    assert.deepEqual(
      { state, waiting, setAside, lost, storage, version, acknowledgedVersion },
      {
        state: "idle",
        waiting: 0,
        setAside: 0,
        lost: 0,
        storage: "missing",
        version: 1,
        acknowledgedVersion: 1,
      },
    );
    const [asked] = edge.asked;
    assert.equal(asked?.device, "tv");
    assert.equal(asked?.token, undefined);
    const [monotonic = NaN, wall = NaN] = asked?.clock ?? [];
    const [takenMonotonic = NaN, takenWall = NaN] = asked?.views[0]?.at ?? [];
    assert.ok(takenMonotonic > 0 && takenMonotonic <= monotonic);
    assert.ok(takenWall <= wall && wall <= Date.now());
    await monitor.flush();
    assert.equal(edge.asked.length, 1);
  });

  test("that acknowledges less leaves the rest owed", async () => {
    const monitor = begin();
    watch(monitor);
    edge.answer = ({ views }) => ({
      body: { acks: views.map((sent) => ({ ...ackOf(sent), version: ackOf(sent).version - 1 })) },
    });
    await monitor.flush();
    assert.equal(monitor.delivery.waiting, 1);
    assert.equal(monitor.delivery.acknowledgedVersion, 0);
    edge.answer = committed;
    await monitor.flush();
    assert.equal(monitor.delivery.waiting, 0);
    assert.equal(edge.asked.length, 2);
  });

  test("about what was never sent changes nothing", async () => {
    const monitor = begin();
    watch(monitor);
    edge.answer = ({ views: [sent] }) => ({
      body: {
        acks: sent && [
          { ...ackOf(sent), producer: "0".repeat(32) },
          { ...ackOf(sent), view: "0".repeat(32) },
          null,
        ],
      },
    });
    await monitor.flush();
    assert.equal(monitor.delivery.waiting, 1);
    edge.answer = ({ views: [sent] }) => ({
      body: { acks: sent && [{ ...ackOf(sent), version: 1e9 }] },
    });
    await monitor.flush();
    assert.equal(monitor.delivery.acknowledgedVersion, 1);
    monitor.push({ atMs: 3000, positionS: 3, durationS: 60 });
    edge.answer = committed;
    await monitor.flush();
    assert.equal(edge.asked.length, 3);
    assert.equal(monitor.delivery.acknowledgedVersion, 2);
  });

  test("that cannot be read, is cut off, or does not come is none", async () => {
    const monitor = begin();
    watch(monitor);
    /** @type {(import("./edge-double.mjs").Answer | null)[]} */
    const answers = [
      null,
      { body: "<html>sign in</html>" },
      { body: {} },
      { status: 503, body: "later" },
    ];
    edge.answer = (asked) => (answers.length ? (answers.shift() ?? null) : committed(asked));
    const flushed = monitor.flush();
    for (let tries = 1; tries <= 4; tries += 1) {
      await eventually(async () => {
        assert.equal(edge.asked.length, tries);
        assert.equal(monitor.delivery.state, "waiting");
      });
      assert.ok((monitor.delivery.nextTryMs ?? 0) > 0);
      void monitor.flush();
    }
    await flushed;
    assert.equal(monitor.delivery.waiting, 0);
    assert.equal(edge.asked.length, 5);
    // The same state goes again and again.
    assert.equal(new Set(edge.asked.map(({ views }) => views[0]?.state)).size, 1);
  });

  test("that refuses many is bisected until the poisoned one stands alone", async () => {
    const { monitor, ids } = several(8);
    const poisoned = ids[2] ?? "";
    /** @type {any[]} */
    const refused = [];
    monitor.addEventListener("refused", (event) =>
      refused.push(/** @type {CustomEvent} */ (event).detail),
    );
    edge.answer = (asked) => (idsOf(asked).includes(poisoned) ? { status: 400 } : committed(asked));
    await monitor.flush();
    assert.deepEqual(refused, [{ code: "refused", message: "the test says no", field: null }]);
    assert.equal(monitor.delivery.setAside, 1);
    assert.equal(monitor.delivery.waiting, 0);
    const got = new Set(edge.asked.flatMap(idsOf));
    assert.deepEqual([...got].sort(), [...ids].sort());
    assert.ok(edge.asked.length <= 9, `${edge.asked.length}`);
    // It is not sent again.
    const before = edge.asked.length;
    monitor.push({ atMs: 3000, positionS: 3, durationS: 60 });
    await monitor.flush();
    assert.deepEqual(edge.asked.slice(before).map(idsOf), [[ids[7]]]);
  });

  test("that says too much is split until it fits", async () => {
    const { monitor, ids } = several(9);
    edge.answer = (asked) =>
      asked.views.length > 2 ? { status: 413, body: "" } : committed(asked);
    await monitor.flush();
    assert.equal(monitor.delivery.setAside, 0);
    assert.equal(monitor.delivery.waiting, 0);
    assert.equal(new Set(edge.asked.flatMap(idsOf)).size, ids.length);
  });

  for (const [form, after] of /** @type {const} */ ([
    ["in seconds", () => "1"],
    // A date has no milliseconds: it may be up to one second nearer than it was meant.
    ["as a date", () => new Date(Date.now() + 2000).toUTCString()],
  ])) {
    test(`with Retry-After ${form} is obeyed, however great the hurry`, async () => {
      const monitor = begin();
      watch(monitor);
      let asked = "";
      edge.answer = () => {
        asked = after();
        return { status: 429, headers: { "retry-after": asked } };
      };
      const flushed = monitor.flush();
      await eventually(async () => assert.equal(monitor.delivery.state, "waiting"));
      edge.answer = committed;
      const until = Date.parse(asked) || Date.now() + 900;
      while (Date.now() < until - 50) {
        void monitor.flush();
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (Date.now() < until - 50) assert.equal(edge.asked.length, 1);
      }
      await flushed;
      assert.equal(edge.asked.length, 2);
    });
  }

  test("is waited for: there is one request under way at most", async () => {
    const monitor = begin();
    watch(monitor);
    edge.answer = async (asked) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return committed(asked);
    };
    for (let index = 3; index < 30; index += 1) {
      monitor.push({ atMs: index * 1000, positionS: index, durationS: 60 });
      void monitor.flush();
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await monitor.flush();
    assert.equal(edge.atOnce, 1);
    assert.ok(edge.asked.length > 1);
    assert.equal(monitor.delivery.acknowledgedVersion, monitor.delivery.version);
  });
});

describe("a body", () => {
  test("has at most 50 views", async () => {
    const { monitor, ids } = several(120);
    await monitor.flush();
    assert.deepEqual(
      edge.asked.map(({ views }) => views.length),
      [50, 50, 20],
    );
    assert.equal(new Set(edge.asked.flatMap(idsOf)).size, ids.length);
  });

  test("has at most 16 kB, names in any script", async () => {
    const monitor = allow(begin({ title: () => "ﷺ".repeat(60) }), "pending");
    for (let view = 0; view < 12; view += 1) {
      if (view > 0) monitor.restart();
      for (let place = 0; place < 300; place += 1) {
        const atMs = place * 2000;
        monitor.push({ atMs, positionS: place * 7, durationS: 3600, seeking: true });
        monitor.push({ atMs: atMs + 100, positionS: place * 7, durationS: 3600 });
        monitor.push({ atMs: atMs + 1100, positionS: place * 7 + 1, durationS: 3600 });
      }
    }
    await allow(monitor, "granted").flush();
    assert.ok(edge.asked.length > 1);
    for (const { length } of edge.asked) assert.ok(length <= 16_384, `${length}`);
    assert.equal(monitor.delivery.waiting, 0);
  });
});

describe("a session token", () => {
  test("goes with every body, as the string that the page gave", async () => {
    const monitor = begin({ token: "one" });
    watch(monitor);
    await monitor.flush();
    assert.equal(edge.asked[0]?.token, "one");
  });

  test("is asked for once, and again when the edge refuses it", async () => {
    let given = 0;
    const monitor = begin({ token: async () => `token ${(given += 1)}` });
    edge.answer = (asked) => (asked.token === "token 3" ? committed(asked) : { status: 401 });
    watch(monitor);
    await monitor.flush();
    assert.deepEqual(
      edge.asked.map(({ token }) => token),
      ["token 1", "token 2", "token 3"],
    );
    monitor.push({ atMs: 3000, positionS: 3, durationS: 60 });
    await monitor.flush();
    assert.equal(given, 3);
    assert.equal(edge.asked.at(-1)?.token, "token 3");
  });

  test("that cannot be had is asked for later; nothing is sent without it", async () => {
    let asked = 0;
    const monitor = begin({
      token: () => {
        asked += 1;
        if (asked === 1) throw new Error("no");
        return asked === 2 ? Promise.reject(new Error("not yet")) : Promise.resolve("token");
      },
    });
    watch(monitor);
    await monitor.flush();
    assert.equal(asked, 3);
    assert.deepEqual(
      edge.asked.map(({ token }) => token),
      ["token"],
    );
  });

  test("that is no string is none", async () => {
    const monitor = begin({ token: /** @type {any} */ (() => ({ token: 7 })) });
    watch(monitor);
    await monitor.flush();
    assert.equal(edge.asked.length, 1);
    assert.equal(edge.asked[0]?.token, undefined);
  });
});

describe("consent", () => {
  test("that is pending sends nothing, and what was measured goes when it is granted", async () => {
    const monitor = allow(begin(), "pending");
    watch(monitor);
    const first = monitor.viewId;
    monitor.restart();
    watch(monitor);
    await monitor.flush();
    assert.equal(edge.asked.length, 0);
    assert.equal(monitor.delivery.waiting, 2);
    await allow(monitor, "granted").flush();
    assert.deepEqual(edge.asked.flatMap(idsOf).sort(), [first, monitor.viewId].sort());
  });

  test("that is denied, withdrawn, misspelt or broken measures and sends nothing", async () => {
    for (const bad of ["denied", "Granted", "", null, undefined, true, Symbol("granted")]) {
      const monitor = begin();
      watch(monitor);
      const { viewId } = monitor;
      // No request follows, though one was asked for before.
      allow(monitor, "pending");
      await monitor.flush();
      allow(monitor, bad);
      watch(monitor);
      await monitor.flush();
      assert.equal(monitor.delivery.waiting, 0);
      assert.equal(monitor.engagement.uniqueMs, 0);
      assert.notEqual(monitor.viewId, viewId);
      monitor.destroy();
      assert.equal(edge.asked.length, 0, String(bad));
    }
    const monitor = begin({
      consent: () => {
        throw new Error("no");
      },
    });
    watch(monitor);
    await monitor.flush();
    assert.equal(monitor.engagement.uniqueMs, 0);
    assert.equal(edge.asked.length, 0);
  });

  test("that is granted again begins a new view, of which nothing is known before", async () => {
    const monitor = begin();
    watch(monitor);
    await monitor.flush();
    const before = monitor.viewId;
    allow(monitor, "denied");
    monitor.push({ atMs: 5000, positionS: 5, durationS: 60 });
    allow(monitor, "granted");
    monitor.push({ atMs: 9000, positionS: 9, durationS: 60 });
    monitor.push({ atMs: 10_000, positionS: 10, durationS: 60 });
    await monitor.flush();
    assert.notEqual(monitor.viewId, before);
    assert.deepEqual(monitor.engagement.intervals, [[9000, 10_000]]);
    assert.deepEqual(idsOf(/** @type {Asked} */ (edge.asked.at(-1))), [monitor.viewId]);
  });

  test("that is withdrawn while a try waits ends the waiting without a request", async () => {
    const monitor = begin();
    watch(monitor);
    edge.answer = () => ({ status: 503 });
    const flushed = monitor.flush();
    await eventually(async () => assert.equal(monitor.delivery.state, "waiting"));
    allow(monitor, "denied");
    watch(monitor);
    await flushed;
    assert.equal(edge.asked.length, 1);
    assert.equal(monitor.delivery.lastBody, null);
  });

  test("is asked again after the token came", async () => {
    const monitor = begin({
      token: async () => {
        allow(monitor, "denied");
        return "token";
      },
    });
    watch(monitor);
    await monitor.flush();
    assert.equal(edge.asked.length, 0);
  });
});
