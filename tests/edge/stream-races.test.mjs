// @ts-check
// A cut of what `make bench PARTS=streams` runs ten times over.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "./server.mjs";
import { prepareRaces, registerRace, runRace } from "./stream-race.mjs";

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  // Longer than a race: no lease ends by itself.
  server = await startServer({ environment: { RIGHTS: JSON.stringify({ lease_s: 3600 }) } });
  await prepareRaces(server.url);
});
after(() => server?.stop());

for (const { devices, streams, kills } of [
  { devices: 40, streams: 1, kills: 2 },
  { devices: 40, streams: 2, kills: 2 },
  { devices: 40, streams: 5, kills: 2 },
  { devices: 200, streams: 5, kills: 3 },
]) {
  test(`${streams}_of_${devices}_devices_have_a_stream_after_${kills}_kills`, async (context) => {
    const outcome = await runRace(server, { devices, streams, kills, parallel: devices });
    context.diagnostic(JSON.stringify(outcome));
    const { live, owners, acknowledged, most, unaudited } = outcome;
    assert.deepEqual(
      { live, owners, acknowledged, most, unaudited },
      { live: streams, owners: streams, acknowledged: streams, most: streams, unaudited: 0 },
    );
    assert.ok(outcome.lost > 0);
  });
}

test("5_of_50_devices_that_register_at_once_have_a_slot_after_2_kills", async () => {
  const outcome = await registerRace(server, { devices: 50, kills: 2 });
  assert.deepEqual(outcome, { registered: 5, slots: 5, most: 5 });
});
