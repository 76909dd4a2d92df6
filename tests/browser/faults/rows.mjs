// @ts-check
// The rows of the fault table: what a viewer does and what goes wrong meanwhile.
import assert from "node:assert/strict";
import { eventually } from "../../edge/api.mjs";

/** @typedef {import("./row.mjs").Row} Row */
/** @typedef {import("./row.mjs").Tab} Tab */
/** @typedef {import("./proxy.mjs").Arrival} Arrival */

/** @typedef {import("./powers.mjs").Powers} Powers */

/**
 * @typedef {import("./verdict.mjs").Allowed & { check?: () => Promise<void>, note?: () => string }} Expected
 *   `check` throws if something is not true of Usher when all is quiet; `note` says what was seen
 */

const OFFLINE_S = process.env.FULL ? 60 : 20;
const OUTAGE_S = 12;
const OUTAGE_REQUESTS_MAX = 5;
const RETRY_AFTER_S = 8;
const RECORDS_PER_BODY_MAX = 4;
const UNAVAILABLE = { status: 503 };

/** A snapshot may be so old when the renderer dies. */
const CRASH_MISSING_MS = 1000;

/** @type {Record<string, (row: Row, powers: Powers) => Promise<Expected>>} */
export const ROWS = {
  // Those that take long first, so that the others run beside them.
  [`offline for ${OFFLINE_S} s`]: async (row, { offline }) => {
    const tab = await row.open();
    await tab.play(1);
    await offline(row, true);
    await tab.play(OFFLINE_S);
    await offline(row, false);
    await tab.play(0.5);
    await tab.pause();
    await tab.read();
    return {};
  },

  "12 s of 503": async (row) => {
    const tab = await row.open();
    await tab.play(1.5);
    row.proxy.fault = () => UNAVAILABLE;
    const before = row.arrivals.length;
    await tab.play(OUTAGE_S);
    const requests = row.arrivals.length - before;
    row.proxy.fault = () => null;
    await tab.pause();
    await tab.read();
    return {
      check: async () => {
        assert.ok(requests > 0 && requests <= OUTAGE_REQUESTS_MAX, `${requests} requests in 12 s`);
        assertAlone(row.arrivals);
      },
      note: () => `${requests} requests in the 12 s`,
    };
  },

  "429 with Retry-After 8": async (row) => {
    const headers = { "retry-after": String(RETRY_AFTER_S) };
    row.proxy.fault = () => (row.arrivals.length === 0 ? { status: 429, headers } : null);
    const one = await row.open();
    await one.play(1);
    await row.arrived(1);
    const [asked] = row.arrivals;
    const two = await row.open();
    await two.play(0.5);
    await one.reload();
    await one.play(0.5);
    await one.pause();
    await one.close();
    await two.close();
    const three = await row.open();
    await three.play(0.5);
    await three.pause();
    await three.read();
    // In ms since they were asked to wait.
    const early = () =>
      row.arrivals
        .map(({ atMs }) => atMs - (asked?.atMs ?? 0))
        .filter((ms) => ms > 0 && ms < RETRY_AFTER_S * 1000);
    return {
      check: async () => assert.deepEqual(early(), []),
      note: () => `${early().length} requests inside the 8 s`,
    };
  },

  "burst of activity, then away at once": async (row) => {
    // So seldom that only the page's going away sends anything.
    const tab = await row.open({ intervalMs: 600_000 });
    await tab.burst();
    await tab.leave();
    return {};
  },

  "tab closed and opened again": async (row) => {
    const first = await row.open();
    await first.play(2);
    await first.close();
    // Once more, and nothing gets out before the tab is closed.
    row.proxy.fault = () => UNAVAILABLE;
    const second = await row.open();
    await second.play(2);
    await second.close();
    // What the closed tab sends has come, and was refused, by the time that another is open.
    const third = await row.open();
    row.proxy.fault = () => null;
    await third.play(1);
    await third.pause();
    await third.read();
    return {};
  },

  "503, then the renderer crashes; opened again": async (row, { crash }) => {
    const tab = await row.open();
    row.proxy.fault = () => UNAVAILABLE;
    await tab.play(4);
    await tab.read();
    await crash(tab);
    row.proxy.fault = () => null;
    await row.open();
    return { missingMs: CRASH_MISSING_MS };
  },

  "two tabs at once": async (row) => {
    row.proxy.fault = () => (row.arrivals.length < 2 ? UNAVAILABLE : null);
    const one = await row.open();
    const two = await row.duplicate(one);
    await Promise.all([one.play(3), two.play(3)]);
    await one.reload();
    await Promise.all([one.play(1), two.play(1)]);
    await one.close();
    await two.close();
    await row.open();
    return {};
  },

  "one poisoned view among good ones": async (row) => {
    row.proxy.fault = () => "hang up";
    const tab = await row.open();
    await films(tab, 6);
    const poisoned = [...row.truth.keys()][2] ?? "";
    const before = row.arrivals.length;
    row.proxy.fault = ({ records }) => (records.includes(poisoned) ? { status: 400 } : null);
    return {
      refused: [poisoned],
      check: async () => {
        await eventually(async () => assert.equal((await tab.delivery()).setAside, 1));
        assertAlone(row.arrivals);
      },
      note: () => `${row.arrivals.length - before} requests once it was 400`,
    };
  },

  "413 over 4 records, 12 wait": async (row, { offline }) => {
    const tab = await row.open();
    await offline(row, true);
    await films(tab, 12);
    const before = row.arrivals.length;
    row.proxy.fault = ({ records }) =>
      records.length > RECORDS_PER_BODY_MAX ? { status: 413 } : null;
    await offline(row, false);
    return {
      check: async () => {
        assert.ok(
          row.arrivals.some(({ status }) => status === 413),
          "nothing was refused",
        );
        assert.equal((await tab.delivery()).setAside, 0);
        assertAlone(row.arrivals);
      },
      note: () => `${row.arrivals.length - before} requests once online`,
    };
  },

  "ack lost three times": async (row) => {
    row.proxy.fault = () => (row.arrivals.length < 3 ? "lose the answer" : null);
    const tab = await row.open();
    await tab.play(3);
    await tab.pause();
    await tab.read();
    return {
      check: async () => {
        const lost = row.arrivals.filter(({ stored, status }) => stored && status === null);
        assert.equal(lost.length, 3);
        assertAlone(row.arrivals);
      },
    };
  },

  "answers 2 s late, pauses meanwhile": async (row) => {
    row.proxy.fault = () => ({ delayMs: 2000 });
    // So seldom that a pause that was not heard stays unheard.
    const tab = await row.open({ intervalMs: 600_000 });
    for (let time = 1; time <= 3; time += 1) {
      await tab.play(0.5);
      await tab.pause();
    }
    await tab.read();
    return { check: async () => assertAlone(row.arrivals) };
  },

  "storage full": async (row, { quota }) => {
    row.proxy.fault = () => (row.arrivals.length < 2 ? UNAVAILABLE : null);
    const tab = await row.open({
      before: async (page) => {
        await page.evaluate(fill);
        await quota?.(page, 1);
      },
    });
    await tab.play(3);
    await tab.change();
    await tab.play(1);
    await tab.pause();
    await tab.read();
    return {
      check: async () => {
        // What the page itself has stored is all there.
        assert.equal(await tab.page.evaluate(left), "all");
      },
      note: () => (quota ? "localStorage and IndexedDB" : "localStorage"),
    };
  },
};

/**
 * Plays films one after the other, a moment of each, to the end of the last.
 * @param {Tab} tab
 * @param {number} count
 */
async function films(tab, count) {
  for (let film = 1; film <= count; film += 1) {
    await tab.play(0.3);
    if (film < count) await tab.change();
  }
  await tab.pause();
  await tab.read();
}

/** The page has at most one request under way. @param {Arrival[]} arrivals */
function assertAlone(arrivals) {
  assert.deepEqual(
    arrivals.filter(({ together }) => together > 1),
    [],
  );
}

/** In the page: fills what there is of localStorage, to the last character. */
function fill() {
  for (let length = 1 << 22; length >= 1; length >>= 1) {
    for (let time = 0; time < 4; time += 1) {
      try {
        localStorage.setItem(`own-${length}-${time}`, "x".repeat(length));
      } catch {
        break;
      }
    }
  }
  sessionStorage.setItem("own", String(localStorage.length));
}

/** In the page: whether what `fill` stored is still there. */
function left() {
  const own = Object.keys(localStorage).filter((key) => key.startsWith("own-"));
  return own.length === Number(sessionStorage.getItem("own")) ? "all" : `${own.length} keys`;
}
