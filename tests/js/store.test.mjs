// @ts-check
// The player's store where there is no storage at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../www/player/store.js";

// Newer releases of Node.js have one.
delete (/** @type {any} */ (globalThis).localStorage);

const ENTRY = {
  viewer: "anna",
  view: "a".repeat(32),
  title: "plan 9",
  producer: "b".repeat(32),
  version: 1,
  state: "AQ",
  at: /** @type {[number, number]} */ ([1.5, 2]),
  savedMs: 2,
};

test("without any storage nothing throws, nothing waits, and it is told once", async () => {
  let told = 0;
  const store = new Store(() => {
    told += 1;
  });
  assert.equal(store.trouble, null);
  store.save(ENTRY);
  assert.equal(store.trouble, "missing");
  assert.equal(await store.keep(ENTRY), false);
  assert.deepEqual(await store.load(), []);
  assert.equal(await store.remove(ENTRY), false);
  assert.equal(await store.purge(), false);
  assert.deepEqual([store.trouble, store.lost, store.corrupt, told], ["missing", 0, 0, 1]);
});

test("what the state is told to is optional", () => {
  const store = new Store();
  store.save({ ...ENTRY, state: "A".repeat(3000) });
  store.save(ENTRY);
  assert.equal(store.trouble, "missing");
});
