// @ts-check
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually, postViews, recordOf, request, titlesOf, waitingOf } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { DEMO, startServer } from "./server.mjs";

const CRASHES = 5;
const VIEWERS = 24;

/** @type {import("./server.mjs").Server} */
let server;
/** @type {typeof import("usher")} */
let usher;

before(async () => {
  server = await startServer();
  usher = await loadPage();
});
after(() => server.stop());

/**
 * Sends new states of one playback one after the other until the server is gone.
 * @param {Playback} playback
 * @param {string} viewer
 * @param {() => void} onAck
 */
async function sendUntilGone(playback, viewer, onAck) {
  for (let s = 0; ; s += 1) {
    const entry = playback.watch(s % 60, (s % 60) + 1).entry();
    const answer = await postViews(server.url, viewer, [entry]).catch(() => null);
    if (answer === null) return;
    assert.equal(answer.status, 200);
    onAck();
  }
}

test("every_acked_state_survives_kill_9_under_load_and_reaches_the_central_api", async () => {
  const playbacks = Array.from({ length: VIEWERS }, (_, index) => {
    const viewer = `crash-${index}`;
    return { viewer, playback: new Playback(usher, viewer, "crash"), acked: 0 };
  });
  let acks = 0;
  for (let crash = 0; crash < CRASHES; crash += 1) {
    const enough = acks + 5 * VIEWERS + crash;
    const gone = playbacks.map((each) =>
      sendUntilGone(each.playback, each.viewer, () => {
        each.acked = each.playback.version;
        acks += 1;
        if (acks === enough) void server.kill9();
      }),
    );
    await Promise.all(gone);
    await server.kill9();
    await server.restart();
  }
  assert.ok(acks >= CRASHES * 5 * VIEWERS);
  // No request has touched a viewer since the last crash: what is missing comes by alarm alone.
  for (const { playback, acked } of playbacks) {
    await eventually(async () => {
      const { status, body } = await request(`${server.url}/v1/views/${playback.id}`);
      assert.equal(status, 200);
      assert.ok(body.version >= acked, `version ${body.version}, acked ${acked}`);
    });
  }
  for (const { viewer, playback } of playbacks) {
    await postViews(server.url, viewer, [playback.entry()]);
    const record = await recordOf(server.url, playback.id, playback.version);
    const { unique_ms, played_ms } = playback.figures;
    assert.deepEqual(
      { unique_ms: record.unique_ms, played_ms: record.played_ms },
      { unique_ms, played_ms },
    );
  }
  const sums = (await titlesOf(server.url)).find((/** @type {any} */ of) => of.title === "crash");
  assert.equal(sums.views, VIEWERS);
  assert.equal(
    sums.played_ms,
    playbacks.reduce((sum, { playback }) => sum + playback.figures.played_ms, 0),
  );
});

test("a_restart_without_any_request_delivers_what_was_acked", async () => {
  const playback = new Playback(usher, "alone", "alone").watch(0, 3);
  const { status } = await postViews(server.url, "alone", [playback.entry()]);
  // The batch waits 150 ms for others: the process is gone before it is sent.
  await server.kill9();
  assert.equal(status, 200);
  await server.restart();
  await recordOf(server.url, playback.id, playback.version);
});

test("records_that_never_left_the_viewer_object_are_delivered_by_its_alarm_after_kill_9", async (context) => {
  // Where the rollup objects should be there are others, which know no `take`: all deliveries fail.
  const demo = mkdtempSync(join(tmpdir(), "usher-demo-"));
  cpSync(DEMO, demo, { recursive: true });
  const config = join(demo, "usher.capnp");
  const binding = '(name = "ROLLUP", durableObjectNamespace = "Rollup")';
  const text = readFileSync(config, "utf8");
  assert.ok(text.includes(binding));
  writeFileSync(config, text.replace(binding, binding.replace('"Rollup"', '"Viewer"')));
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  const servers = [await startServer({ demo, state })];
  context.after(async () => {
    for (const each of servers) await each.stop();
    for (const folder of [demo, state]) rmSync(folder, { recursive: true });
  });
  const [broken] = servers;
  assert.ok(broken);
  const playbacks = ["first", "second"].map((viewer) => new Playback(usher, viewer, "kept"));
  for (const [index, viewer] of ["first", "second"].entries()) {
    const entry = playbacks[index]?.watch(0, 7).entry();
    assert.ok(entry);
    assert.equal((await postViews(broken.url, viewer, [entry])).status, 200);
  }
  await broken.kill9();
  const sound = await startServer({ state });
  servers.push(sound);
  for (const { id, version } of playbacks) await recordOf(sound.url, id, version);
});

test("nothing_is_left_waiting_when_all_has_arrived", async () => {
  await eventually(async () => {
    for (const { pending, batches } of await waitingOf(server.url)) {
      assert.deepEqual({ pending, batches }, { pending: 0, batches: [] });
    }
  });
});
