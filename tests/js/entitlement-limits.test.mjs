// @ts-check
// A catalogue that is as large as it may be, larger, and larger than the memory that the host gives.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Catalogue, decideCatalogue, decideTitles, init } from "usher/rights";
import { catalogue50k } from "../bench/decisions-catalogue.mjs";
import { moduleBytes } from "./module-bytes.mjs";

const PAGE = 65_536;

const POLICY = {
  version: "large",
  past_due_grace_days: 0,
  fallback_streams: 1,
  fallback_devices: 1,
  decision_ttl_s: 60,
  plans: [],
};

const TITLE =
  '"packs":["p"],"rating":0,"max_height":1080,"ad_tier":true,"free":true,' +
  '"windows":[{"from":0,"to":9,"territories":["SE"]}]}';

/** @type {import("usher/rights").EntitlementViewer} */
const VIEWER = { account: { status: "active" }, max_rating: null, devices: [], grants: [] };

const CIRCUMSTANCES = /** @type {const} */ ({ country: "SE", device_class: "tv", now: 5 });

/** @param {number} count */
function documentOf(count) {
  const titles = Array.from({ length: count }, (_, place) => `{"id":"t${place}",${TITLE}`);
  const head = `{"version":1,"policy":${JSON.stringify(POLICY)},"titles":[`;
  return new TextEncoder().encode(`${head}${titles.join(",")}]}`);
}

/**
 * The module with a memory that grows no further than so many pages from its beginning.
 * @param {number} pages
 */
function limited(pages) {
  const bytes = [...moduleBytes("rights")];
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at];
    const length = leb(bytes, at + 1);
    const body = length.next;
    if (id === 5) {
      const flags = body + 1;
      assert.deepEqual([bytes[body], bytes[flags]], [1, 0], "one memory without a limit");
      const least = leb(bytes, flags + 1).value;
      const section = [1, 1, ...lebOf(least), ...lebOf(least + pages)];
      bytes.splice(at + 1, body + length.value - at - 1, ...lebOf(section.length), ...section);
      return new WebAssembly.Module(new Uint8Array(bytes));
    }
    at = body + length.value;
  }
  throw new Error("the module has no memory");
}

/**
 * @param {number[]} bytes
 * @param {number} at
 */
function leb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, next: at };
  }
}

/** @param {number} value */
function lebOf(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/**
 * The package once more, with an instance of its own.
 * @param {string} name
 * @returns {Promise<typeof import("usher/rights")>}
 */
const freshModule = (name) => import(`${import.meta.resolve("usher/rights")}?${name}`);

before(() => init(moduleBytes("rights")));

test("a million titles are read and decided, and one more is refused", () => {
  const catalogue = new Catalogue(documentOf(1_000_000));
  assert.equal(catalogue.size, 1_000_000);
  assert.equal(catalogue.title("t999999"), 999_999);
  const decisions = decideTitles(catalogue, VIEWER, CIRCUMSTANCES, ["t0", "t999999", "t1000000"]);
  assert.deepEqual(
    decisions.map(({ allow, reasons }) => [allow, ...reasons]),
    [[true], [true], [false, "TITLE_UNKNOWN"]],
  );
  assert.equal(decideCatalogue(catalogue, VIEWER, CIRCUMSTANCES).allowed.length, 1_000_000);
  catalogue.free();
  assert.throws(
    () => new Catalogue(documentOf(1_000_001)),
    (/** @type {any} */ { code, field, message }) =>
      code === "too_many" && field === "titles" && message.includes("1000000"),
  );
});

test("a catalogue for which there is no memory is refused, and the module goes on", async () => {
  const large = documentOf(60_000);
  // The memory ends at any of the lists that grow: it is the same at whichever.
  for (let pages = 4; pages <= 64; pages += 6) {
    const module = await freshModule(`memory-${pages}`);
    module.initSync(limited(pages));
    assert.throws(
      () => new module.Catalogue(large),
      (/** @type {any} */ { code, message }) => code === "too_many" && message.includes("memory"),
      `${pages * PAGE} bytes`,
    );
    const small = new module.Catalogue(documentOf(3));
    const [decision] = module.decideTitles(small, VIEWER, CIRCUMSTANCES, ["t2"]);
    assert.equal(decision?.allow, true);
  }
});

test("fifty thousand titles take less than eight megabytes of memory", async () => {
  const json = new TextEncoder().encode(JSON.stringify(catalogue50k()));
  const module = await freshModule("eight-megabytes");
  module.initSync(limited(8_000_000 / PAGE));
  const catalogue = new module.Catalogue(json);
  assert.equal(catalogue.size, 50_000);
  assert.ok(catalogue.bytes < 8_000_000, `${catalogue.bytes}`);
});
