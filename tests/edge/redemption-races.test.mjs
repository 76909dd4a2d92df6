// @ts-check
// A cut of what `make bench PARTS=redemptions` runs ten times over.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeProbe } from "./group-probe.mjs";
import { runRace } from "./redemption-race.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
/** @type {import("./group-probe.mjs").Probe} */
let probe;
const state = mkdtempSync(join(tmpdir(), "usher-state-"));

before(async () => {
  probe = await makeProbe();
  server = await startServer({ demo: probe.demo, state });
});
after(async () => {
  await server?.stop();
  for (const folder of [state, probe.demo]) rmSync(folder, { recursive: true, force: true });
});

for (const { customers, slots, kills } of [
  { customers: 200, slots: 1, kills: 2 },
  { customers: 200, slots: 10, kills: 2 },
  { customers: 200, slots: 100, kills: 3 },
  { customers: 2000, slots: 10, kills: 1 },
]) {
  test(`${slots}_of_${customers}_have_one_after_${kills}_kills`, async (context) => {
    const outcome = await runRace(server, probe, { customers, slots, kills, parallel: 100 });
    context.diagnostic(JSON.stringify(outcome));
    const { granted, counter, acknowledged, most } = outcome;
    assert.deepEqual(
      { granted, customers: outcome.customers, counter, acknowledged, most },
      { granted: slots, customers: slots, counter: slots, acknowledged: slots, most: slots },
    );
    assert.ok(outcome.lost > 0);
  });
}
