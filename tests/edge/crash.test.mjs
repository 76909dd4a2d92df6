// @ts-check
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually, postViews, recordOf, waitingOf } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { DEMO, startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
/** @type {typeof import("usher")} */
let usher;

before(async () => {
  server = await startServer();
  usher = await loadPage();
});
after(() => server.stop());

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
