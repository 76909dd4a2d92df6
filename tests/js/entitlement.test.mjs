// @ts-check
// Entitlements through the module of rights: the shared cases, and what only JavaScript can give.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import {
  Catalogue,
  DEVICE_CLASSES,
  REASONS,
  UsherError,
  countryCode,
  decideCatalogue,
  decideTitles,
  explainDecision,
  init,
  initSync,
  makeReceipt,
  reasonsOf,
  verifyReceipts,
} from "usher/rights";
import { moduleBytes } from "./module-bytes.mjs";

const shared = JSON.parse(
  readFileSync(new URL("../vectors/entitlements/decisions.json", import.meta.url), "utf8"),
);

const KEYS = `new:${Buffer.alloc(32, 1).toString("base64url")},old:${Buffer.alloc(32, 2).toString("base64url")}`;

/** @param {unknown} document */
const open = (document) => new Catalogue(new TextEncoder().encode(JSON.stringify(document)));

const published = () => ({ version: 7, policy: shared.policy, titles: shared.titles });

/** @type {Catalogue} */
let catalogue;

before(async () => {
  await init(moduleBytes("rights"));
  catalogue = open(published());
});

/** @param {string} id */
function caseOf(id) {
  const found = shared.cases.find((/** @type {any} */ one) => one.id === id);
  if (!found) throw new Error(`no case is called ${id}`);
  return structuredClone(found);
}

/**
 * @param {() => unknown} call
 * @param {string} code
 * @param {string | null} field
 */
function refuses(call, code, field) {
  assert.throws(call, (/** @type {any} */ thrown) => {
    assert.deepEqual([thrown.code, thrown.field], [code, field], thrown.message);
    return true;
  });
}

test("the shared cases hold in one call, in numbers and explained", () => {
  for (const { id, viewer, request, expect } of shared.cases) {
    const { title, country, device_class, device_id, now } = request;
    const [decision] = decideTitles(catalogue, viewer, request, [title]);
    assert.deepEqual({ ...decision, ...expect }, decision, id);
    assert.deepEqual(explainDecision(catalogue, viewer, request).decision, decision, id);
    const rights = catalogue.rights(viewer);
    const bits = rights.decide(
      catalogue.title(title),
      countryCode(country ?? ""),
      DEVICE_CLASSES.indexOf(device_class),
      rights.device(device_id),
      now,
    );
    assert.deepEqual(reasonsOf(bits), expect.reasons, id);
    assert.equal(rights.opensAt, expect.opens_at ?? -1, id);
    const grant = rights.grant < 0 ? "free" : viewer.grants[rights.grant].id;
    const { maxHeight, ads, expiresAt, recheckAt } = rights;
    const found = [grant, maxHeight, ads, expiresAt, recheckAt];
    const { max_height, expires_at, recheck_at } = expect;
    const leave = [expect.grant, max_height, expect.ads, expires_at, recheck_at];
    assert.deepEqual(found, expect.allow ? leave : ["free", -1, false, -1, -1], id);
    rights.free();
  }
});

test("a catalogue tells of itself", () => {
  const { version, policyVersion, size, bytes } = catalogue;
  assert.deepEqual([version, policyVersion, size], [7, "2026-11-a", 7]);
  assert.ok(bytes > 0);
  for (const [place, { id }] of shared.titles.entries()) {
    assert.deepEqual([catalogue.title(id), catalogue.titleId(place)], [place, id]);
  }
  assert.deepEqual([catalogue.title("nope"), catalogue.titleId(7)], [-1, undefined]);
});

test("the whole catalogue says what its titles say one by one", () => {
  const titles = shared.titles.map((/** @type {any} */ title) => title.id);
  for (const { id, viewer, request } of shared.cases) {
    const listing = decideCatalogue(catalogue, viewer, request);
    const decisions = decideTitles(catalogue, viewer, request, titles);
    const allowed = titles.filter(
      (/** @type {any} */ _, /** @type {number} */ place) => decisions[place]?.allow,
    );
    assert.deepEqual(listing.allowed, allowed, id);
    const leaves = decisions.filter(({ allow }) => allow);
    assert.deepEqual(
      listing.max_height,
      leaves.map((leave) => leave.max_height),
    );
    assert.deepEqual(
      listing.ads,
      leaves.map((leave) => leave.ads),
    );
    /** @type {Record<string, number>} */
    const denied = {};
    for (const reason of decisions.flatMap(({ reasons }) => reasons)) {
      denied[reason] = (denied[reason] ?? 0) + 1;
    }
    assert.deepEqual(listing.denied, denied, id);
    assert.ok(listing.recheck_at > request.now && listing.recheck_at <= request.now + 300, id);
  }
});

test("an explanation names what every rule was judged by", () => {
  const { viewer, request } = caseOf("student-plus-expired-premium");
  const { steps } = explainDecision(catalogue, viewer, request);
  const found = steps.map(({ rule, outcome, parameters }) => [rule, outcome, parameters]);
  assert.deepEqual(found, [
    ["account", "pass", { status: "active" }],
    ["past_due", "skip", { grace_days: 3 }],
    ["title", "pass", { title: "series-1" }],
    ["country", "pass", { country: "SE" }],
    ["territory", "pass", { country: "SE" }],
    ["window", "pass", { open_until: 1_798_640_000 }],
    ["blackout", "pass", {}],
    ["rating", "skip", { rating: 12 }],
    [
      "grant",
      "fail",
      {
        grant: "plan:premium",
        kind: "plan",
        plan: "premium",
        from: 1_789_136_000,
        to: 1_789_913_600,
        obstacles: ["GRANT_EXPIRED"],
      },
    ],
    [
      "grant",
      "fail",
      {
        grant: "plan:student-mobile",
        kind: "plan",
        plan: "student-mobile",
        from: 1_789_136_000,
        to: 1_791_728_000,
        obstacles: ["DEVICE_CLASS_BLOCKED"],
      },
    ],
    ["entitlement", "fail", {}],
    ["device_limit", "pass", { registered: true, devices: 1, limit: 2 }],
    ["stream_limit", "pass", { streams: 0, limit: 1 }],
  ]);
});

test("a free title is explained as a grant of its own", () => {
  const { viewer, request } = caseOf("free-title-no-grant");
  const { steps } = explainDecision(catalogue, viewer, request);
  const grants = steps.filter(({ rule }) => rule === "grant").map(({ parameters }) => parameters);
  assert.deepEqual(grants, [
    { grant: "free", kind: "free", obstacles: [], max_height: 1080, ads: true },
  ]);
});

test("reasons have the order of their bits", () => {
  assert.equal(REASONS.length, 18);
  assert.deepEqual(reasonsOf((1 << 18) - 1), REASONS);
  assert.deepEqual(reasonsOf(-1), REASONS);
  assert.deepEqual(reasonsOf((1 << 0) | (1 << 17)), ["ACCOUNT_CLOSED", "STREAM_LIMIT"]);
});

test("every country that the host knows is one, and nothing else", () => {
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  // Known to hosts, and no countries: exceptional reservations, what became another, and what is no place.
  const beside = new Set(
    "AC AN BU CP CQ CS CT DD DG DY EA EU EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ QO RH SU TA TP UK UN VD WK XA XB YD YU ZR ZZ NU_".split(
      " ",
    ),
  );
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  for (const code of letters.flatMap((one) => letters.map((other) => one + other))) {
    const isKnown = names.of(code) !== undefined && !beside.has(code);
    assert.equal(countryCode(code) >= 0, isKnown, code);
  }
  for (const text of ["", "se", "SWE", "S", "XX", "T1", "\ud800"]) {
    assert.equal(countryCode(text), -1);
  }
});

test("numbers that are none never give leave", () => {
  const { viewer } = caseOf("series-window-SE");
  const rights = catalogue.rights(viewer);
  const right = [
    catalogue.title("series-1"),
    countryCode("SE"),
    2,
    rights.device("d1"),
    1_790_000_000,
  ];
  const decide = (/** @type {number[]} */ numbers) =>
    rights.decide(.../** @type {[number, number, number, number, number]} */ (numbers));
  assert.equal(decide(right), 0);
  const wrong = [NaN, -1, 0.5, Infinity, -Infinity, 2 ** 32, 2 ** 53, 2 ** 64, undefined, "x", {}];
  const expected = ["TITLE_UNKNOWN", "COUNTRY_UNKNOWN", null, "", null];
  for (const [place, reason] of expected.entries()) {
    for (const value of wrong) {
      // A time of its own: in the year 2106.
      if (place === 4 && value === 2 ** 32) continue;
      const numbers = right.with(place, /** @type {any} */ (value));
      const bits = decide(numbers);
      if (reason === null) {
        assert.equal(bits, -1, `${value}`);
        assert.deepEqual([rights.maxHeight, rights.expiresAt, rights.opensAt], [-1, -1, -1]);
      } else if (reason === "") {
        // A new device, for which there is room.
        assert.equal(bits, 0, `${value}`);
      } else {
        assert.deepEqual(reasonsOf(bits), [reason], `${value}`);
      }
    }
  }
  rights.free();
});

test("circumstances that are none are refused", () => {
  const { viewer, request } = caseOf("series-window-SE");
  const ask = (/** @type {object} */ change) => () =>
    decideTitles(catalogue, viewer, { ...request, ...change }, ["series-1"]);
  for (const device_class of ["fridge", "", undefined, null, 2]) {
    refuses(ask({ device_class }), "invalid_value", "device_class");
  }
  for (const now of [NaN, -1, 1.5, Infinity, 253_402_300_800, "now", undefined]) {
    refuses(ask({ now }), "invalid_value", "now");
  }
  for (const country of [null, undefined, "", "XX", "sweden"]) {
    assert.deepEqual(ask({ country })()[0]?.reasons, ["COUNTRY_UNKNOWN"]);
  }
  for (const device_id of [null, undefined, "", "d9"]) {
    assert.equal(ask({ device_id })()[0]?.allow, true);
  }
});

test("a viewer that is none is refused with its path", () => {
  const { viewer } = caseOf("series-window-SE");
  const read = (/** @type {object} */ change) => () =>
    catalogue.rights(/** @type {any} */ ({ ...viewer, ...change }));
  for (const nothing of [undefined, null, 7, "x", []]) {
    assert.throws(() => catalogue.rights(/** @type {any} */ (nothing)), { field: null });
  }
  // JSON would make null of it: a viewer who may watch everything.
  for (const max_rating of [NaN, Infinity, -Infinity]) {
    refuses(read({ max_rating }), "wrong_type", "max_rating");
  }
  refuses(read({ max_rating: -1 }), "wrong_type", "max_rating");
  refuses(read({ devices: undefined }), "missing_field", "devices");
  refuses(read({ devices: ["d1", 2] }), "wrong_type", "devices[1]");
  refuses(read({ name: "ann" }), "unknown_field", "name");
  refuses(read({ grants: [{ ...viewer.grants[0], to: NaN }] }), "wrong_type", "grants[0].to");
  refuses(
    read({ grants: [{ ...viewer.grants[0], kind: "gift" }] }),
    "invalid_value",
    "grants[0].kind",
  );
  refuses(read({ grants: Array(65).fill(viewer.grants[0]) }), "too_many", "grants");
  assert.throws(read({ account: { status: "active", since: 5n } }), TypeError);
});

test("a document that is none is refused with its path", () => {
  const change = (/** @type {(document: any) => void} */ by) => () => {
    const document = structuredClone(published());
    by(document);
    return open(document);
  };
  refuses(
    change((all) => (all.titles[3].windows[0].territories[1] = "XX")),
    "invalid_value",
    "titles[3].windows[0].territories[1]",
  );
  refuses(
    change((all) => (all.titles[1].id = "news-1")),
    "invalid_value",
    "titles[1].id",
  );
  refuses(
    change((all) => (all.policy.plans[7].includes[0] = "family-bundle")),
    "invalid_value",
    "policy.plans[7].includes",
  );
  for (const bytes of [
    new Uint8Array(),
    new Uint8Array([0xff]),
    new Uint8Array(200_000).fill(32),
  ]) {
    refuses(() => new Catalogue(bytes), "malformed_json", null);
  }
  const text = JSON.stringify(published());
  const cut = new TextEncoder().encode(text).subarray(0, -1);
  refuses(() => new Catalogue(cut), "malformed_json", null);
});

test("limits are those of the live plans", () => {
  const { viewer } = caseOf("bundle-includes-kids");
  const rights = catalogue.rights(viewer);
  assert.deepEqual([rights.streamLimit(1_790_000_000), rights.deviceLimit(1_790_000_000)], [5, 8]);
  assert.deepEqual([rights.streamLimit(0), rights.deviceLimit(0)], [1, 2]);
  assert.deepEqual([rights.streamLimit(NaN), rights.deviceLimit(-1)], [-1, -1]);
  rights.free();
});

test("what was freed is not used again", () => {
  const { viewer, request } = caseOf("series-window-SE");
  const other = open(published());
  const rights = other.rights(viewer);
  other.free();
  other.free();
  refuses(() => other.rights(viewer), "internal", null);
  assert.equal(other.title("series-1"), -1);
  // Rights keep what they need.
  const numbers = /** @type {const} */ ([1, countryCode("SE"), 2, 0, request.now]);
  assert.equal(rights.decide(...numbers), 0);
  rights.free();
  assert.equal(rights.decide(...numbers), -1);
  assert.equal(rights.maxHeight, -1);
});

test("an instance that began afresh knows nothing of what was opened before", () => {
  const { viewer } = caseOf("series-window-SE");
  const before = open(published());
  const rights = before.rights(viewer);
  initSync(new WebAssembly.Module(moduleBytes("rights")));
  catalogue = open(published());
  const fresh = catalogue.rights(viewer);
  for (const call of [
    () => before.title("series-1"),
    () => before.rights(viewer),
    () => rights.decide(0, 0, 0, 0, 0),
    () => rights.maxHeight,
  ]) {
    refuses(call, "unavailable", null);
  }
  // Freed, it takes nothing from the new one.
  rights.free();
  before.free();
  assert.equal(fresh.decide(1, countryCode("SE"), 2, 0, 1_790_000_000), 0);
  fresh.free();
});

test("receipts are checked one after the other", () => {
  const decided = { input: { digest: "x" }, decision: { allow: true }, at: 1_790_000_000 };
  /** @type {string[]} */
  const receipts = [];
  /** @type {string | null} */
  let previous = null;
  for (let place = 0; place < 4; place += 1) {
    const made = makeReceipt(KEYS, { previous, ...decided, at: decided.at + place });
    receipts.push(made.receipt);
    previous = made.digest;
  }
  const { digest, claims } = verifyReceipts(KEYS, receipts, null);
  assert.equal(digest, previous);
  assert.deepEqual(
    claims.map(({ at }) => at - decided.at),
    [0, 1, 2, 3],
  );
  const [a = "", b = "", c = "", d = ""] = receipts;
  assert.equal(
    verifyReceipts(KEYS, [c, d], verifyReceipts(KEYS, [a, b], null).digest).digest,
    digest,
  );
  for (const [list, field] of /** @type {[string[], string][]} */ ([
    [[a, c, d], "receipts[1]"],
    [[a, b, d], "receipts[2]"],
    [[b, a], "receipts[0]"],
    [[a, a], "receipts[1]"],
    [[a, b, `${c}A`], "receipts[2]"],
    [[a, "x"], "receipts[1]"],
  ])) {
    refuses(() => verifyReceipts(KEYS, list, null), "token_invalid", field);
  }
  refuses(() => verifyReceipts(null, [a], null), "not_configured", "RECEIPT_KEYS");
  assert.throws(() => verifyReceipts(KEYS, [a], "another"), UsherError);
});
