// @ts-check
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { judge } from "../conformance/run.mjs";

const CASES = fileURLToPath(new URL("../vectors/engagement", import.meta.url));

test("every engagement case holds through the package", async () => {
  /** @type {string[]} */
  const lines = [];
  const counts = await judge(CASES, (line) => lines.push(line));
  assert.deepEqual(lines, []);
  assert.deepEqual(counts, { passed: 36, failed: 0 });
});

test("a case that does not hold, or is not understood, is counted and named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-cases-"));
  try {
    const wrong = {
      format: "usher-case/1",
      id: "wrong",
      kind: "range-merge",
      media: { duration_s: 10 },
      events: [{ ev: "range", from_ms: 0, to_ms: 5000 }],
      expect_exact: { completion: 1, unique_content_s: 5, surprise: 1 },
    };
    const files = {
      "wrong.json": JSON.stringify(wrong),
      "kind.json": JSON.stringify({ ...wrong, id: "kind", kind: "other" }),
      "format.json": JSON.stringify({ format: "other/1", cases: [{ id: "a" }, { id: "b" }] }),
      "broken.json": "{",
      "notes.txt": "not a case",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    /** @type {string[]} */
    const lines = [];
    const counts = await judge(folder, (line) => lines.push(line));
    assert.deepEqual(counts, { passed: 0, failed: 5 });
    assert.ok(lines.includes("wrong: completion: expected 1, got 0.5"));
    assert.ok(lines.includes('wrong: surprise: expected 1, got "unsupported key"'));
    for (const id of ["kind", "a", "b"]) {
      assert.ok(lines.some((line) => line.startsWith(`${id}: unsupported: `)));
    }
    assert.ok(lines.some((line) => line.startsWith("broken.json: json: ")));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
