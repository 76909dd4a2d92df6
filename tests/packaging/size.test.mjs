// @ts-check
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { overBudget, sizes } from "./size.mjs";

test("each_build_keeps_its_budget", () => {
  assert.deepEqual(overBudget(sizes()), []);
});

test("a_build_at_its_budget_passes_and_one_byte_more_is_named", () => {
  const build = { raw: 9, gzip: 9, brotli: 7, parts: {} };
  assert.deepEqual(overBudget({ player: { ...build, budget: 7 } }), []);
  assert.deepEqual(overBudget({ player: { ...build, budget: 6 } }), [
    "`player` is 7 bytes after brotli, expected at most 6",
  ]);
});

test("the_sizes_are_also_written_as_json", () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-size-"));
  try {
    const SIZE_JSON = join(folder, "size.json");
    spawnSync(process.execPath, ["tests/packaging/size.mjs"], {
      env: { ...process.env, SIZE_JSON },
    });
    assert.deepEqual(JSON.parse(readFileSync(SIZE_JSON, "utf8")), sizes());
  } finally {
    rmSync(folder, { recursive: true });
  }
});
