// @ts-check
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { judge } from "../conformance/run.mjs";

/** @param {string} folder */
const cases = (folder) => fileURLToPath(new URL(`../vectors/${folder}`, import.meta.url));

test("every engagement case holds through the package", async () => {
  /** @type {string[]} */
  const lines = [];
  const counts = await judge(cases("engagement"), (line) => lines.push(line));
  assert.deepEqual(lines, []);
  assert.deepEqual(counts, { passed: 36, failed: 0 });
});

test("every case of a coupon holds through the package", async () => {
  /** @type {string[]} */
  const lines = [];
  const counts = await judge(cases("coupons"), (line) => lines.push(line));
  assert.deepEqual(lines, []);
  assert.deepEqual(counts, { passed: 88, failed: 0 });
});

test("every case of a decision holds through the package", async () => {
  /** @type {string[]} */
  const lines = [];
  const counts = await judge(cases("entitlements"), (line) => lines.push(line));
  assert.deepEqual(lines, []);
  assert.deepEqual(counts, { passed: 134, failed: 0 });
});

test("every case of a token holds through the package, or is of a scheme that is not verified", async () => {
  /** @type {string[]} */
  const lines = [];
  /** @type {Record<string, number>} */
  const skipped = {};
  const counts = await judge(
    cases("tokens"),
    (line) => lines.push(line),
    (reason) => (skipped[reason] = (skipped[reason] ?? 0) + 1),
  );
  assert.deepEqual(lines, []);
  assert.deepEqual(counts, { passed: 905, failed: 0 });
  assert.deepEqual(skipped, {
    "claims alone are no token": 14,
    "proofs of possession and scopes of MOQT are not judged: refused": 16,
    "its public key is not published": 2,
    "its payload is a text": 1,
    "`HS256/64` by oct keys is not verified": 3,
    "`HS256/64` is not verified": 1,
    "only COSE_Mac0 and COSE_Sign1 are verified": 13,
    "an algorithm that is not protected is refused": 4,
    "`ES384` by P-384 keys is not verified": 1,
    "`ES512` by P-521 keys is not verified": 1,
    "`ES512` by P-256 keys is not verified": 1,
    "`EdDSA` by Ed448 keys is not verified": 1,
    "`HS384` by oct keys is not verified": 1,
    "`HS512` by oct keys is not verified": 1,
    "tags of 128 bits are not verified": 87,
    "keys for `RS384` are not verified": 4,
    "keys for `RS512` are not verified": 4,
    "keys for `PS256` are not verified": 50,
    "keys for `PS384` are not verified": 5,
    "keys for `PS512` are not verified": 20,
    "keys for `ES521` are not verified": 2,
    "keys come with their algorithm, and without a use": 4,
    "the token of case 357, which is valid": 2,
    "valid, with `?` in its base64url, which RFC 7515, section 2, does not allow": 2,
  });
});

test("each case of a file is judged by itself", async () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-cases-"));
  try {
    const coupon = { code: "C", kind: "percent", percent: "10" };
    const lines = [{ id: "l1", unit_minor: 1000, qty: 1 }];
    const context = { code_entered: "C", currency: "USD", lines };
    const one = { coupon, context, now: "2026-03-10T12:00:00Z" };
    const document = {
      format: "usher-coupon-cases/1",
      cases: [
        {
          ...one,
          id: "holds",
          expect: { valid: true, discount_minor: 100, per_line: { l1: 100 } },
        },
        { ...one, id: "differs", expect: { discount_minor: 99, per_line: { l1: 1, l2: 0 } } },
        { ...one, id: "key", expect: { surprise: 1 } },
        { ...one, id: "refused", coupon: { ...coupon, percent: "101" }, expect: { valid: true } },
        { ...one, id: "op", context: { op: "guess" }, expect: {} },
        { ...one, expect: { valid: false } },
      ],
    };
    writeFileSync(join(folder, "several.json"), JSON.stringify(document));
    /** @type {string[]} */
    const printed = [];
    const counts = await judge(folder, (line) => printed.push(line));
    assert.deepEqual(counts, { passed: 1, failed: 5 });
    assert.deepEqual(printed.map((line) => line.split(" expected")[0]).sort(), [
      "differs: discount_minor:",
      "differs: per_line:",
      "key: surprise:",
      "op: unsupported:",
      "refused: run:",
      "several.json#6: valid:",
    ]);
    const refused = printed.find((line) => line.startsWith("refused")) ?? "";
    assert.ok(refused.includes("benefit.percent"), refused);
  } finally {
    rmSync(folder, { recursive: true });
  }
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
