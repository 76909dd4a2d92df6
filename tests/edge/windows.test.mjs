// @ts-check
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { eventually, postViews, request, waitingOf } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { Receiver } from "./receiver.mjs";
import { DEMO, startServer } from "./server.mjs";
import { sealedName } from "../../www/edge/sealed-name.js";

/** Windows of a second that wait for nothing after their end. */
const SHORT = { WINDOW_SECONDS: "1", WINDOW_GRACE_SECONDS: "0" };

/** @type {typeof import("usher")} */
let usher;

before(async () => {
  usher = await loadPage();
});

/**
 * A central API and an edge that sends to it.
 * @param {import("node:test").TestContext} context
 * @param {import("./server.mjs").ServerOptions} [options]
 */
async function start(context, { environment = {}, ...options } = {}) {
  const central = new Receiver();
  await central.listen();
  context.after(() => central.close());
  const all = { ...SHORT, CENTRAL_URL: central.url, ...environment };
  const server = await startServer({ ...options, environment: all });
  context.after(() => server.stop());
  return { central, server };
}

/**
 * The demo with other bindings or limits.
 * @param {import("node:test").TestContext} context
 * @param {string} file
 * @param {string} text
 * @param {string} replacement
 */
function demoWith(context, file, text, replacement) {
  const demo = mkdtempSync(join(tmpdir(), "usher-demo-"));
  context.after(() => rmSync(demo, { recursive: true }));
  cpSync(DEMO, demo, { recursive: true });
  const source = readFileSync(join(demo, file), "utf8");
  assert.ok(source.includes(text), text);
  writeFileSync(join(demo, file), source.replace(text, replacement));
  return demo;
}

/**
 * @param {import("./server.mjs").Server} server
 * @param {string} viewer
 * @param {Playback} playback
 */
async function send(server, viewer, playback) {
  assert.equal((await postViews(server.url, viewer, [playback.entry()])).status, 200);
}

/**
 * All windows have arrived, and add up to the views.
 * @param {Receiver} central
 * @param {Playback[]} playbacks whose latest versions have to be there
 */
function allArrives(central, playbacks) {
  return eventually(async () => {
    const views = new Map(central.views().map((record) => [record.view, record.version]));
    for (const { id, version } of playbacks) assert.equal(views.get(id), version);
    assert.deepEqual(central.sumsOfWindows(), central.sumsOfViews());
    assert.deepEqual(central.gaps(), []);
  }, 40_000);
}

test("the_sums_over_all_windows_are_the_sums_over_all_views", async (context) => {
  const { central, server } = await start(context);
  const playbacks = Array.from({ length: 12 }, (_, index) => {
    const viewer = `viewer-${index % 8}`;
    return { viewer, playback: new Playback(usher, viewer, `title-${index % 3}`) };
  });
  // They grow over several windows: each time some windows have arrived, they watch on.
  for (let round = 1; round <= 3; round += 1) {
    for (const { viewer, playback } of playbacks) {
      await send(server, viewer, playback.watch(round * 10 - 10, round * 10 + 9));
    }
    await allArrives(
      central,
      playbacks.map(({ playback }) => playback),
    );
  }
  const rows = central.rowsOf("windows");
  assert.ok(new Set(rows.map(({ window_start_ms }) => window_start_ms)).size >= 3);
  for (const row of rows) {
    assert.equal(row.window_ms, 1000);
    assert.equal(row.window_start_ms % 1000, 0);
    assert.equal(
      row.views,
      Object.values(row.classes).reduce((sum, count) => sum + count, 0),
    );
    assert.match(row.viewers, /^AQ[A-Za-z0-9_-]{3,}$/);
  }
  assert.equal(central.sumsOfWindows()["title-0"]?.["views"], 4);
  const shards = await waitingOf(server.url);
  for (const { windows } of shards) {
    const { closed_until_ms, ...counts } = windows;
    assert.deepEqual(counts, { open: 0, closed: 0, corrections: 0, window_ms: 1000 });
    assert.ok(Math.abs(closed_until_ms - Date.now()) < 60_000);
  }
});

test("the_central_api_finds_no_difference_between_windows_and_views", async (context) => {
  const environment = { ...SHORT, BATCH_KEY: "key-of-the-senders-0123456789abcdef" };
  const server = await startServer({ environment });
  context.after(() => server.stop());
  const viewers = Array.from({ length: 9 }, (_, index) => `viewer-${index}`);
  const playbacks = viewers.map((viewer) => new Playback(usher, viewer, "film"));
  for (const part of [0, 30]) {
    for (const [index, playback] of playbacks.entries()) {
      await send(server, String(viewers[index]), playback.watch(part, part + 25));
    }
    await eventually(async () => {
      const { body } = await request(`${server.url}/v1/reconciliation?title=film`);
      const played = playbacks.reduce((sum, { figures }) => sum + figures.played_ms, 0);
      const [{ equal, views }] = body.titles;
      const found = { equal, views: views.views, played_ms: views.played_ms };
      assert.deepEqual(found, { equal: true, views: viewers.length, played_ms: played });
    });
  }
  const { body } = await request(`${server.url}/v1/windows?group=title&title=film`);
  assert.equal(Math.round(body.windows[0].viewers), viewers.length);
});

test("data_for_a_window_that_is_closed_comes_as_a_correction", async (context) => {
  // Where the rollup objects should be there are others: nothing leaves the viewer objects.
  const binding = (/** @type {string} */ of) =>
    `(name = "ROLLUP", durableObjectNamespace = "${of}")`;
  const demo = demoWith(context, "usher.capnp", binding("Rollup"), binding("Viewer"));
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  context.after(() => rmSync(state, { recursive: true }));
  const { central, server } = await start(context, { demo, state });
  const playback = new Playback(usher, "late", "late").watch(0, 8);
  await send(server, "late", playback);
  const sentMs = Date.now();
  await server.kill9();
  await eventually(async () => assert.ok(Date.now() > sentMs + 1000));
  const environment = { ...SHORT, CENTRAL_URL: central.url };
  const sound = await startServer({ state, environment });
  context.after(() => sound.stop());
  await allArrives(central, [playback]);
  const [row, ...others] = central.rowsOf("windows");
  assert.deepEqual(others, []);
  assert.equal(row.correction, true);
  assert.ok(row.window_start_ms <= sentMs && row.window_start_ms > sentMs - 60_000);
});

test("nothing_is_missing_or_doubled_after_kill_9_between_any_two_steps", async (context) => {
  const { central, server } = await start(context);
  const viewers = Array.from({ length: 6 }, (_, index) => `killed-${index}`);
  const playbacks = viewers.map((viewer) => new Playback(usher, viewer, "killed"));
  // The process dies at an ack, at an offer before it is stored, and at one after: in turn, and each
  // time a little later.
  for (let crash = 0; crash < 9; crash += 1) {
    const moment = crash % 3;
    let left = 2 + crash;
    let dead = false;
    const die = () => {
      dead = true;
      void server.kill9();
    };
    central.fault = () => {
      if (moment === 0 || dead || (left -= 1) > 0) return null;
      die();
      return moment === 1 ? "hang up" : "lose the answer";
    };
    await Promise.all(
      playbacks.map(async (playback, index) => {
        for (let s = 0; !dead; s += 1) {
          const entry = playback.watch(s % 60, (s % 60) + 1).entry();
          const answer = await postViews(server.url, String(viewers[index]), [entry]).catch(
            () => null,
          );
          if (answer === null) break;
          if (moment === 0 && (left -= 1) <= 0 && !dead) die();
        }
      }),
    );
    await server.kill9();
    central.fault = () => null;
    await server.restart();
  }
  for (const [index, playback] of playbacks.entries()) {
    await send(server, String(viewers[index]), playback.watch(0, 1));
  }
  await allArrives(central, playbacks);
  assert.equal(central.sumsOfWindows()["killed"]?.["views"], viewers.length);
});

test("a_window_row_that_is_refused_stands_alone_in_the_end_and_holds_up_nobody", async (context) => {
  const { central, server } = await start(context);
  const reason = '{"code":"invalid_value","message":"no","field":null}';
  central.fault = ({ kind, body }) =>
    kind === "windows" && body.includes('"title":"poison"') ? { status: 400, body: reason } : null;
  // One viewer, and so one shard; all in one window or two, and so in few batches.
  const titles = ["a", "b", "poison", "c", "d", "e", "f"];
  const playbacks = titles.map((title) => new Playback(usher, "poisoned", title).watch(0, 5));
  await postViews(
    server.url,
    "poisoned",
    playbacks.map((playback) => playback.entry()),
  );
  await eventually(async () => {
    const { poison: missing, ...sums } = central.sumsOfViews();
    assert.equal(missing?.["views"], 1);
    assert.deepEqual(central.sumsOfWindows(), sums);
    assert.deepEqual(central.gaps(), []);
    const shards = await waitingOf(server.url);
    const dead = shards.flatMap((/** @type {any} */ shard) => shard.dead_letters_shown);
    assert.equal(dead.length, 1);
    const { title, kind, reason: said, destination, view } = dead[0];
    assert.deepEqual(
      { title, kind, said, destination, view },
      {
        title: "poison",
        kind: "windows",
        said: `400 ${reason}`,
        destination: "central",
        view: null,
      },
    );
    for (const { batches } of shards) assert.deepEqual(batches, []);
  });
  assert.ok([...central.batches.values()].some(({ kind }) => kind === "void"));
  // Every number is announced, and none is ahead of what was frozen.
  for (const { key, frozen } of central.offers) {
    assert.ok(frozen !== null && frozen >= Number(key.split(".")[2]));
  }
});

test("a_batch_that_is_refused_after_its_answer_was_lost_does_not_go_twice", async (context) => {
  const { central, server } = await start(context);
  /** @type {Map<string, number>} */
  const offers = new Map();
  // What stands between answers the second try by itself: the batch is stored by then.
  central.fault = ({ key, kind }) => {
    if (kind === "void") return null;
    offers.set(key, (offers.get(key) ?? 0) + 1);
    return offers.get(key) === 1 ? "lose the answer" : { status: 413 };
  };
  const playbacks = ["a", "b", "c"].map((title) => new Playback(usher, "twice", title).watch(0, 5));
  await postViews(
    server.url,
    "twice",
    playbacks.map((playback) => playback.entry()),
  );
  await allArrives(central, playbacks);
  await eventually(async () => {
    for (const { batches, dead_letters } of await waitingOf(server.url)) {
      assert.deepEqual({ batches, dead_letters }, { batches: [], dead_letters: 0 });
    }
  });
  assert.ok(central.offers.some(({ kind, status }) => kind === "void" && status === 409));
  assert.ok([...central.batches.values()].every(({ kind }) => kind !== "void"));
});

test("numbers_begin_again_in_another_epoch_when_they_are_taken", async (context) => {
  const { central, server } = await start(context);
  const first = new Playback(usher, "back", "back").watch(0, 5);
  await send(server, "back", first);
  await allArrives(central, [first]);
  // The centre has other rows under every number of this epoch, as if the shard's store were put back.
  const [life] = [...central.batches.keys()].map((key) => key.split(".").slice(0, 2).join("."));
  central.fault = ({ key }) =>
    key.startsWith(`${life}.`) ? { status: 409, body: '{"code":"batch_changed"}' } : null;
  await send(server, "back", first.watch(10, 15));
  await eventually(async () => {
    const [record] = central.views();
    assert.equal(record.version, first.version);
  });
  assert.ok([...central.batches.keys()].some((key) => !key.startsWith(`${life}.`)));
});

test("when_too_many_rows_are_refused_nothing_more_is_sent_and_that_is_said", async (context) => {
  const demo = demoWith(context, "edge.js", "DEAD_LETTERS_MAX = 1e3", "DEAD_LETTERS_MAX = 2");
  const { central, server } = await start(context, {
    demo,
    environment: { WINDOW_SECONDS: "3600" },
  });
  central.fault = ({ kind }) => (kind === "void" ? null : { status: 400 });
  const playbacks = ["a", "b", "c", "d"].map((title) =>
    new Playback(usher, "full", title).watch(0, 5),
  );
  await postViews(
    server.url,
    "full",
    playbacks.map((playback) => playback.entry()),
  );
  const shard = await eventually(async () => {
    const shards = await waitingOf(server.url);
    const full = shards.find((/** @type {any} */ each) => each.full !== null);
    assert.ok(full);
    return full;
  });
  assert.equal(shard.full, "`2` rows were refused and are kept; nothing more is sent");
  assert.equal(shard.dead_letters, 2);
  // Records are acked and wait.
  const later = new Playback(usher, "full", "later").watch(0, 5);
  await send(server, "full", later);
  await eventually(async () => {
    const shards = await waitingOf(server.url);
    assert.ok(shards.some((/** @type {any} */ each) => each.pending === 1));
  });
});

test("a_shard_with_more_windows_than_it_may_hold_sends_the_earliest_before_they_are_over", async (context) => {
  const demo = demoWith(context, "edge.js", "WINDOW_ROWS_MAX = 5e4", "WINDOW_ROWS_MAX = 3");
  const { central, server } = await start(context, {
    demo,
    environment: { WINDOW_SECONDS: "3600" },
  });
  const playbacks = ["a", "b", "c", "d", "e"].map((title) =>
    new Playback(usher, "many", title).watch(0, 5),
  );
  for (const playback of playbacks) await send(server, "many", playback);
  await eventually(async () => {
    const sums = Object.keys(central.sumsOfWindows()).length;
    assert.equal(sums, 2);
    const counts = (await waitingOf(server.url)).map(
      (/** @type {any} */ each) => each.windows.open,
    );
    assert.equal(Math.max(...counts), 3);
  });
  for (const playback of playbacks) await send(server, "many", playback.watch(10, 15));
  await eventually(async () => assert.ok(central.rowsOf("windows").length >= 3));
  for (const { correction } of central.rowsOf("windows")) assert.equal(correction, false);
});

test("a_view_that_is_known_no_more_is_a_new_one_if_it_was_first_seen_lately", async (context) => {
  const known = "KNOWN_MS = 90 * 24 * 36e5";
  const demo = demoWith(context, "edge.js", known, "KNOWN_MS = 0");
  const { central, server } = await start(context, { demo });
  const playback = new Playback(usher, "forgotten", "forgotten").watch(0, 5);
  await send(server, "forgotten", playback);
  await allArrives(central, [playback]);
  // What has arrived is forgotten by the next alarm; in earnest nothing is, that early.
  await eventually(async () => {
    await send(server, "forgotten", playback.watch(5, 6));
    await eventually(async () => assert.equal(central.views()[0].version, playback.version));
    assert.ok(Number(central.sumsOfWindows()["forgotten"]?.["views"]) > 1);
  });
});

test("what_names_a_viewer_is_erased_and_what_is_still_on_its_way_counts_nothing", async (context) => {
  // A way for this test to reach the rollup objects, which only viewer objects have.
  const route = "async function outbox(request, env) {";
  const rollups = `{
    const { searchParams } = new URL(request.url);
    const shards = [0, 1, 2, 3].map((shard) => env.ROLLUP.getByName(env.TENANT + "/" + shard));
    const [viewer, shard] = ["erase", "take"].map((name) => searchParams.get(name));
    if (viewer) return Response.json(await Promise.all(shards.map((each) => each.erase(viewer))));
    if (shard) return Response.json(await shards[shard].take(await request.text(), "light") ?? null);
  }`;
  const demo = demoWith(context, "edge.js", route, `${route}${rollups}`);
  const { central, server } = await start(context, { demo });
  const outbox = `${server.url}/v1/outbox`;
  const shards = () => waitingOf(server.url);
  // One record arrives; the next is refused and a dead letter; a third waits, as the centre is away.
  const playback = new Playback(usher, "erased", "erased").watch(0, 5);
  await send(server, "erased", playback);
  await allArrives(central, [playback]);
  const [record] = central.views();
  central.fault = ({ kind }) => (kind === "views" ? { status: 400 } : null);
  await send(server, "erased", playback.watch(5, 6));
  const letters = async () =>
    (await shards()).flatMap((/** @type {any} */ each) => each.dead_letters_shown).length;
  await eventually(async () => assert.equal(await letters(), 1));
  central.fault = () => ({ status: 503 });
  await send(server, "erased", playback.watch(6, 7));
  await send(server, "other", new Playback(usher, "other", "other").watch(0, 5));
  const counted = playback.figures.played_ms;
  const viewer = await sealedName({ TENANT: "demo" }, "erased");
  const { body } = await request(`${outbox}?erase=${viewer}`);
  // The one that waited is in a batch now: its figures are in the windows.
  const held = body.map((/** @type {any} */ each) => each.records);
  assert.deepEqual([...held].sort(), ["delivered", "delivered", "delivered", "in_batches"]);
  assert.equal(await letters(), 0);
  const erased = (await shards()).map((/** @type {any} */ each) => each.erased);
  assert.deepEqual(erased[held.indexOf("in_batches")], { views: 1, dead_letters: 1 });
  // A record that was on its way then, newer than all that was known.
  const [version, played_ms] = [record.version + 1000, 50_000];
  const late = JSON.stringify([{ ...record, viewer, version, played_ms }]);
  const taken = await request(`${outbox}?take=${held.indexOf("in_batches")}`, {
    method: "POST",
    body: late,
  });
  assert.equal(taken.status, 200);
  central.fault = () => null;
  await eventually(async () => {
    const { erased, other } = central.sumsOfWindows();
    assert.deepEqual([erased?.["views"], erased?.["played_ms"], other?.["views"]], [1, counted, 1]);
    for (const { pending, windows } of await shards()) {
      assert.deepEqual([pending, windows.open, windows.closed, windows.corrections], [0, 0, 0, 0]);
    }
  });
  const last = central.views().find(({ view }) => view === playback.id);
  assert.equal(last.version, playback.version);
  const { body: again } = await request(`${outbox}?erase=${viewer}`);
  for (const { records } of again) assert.equal(records, "delivered");
});
