// @ts-check
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { eventually, postViews } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { Receiver } from "./receiver.mjs";
import { DEMO, startServer } from "./server.mjs";

test("an_alarm_that_is_set_for_a_time_that_is_over_rings_all_the_same", async (context) => {
  const usher = await loadPage();
  const demo = mkdtempSync(join(tmpdir(), "usher-demo-"));
  context.after(() => rmSync(demo, { recursive: true }));
  cpSync(DEMO, demo, { recursive: true });
  // Views are to be forgotten at once: the alarms of the rollup objects are always late.
  const [known, source] = [
    "KNOWN_MS = 90 * 24 * 36e5",
    readFileSync(join(demo, "edge.js"), "utf8"),
  ];
  assert.ok(source.includes(known));
  writeFileSync(join(demo, "edge.js"), source.replace(known, "KNOWN_MS = 0"));
  const central = new Receiver();
  await central.listen();
  context.after(() => central.close());
  const server = await startServer({ demo, environment: { CENTRAL_URL: central.url } });
  context.after(() => server.stop());
  for (let count = 0; count < 60; count += 1) {
    const playback = new Playback(usher, `viewer-${count}`, "late").watch(0, 5);
    await postViews(server.url, `viewer-${count}`, [playback.entry()]);
    await eventually(async () => {
      assert.ok(central.views().some(({ view }) => view === playback.id));
    });
  }
});
