// @ts-check
// The bench is not run by `make test`; that it loads, and that its stream is always the same, is.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { bench, PARTS } from "./bench.mjs";
import { EVENTS, makeStream } from "./stream.mjs";

const HERE = new URL(".", import.meta.url);

test("every_script_of_the_bench_loads_without_the_peers", async () => {
  const scripts = readdirSync(HERE).filter(
    (name) => name.endsWith(".mjs") && name !== "load.test.mjs",
  );
  assert.ok(scripts.length > 8);
  for (const name of scripts) await import(new URL(name, HERE).href);
});

test("an_unknown_part_is_named", async () => {
  await assert.rejects(bench(["speed"]), {
    message: `\`speed\` is no part; expected ${PARTS.join(", ")}`,
  });
});

test("the_same_seed_gives_the_same_stream", () => {
  const digest = () => {
    const { atMs, positionS, rate, flags, event } = makeStream({ readings: 20_000, seed: 1 });
    const hash = createHash("sha256");
    for (const column of [atMs, positionS, rate, flags, event]) hash.update(column);
    return hash.digest("hex").slice(0, 16);
  };
  assert.equal(digest(), digest());
  const { event, seeks, length } = makeStream({ readings: 20_000, seed: 1 });
  assert.equal(length, 20_000);
  assert.ok(seeks > 20);
  assert.equal(new Set(event).size, Object.keys(EVENTS).length);
});

test("peers_have_exact_versions", () => {
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", HERE), "utf8"));
  for (const version of Object.values(dependencies)) assert.match(version, /^\d+\.\d+\.\d+$/);
});
