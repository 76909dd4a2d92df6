// @ts-check
// The process of the edge dies twenty times under load: what it acked is there, and the centre has it once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, postViews, recordOf, request, waitingOf } from "./api.mjs";
import { BatchTap } from "./batch-tap.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { startServer } from "./server.mjs";

const KILLS = 20;
const VIEWERS = 24;
const TITLE = "kills";

/** So short that sums of windows are on their way all the time. */
const WINDOWS = { WINDOW_SECONDS: "1", WINDOW_GRACE_SECONDS: "0" };

/** Content that is new in each state. */
const STEP_S = 0.25;

/** The central API's process dies as well at every kill of this number. */
const BOTH = 4;

/** Acks from one kill to the next: from so few that the restart is still under way to many a viewer. */
const acksUntil = (/** @type {number} */ kill) => 1 + ((kill * 67) % (6 * VIEWERS));

/** @typedef {{ viewer: string, playback: Playback, first: import("./api.mjs").Entry, acked: number }} Watcher */

const tap = new BatchTap();
/** @type {import("./server.mjs").Server} */
let edge;
/** @type {import("./server.mjs").Server} */
let centre;
/** @type {Watcher[]} */
let watchers;

before(async () => {
  await tap.listen();
  centre = await startServer();
  tap.behind = centre.url;
  edge = await startServer({ environment: { CENTRAL_URL: tap.url, ...WINDOWS } });
  const usher = await loadPage();
  watchers = Array.from({ length: VIEWERS }, (_, index) => {
    const viewer = `kills-${index}`;
    const playback = new Playback(usher, viewer, TITLE);
    const first = playback.watch(0, STEP_S).entry();
    return { viewer, playback, first, acked: 0 };
  });
});
after(async () => {
  await edge?.stop();
  await centre?.stop();
  tap.close();
});

/**
 * Sends states that grow, one after the other, until the edge is gone.
 * @param {Watcher} watcher
 * @param {() => void} onAck
 */
async function sendUntilGone(watcher, onAck) {
  const { playback, viewer } = watcher;
  for (let s = STEP_S; ; s = (s + STEP_S) % 60) {
    const entry = playback.watch(s, s + STEP_S).entry();
    const { version } = playback;
    const answer = await postViews(edge.url, viewer, [entry]).catch(() => null);
    if (answer === null) return;
    assert.equal(answer.status, 200);
    watcher.acked = version;
    onAck();
  }
}

/** @param {{ batches: number, highest: number } | undefined} life */
function counts(life) {
  return { batches: life?.batches, highest: life?.highest };
}

/** An old state is acked with the highest version that the edge has of its producer. */
async function assertAckedIsThere() {
  await Promise.all(
    watchers.map(async ({ viewer, first, acked }) => {
      const { status, body } = await postViews(edge.url, viewer, [first]);
      assert.equal(status, 200);
      const [ack] = body.acks;
      assert.ok(ack.version >= acked, `version ${ack.version} of ${viewer}, acked ${acked}`);
    }),
  );
}

test("every_acked_state_survives_20_kills_under_load_and_no_batch_is_missing_or_doubled", async () => {
  let acks = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const enough = acks + acksUntil(kill);
    const gone = watchers.map((watcher) =>
      sendUntilGone(watcher, () => {
        acks += 1;
        if (acks !== enough) return;
        void edge.kill9();
        if (kill % BOTH === 0) void centre.kill9();
      }),
    );
    await Promise.all(gone);
    await edge.kill9();
    if (kill % BOTH === 0) {
      await centre.kill9();
      await centre.restart();
    }
    await edge.restart();
    // After the last nobody touches a viewer: what the centre has then came by alarm alone.
    if (kill < KILLS) await assertAckedIsThere();
  }
  assert.ok(acks > KILLS * VIEWERS);

  for (const { playback, acked } of watchers) {
    await eventually(async () => {
      const { status, body } = await request(`${centre.url}/v1/views/${playback.id}`);
      assert.equal(status, 200);
      assert.ok(body.version >= acked, `version ${body.version}, acked ${acked}`);
    });
  }
  for (const { viewer, playback } of watchers) {
    await postViews(edge.url, viewer, [playback.entry()]);
    const record = await recordOf(centre.url, playback.id, playback.version);
    const { unique_ms, played_ms } = playback.figures;
    assert.deepEqual(
      { unique_ms: record.unique_ms, played_ms: record.played_ms },
      { unique_ms, played_ms },
    );
  }
  const waiting = await eventually(async () => {
    const shards = await waitingOf(edge.url);
    for (const { pending, batches, windows } of shards) {
      const { open, closed, corrections } = windows;
      const all = { pending, batches, open, closed, corrections };
      assert.deepEqual(all, { pending: 0, batches: [], open: 0, closed: 0, corrections: 0 });
    }
    return shards;
  });

  const total = (/** @type {"unique_ms" | "played_ms"} */ figure) =>
    watchers.reduce((sum, { playback }) => sum + playback.figures[figure], 0);
  const { body } = await request(`${centre.url}/v1/reconciliation?title=${TITLE}`);
  const [{ views, windows, equal }] = body.titles;
  // What is added, and so must come exactly once, beside what is replaced, and so may come often.
  assert.deepEqual(windows, views);
  assert.ok(equal);
  assert.deepEqual(
    { views: views.views, unique_ms: views.unique_ms, played_ms: views.played_ms },
    { views: VIEWERS, unique_ms: total("unique_ms"), played_ms: total("played_ms") },
  );

  assert.deepEqual(tap.changed, [], "a batch has one body for ever");
  const ledger = await request(`${centre.url}/v1/ledger`);
  const lives = [...tap.stored].map(([life, sequences]) => ({
    life,
    batches: sequences.size,
    highest: Math.max(...sequences),
  }));
  // The same epoch to the end: no store was begun again. All that was frozen was stored.
  assert.deepEqual(
    new Map(lives.map(({ life, highest }) => [life, highest])),
    new Map(
      waiting.map((/** @type {any} */ { shard, epoch, sequence }) => [
        `${shard}.${epoch}`,
        sequence - 1,
      ]),
    ),
  );
  for (const { shard, epoch, missing, gaps, batches, highest } of ledger.body.shards) {
    const seen = lives.find(({ life }) => life === `${shard}.${epoch}`);
    assert.deepEqual(
      { missing, gaps, batches, highest },
      { missing: 0, gaps: [], ...counts(seen) },
    );
  }
  assert.equal(ledger.body.shards.length, lives.length);
  const offers = tap.offers.length;
  const stored = [...tap.stored.values()].reduce((sum, { size }) => sum + size, 0);
  console.log(`${acks} acked states, ${KILLS} kills: ${stored} batches, offered ${offers} times`);
});
