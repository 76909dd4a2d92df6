// @ts-check
// `POST /v1/decisions` in front of the real catalogue worker: what an operator writes is what the edge decides by.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import {
  COUNTRY_HEADER,
  DEVICE,
  PLAN,
  decide,
  done,
  grant,
  newAccount,
  newToken,
  nowS,
  operator,
  publish,
  startStream,
  title,
} from "./rights-api.mjs";
import { OPERATOR_KEY, RIGHTS_ENVIRONMENT, startServer } from "./server.mjs";

const BODY_BYTES_MAX = 64 * 1024;

const TITLES = [
  title("film"),
  title("small", { max_height: 480 }),
  title("adults", { rating: 18 }),
  title("free", { packs: ["none"], free: true }),
  title("other", { packs: ["none"] }),
  title("abroad", { windows: [{ from: 0, to: nowS() + 3600, territories: ["CL"] }] }),
  title("soon", { windows: [{ from: nowS() + 3600, to: nowS() + 7200, territories: ["SE"] }] }),
];

/** @type {import("./server.mjs").Server} */
let server;
/** @type {string} */
let token;

before(async () => {
  server = await startServer({ environment: { RIGHTS: '{"refresh_s":0}' } });
  await publish(server.url, { titles: TITLES });
  await newAccount(server.url, "anna", { account: { max_rating: 12 } });
  token = await newToken(server.url, "anna");
});
after(() => server.stop());

/**
 * @param {object} body
 * @param {Record<string, string>} [headers]
 */
const ask = (body, headers) => decide(server.url, body, headers);

/**
 * The decisions on some titles.
 * @param {object} body
 * @param {Record<string, string>} [headers]
 */
async function decided(body, headers) {
  const answer = await ask(body, headers);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.decisions;
}

/** @type {Record<string, string>} */
const asOperator = { authorization: `Bearer ${OPERATOR_KEY}` };

test("one_title_is_decided_with_all_that_comes_with_it", async () => {
  const { status, body, headers } = await ask({ token, titles: ["film"] });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("access-control-allow-origin"), "*");
  const { recheck_at, expires_at, ...decision } = body.decisions[0];
  assert.deepEqual(
    { ...body, decisions: [decision] },
    {
      version: 1,
      policy_version: "tests-1",
      judged: { devices: "token", streams: "none" },
      decisions: [
        {
          ...{ title: "film", allow: true, reasons: [], notices: [], grant: "plan:gold" },
          ...{ max_height: 1080, ads: false },
        },
      ],
    },
  );
  assert.ok(Math.abs(recheck_at - nowS() - 300) < 60);
  assert.ok(expires_at > nowS() + 6 * 24 * 3600);
});

test("every_title_is_decided_with_every_reason_in_the_order_that_was_asked", async () => {
  const titles = ["abroad", "film", "none", "adults", "small", "free", "other", "soon", "film"];
  const decisions = await decided({ token, titles });
  assert.deepEqual(
    decisions.map((/** @type {any} */ { title: name, reasons }) => [name, reasons]),
    [
      ["abroad", ["GEO_BLOCKED"]],
      ["film", []],
      ["none", ["TITLE_UNKNOWN"]],
      ["adults", ["RATING_BLOCKED"]],
      ["small", []],
      ["free", []],
      ["other", ["NOT_ENTITLED"]],
      ["soon", ["NOT_YET_AVAILABLE"]],
      ["film", []],
    ],
  );
  assert.deepEqual(
    [decisions[4].max_height, decisions[5].grant, decisions[5].ads],
    [480, "free", true],
  );
  assert.ok(decisions[7].opens_at > nowS());
  assert.equal(decisions[0].max_height, undefined);
});

test("what_is_compiled_for_a_token_says_what_is_decided_for_its_viewer", async () => {
  const titles = [...TITLES.map(({ id }) => id), "none"];
  const now = nowS();
  const grants = [grant({ from: now - 3600, to: now + 7 * 24 * 3600 })];
  const viewer = {
    account: { status: "active" },
    max_rating: 12,
    devices: [],
    open_streams: [],
    grants,
  };
  for (const country of ["SE", "CL", "XX", null]) {
    for (const device of [DEVICE, { id: "d9", class: "tv" }]) {
      const headers = country === null ? { [COUNTRY_HEADER]: "" } : { [COUNTRY_HEADER]: country };
      const byToken = await decided(
        { token, titles, device, now, country },
        { ...headers, ...asOperator },
      );
      const given = await decided({ viewer, titles, device, now, country }, asOperator);
      const known = (/** @type {any} */ { expires_at: _, ...rest }) => rest;
      assert.deepEqual(byToken.map(known), given.map(known), `${country} ${device.id}`);
    }
  }
});

test("the_country_is_the_one_that_the_network_in_front_tells", async () => {
  const reasons = async (/** @type {Record<string, string>} */ headers) =>
    (await decided({ token, titles: ["film"] }, headers))[0].reasons;
  assert.deepEqual(await reasons({ [COUNTRY_HEADER]: "ES" }), []);
  assert.deepEqual(await reasons({ [COUNTRY_HEADER]: "CL" }), ["GEO_BLOCKED"]);
  for (const none of ["", "XX", "T1", "se", "SWE"]) {
    assert.deepEqual(await reasons({ [COUNTRY_HEADER]: none }), ["COUNTRY_UNKNOWN"], none);
  }
  assert.deepEqual(await reasons({ [COUNTRY_HEADER]: "CL", "x-country": "SE" }), ["GEO_BLOCKED"]);
});

test("another_header_of_the_country_is_trusted_only_where_it_is_configured", async (context) => {
  const environment = { RIGHTS: '{"refresh_s":0}', COUNTRY_HEADER: "x-country" };
  const other = await startServer({ environment });
  context.after(other.stop);
  await publish(other.url, { titles: [title("film")] });
  await newAccount(other.url, "anna");
  const own = await newToken(other.url, "anna");
  for (const [said, allow] of /** @type {const} */ ([
    ["SE", true],
    ["CL", false],
  ])) {
    const { body } = await decide(
      other.url,
      { token: own, titles: ["film"] },
      { "x-country": said },
    );
    assert.equal(body.decisions[0].allow, allow);
  }
  // The usual header, which anybody may send where no network overwrites it, says nothing then.
  const { body } = await decide(other.url, { token: own, titles: ["film"] });
  assert.deepEqual(body.decisions[0].reasons, ["COUNTRY_UNKNOWN"]);
});

test("the_token_may_stand_in_the_header", async () => {
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await decided({ titles: ["film"] }, headers))[0].allow, true);
});

test("a_token_that_does_not_hold_is_refused_by_its_step", async () => {
  const titles = ["film"];
  const [head = "", claims = "", signature = ""] = token.split(".");
  const other = claims.replace(/^.{20}/, (part) => part.split("").reverse().join(""));
  assertRefused(await ask({ titles }), 401, "token_missing", "token");
  for (const [wrong, field] of [
    ["no token", "malformed"],
    [`${head}.${claims}`, "malformed"],
    [`${head}.${other}.${signature}`, "signature"],
    [`${head}.${claims}.${signature.slice(0, -4)}AAAA`, "signature"],
  ]) {
    assertRefused(await ask({ token: wrong, titles }), 401, "token_invalid", String(field));
  }
  assertRefused(await ask({ token: "a".repeat(4097), titles }), 401, "token_invalid", "token");
  assert.equal((await ask({ token, titles })).status, 200);
});

test("a_token_that_was_revoked_counts_no_more_though_it_was_verified", async () => {
  const stolen = await newToken(server.url, "anna");
  assert.equal((await ask({ token: stolen, titles: ["film"] })).status, 200);
  const { jti } = JSON.parse(String(Buffer.from(stolen.split(".")[1] ?? "", "base64url")));
  const denial = { kind: "token", value: jti, until: nowS() + 3600 };
  await done(`${server.url}/v1/deny-list`, "POST", denial);
  await eventually(async () => {
    const refused = await ask({ token: stolen, titles: ["film"] });
    assertRefused(refused, 401, "token_revoked", "revoked");
  });
  assert.equal((await ask({ token, titles: ["film"] })).status, 200);
});

test("a_publication_counts_without_a_restart", async () => {
  assert.deepEqual((await decided({ token, titles: ["new"] }))[0].reasons, ["TITLE_UNKNOWN"]);
  const { version } = await publish(server.url, { titles: [title("new")] });
  await eventually(async () => {
    const { body } = await ask({ token, titles: ["new"] });
    assert.deepEqual([body.version, body.decisions[0].allow], [version, true]);
  });
});

test("an_operator_tries_as_somebody_else_elsewhere_at_another_time", async () => {
  const viewer = {
    account: { status: "past_due", since: nowS() - 3600 },
    ...{ max_rating: null, devices: ["d1"], open_streams: [], grants: [grant()] },
  };
  const tried = async (/** @type {object} */ more) =>
    (await decided({ viewer, titles: ["abroad"], ...more }, asOperator))[0];
  assert.deepEqual((await tried({})).reasons, ["GEO_BLOCKED"]);
  const abroad = await tried({ country: "CL" });
  assert.deepEqual([abroad.allow, abroad.notices], [true, ["PAST_DUE_GRACE"]]);
  assert.deepEqual((await tried({ country: null })).reasons, ["COUNTRY_UNKNOWN"]);
  const later = await tried({ country: "CL", now: nowS() + 30 * 24 * 3600 });
  assert.deepEqual(later.reasons, ["PAST_DUE", "NO_LONGER_AVAILABLE", "GRANT_EXPIRED"]);
  const { body } = await ask({ viewer, titles: ["film"] }, asOperator);
  assert.deepEqual(body.judged, { devices: "given", streams: "given" });
  // Whose token it is, at another place.
  const [own] = await decided({ token, titles: ["film"], country: "CL" }, asOperator);
  assert.deepEqual(own.reasons, ["GEO_BLOCKED"]);
});

test("nobody_else_says_who_where_and_when", async () => {
  for (const more of [{ viewer: {} }, { country: "SE" }, { country: null }, { now: 1 }]) {
    const body = { token, titles: ["film"], ...more };
    assertRefused(await ask(body), 401, "operator_key_missing", "Authorization");
    const wrong = { authorization: "Bearer wrong" };
    assertRefused(await ask(body, wrong), 401, "operator_key_invalid", "Authorization");
    const player = { authorization: `Bearer ${token}` };
    assertRefused(await ask(body, player), 401, "operator_key_invalid", "Authorization");
  }
});

test("what_is_not_asked_rightly_is_refused_by_its_field", async () => {
  const film = ["film"];
  for (const [body, field] of /** @type {[object, string][]} */ ([
    [{ titles: [] }, "titles"],
    [{}, "titles"],
    [{ titles: "film" }, "titles"],
    [{ titles: Array(1001).fill("film") }, "titles"],
    [{ titles: ["film", 7] }, "titles[1]"],
    [{ titles: film, device: null }, "device"],
    [{ titles: film, device: { id: "d1" } }, "device.class"],
    [{ titles: film, device: { id: "d1", class: "watch" } }, "device.class"],
    [{ titles: film, device: { id: "", class: "tv" } }, "device.id"],
    [{ titles: film, device: { id: "a".repeat(201), class: "tv" } }, "device.id"],
    [{ titles: film, live: 1 }, "live"],
    [{ titles: film, catalogue: "yes" }, "catalogue"],
    [{ titles: film, explain: {} }, "explain"],
    [{ titles: film, language: "sv" }, "language"],
    [{ titles: film, more: true }, "more"],
    [{ titles: film, token: 7 }, "token"],
  ])) {
    assertRefused(await ask({ token, ...body }), 400, "invalid_value", field);
  }
  for (const [body, field] of /** @type {[object, string][]} */ ([
    [{ now: -1 }, "now"],
    [{ now: "1" }, "now"],
    [{ country: 7 }, "country"],
    [{ viewer: null }, "viewer"],
  ])) {
    assertRefused(
      await ask({ token, titles: film, ...body }, asOperator),
      400,
      "invalid_value",
      field,
    );
  }
  const url = `${server.url}/v1/decisions`;
  for (const text of ["", "{", "[]", "null", "7", '"a"', Buffer.from([0x22, 0xff, 0x22])]) {
    assertRefused(await request(url, { method: "POST", body: text }), 400, "malformed_json", null);
  }
  const large = JSON.stringify({ token, titles: film, device: DEVICE }).padEnd(BODY_BYTES_MAX);
  assert.equal((await request(url, { method: "POST", body: large })).status, 200);
  const larger = await request(url, { method: "POST", body: `${large} ` });
  assertRefused(larger, 413, "body_too_large", null);
  assert.equal((await request(url)).status, 405);
  const preflight = await request(url, { method: "OPTIONS" });
  assert.equal(
    preflight.headers.get("access-control-allow-headers"),
    "content-type, authorization",
  );
});

test("a_thousand_titles_are_one_request", async () => {
  const titles = Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? "film" : "other"));
  const decisions = await decided({ token, titles });
  assert.equal(decisions.length, 1000);
  assert.equal(decisions.filter((/** @type {any} */ { allow }) => allow).length, 500);
});

test("the_whole_catalogue_is_one_answer", async () => {
  const { status, body } = await ask({ token, catalogue: true });
  assert.equal(status, 200, JSON.stringify(body));
  const { title: allowed, max_height, ads } = body.allowed;
  // One of them was published by another test.
  const known = allowed.filter((/** @type {string} */ id) => id !== "new");
  assert.deepEqual(known, ["film", "free", "small"]);
  assert.deepEqual(body.judged, { devices: "token", streams: "none" });
  const decisions = await decided({ token, titles: allowed });
  assert.deepEqual(
    decisions.map((/** @type {any} */ one) => [one.allow, one.max_height, one.ads]),
    max_height.map((/** @type {number} */ height, /** @type {number} */ at) => [
      true,
      height,
      ads[at],
    ]),
  );
  assert.deepEqual(body.denied, {
    ...{ GEO_BLOCKED: 1, NOT_YET_AVAILABLE: 1, RATING_BLOCKED: 1, NOT_ENTITLED: 1 },
  });
  assert.ok(body.recheck_at > nowS());
});

test("every_rule_of_a_decision_is_explained", async () => {
  const body = { token, titles: ["adults", "film"], explain: true, language: "es" };
  const [adults, film] = await decided(body);
  assert.deepEqual(
    [adults.title, adults.allow, adults.reasons],
    ["adults", false, ["RATING_BLOCKED"]],
  );
  const outcomes = new Map(
    adults.steps.map((/** @type {any} */ { rule, outcome }) => [rule, outcome]),
  );
  assert.deepEqual(
    ["account", "territory", "rating", "entitlement"].map((rule) => outcomes.get(rule)),
    ["pass", "pass", "fail", "pass"],
  );
  assert.ok(film.steps.every((/** @type {any} */ { outcome }) => outcome !== "fail"));
  const many = { token, titles: Array(21).fill("film"), explain: true };
  assertRefused(await ask(many), 400, "invalid_value", "titles");
});

test("a_live_decision_knows_the_devices_and_the_streams_of_now", async () => {
  await newAccount(server.url, "busy");
  const own = await newToken(server.url, "busy");
  const from = (/** @type {string} */ id) => ({ token: own, device: { id, class: "tv" } });
  const asked = { ...from("d3"), titles: ["film"] };
  const live = async () => {
    const { status, body } = await ask({ ...asked, live: true });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const before = await live();
  assert.deepEqual(before.judged, { devices: "viewer", streams: "viewer" });
  assert.deepEqual(before.decisions[0].reasons, []);
  for (const id of ["d1", "d2"]) {
    const started = await startStream(server.url, { ...from(id), title: "film" });
    assert.equal(started.status, 201, JSON.stringify(started.body));
  }
  // The plan allows two of them.
  assert.deepEqual((await live()).decisions[0].reasons, ["STREAM_LIMIT"]);
  assert.deepEqual((await decided(asked))[0].reasons, []);
  const again = await ask({ ...from("d1"), titles: ["film"], live: true });
  assert.deepEqual(again.body.decisions[0].reasons, []);
  const whole = await ask({ ...from("d3"), catalogue: true, live: true });
  assert.deepEqual([whole.body.allowed.title, whole.body.judged.streams], [[], "viewer"]);
});

test("a_receipt_says_what_was_decided_by_which_versions", async () => {
  const sha256 = (/** @type {object} */ value) =>
    createHash("sha256").update(JSON.stringify(value)).digest("base64url");
  const { status, body } = await ask({ token, titles: ["film", "adults"], receipt: true });
  assert.equal(status, 200, JSON.stringify(body));
  const { receipt, decisions, ...head } = body;
  const [header = "", claims = "", signature] = receipt.split(".");
  const [kid, key = ""] = RIGHTS_ENVIRONMENT.RECEIPT_KEYS.split(":");
  const mac = createHmac("sha256", Buffer.from(key, "base64url")).update(`${header}.${claims}`);
  assert.equal(mac.digest("base64url"), signature);
  assert.equal(JSON.parse(String(Buffer.from(header, "base64url"))).kid, kid);
  const { input, decision, previous, at } = JSON.parse(String(Buffer.from(claims, "base64url")));
  const { digest, ...by } = input;
  assert.deepEqual([by, decision.digest, previous], [head, sha256({ decisions }), null]);
  assert.ok(Math.abs(at - nowS()) < 60);
  assert.match(digest, /^[\w-]{43}$/);
  assert.equal((await ask({ token, titles: ["film"] })).body.receipt, undefined);
});

test("a_receipt_of_an_operators_try_says_what_was_tried", async () => {
  const viewer = {
    account: { status: "active" },
    max_rating: null,
    devices: [],
    open_streams: [],
    grants: [],
  };
  const now = nowS();
  const asked = { viewer, titles: ["film"], country: "SE", now, receipt: true };
  const { body } = await ask(asked, asOperator);
  const [, claims = ""] = body.receipt.split(".");
  const { input } = JSON.parse(String(Buffer.from(claims, "base64url")));
  const circumstances = { country: "SE", device_class: DEVICE.class, device_id: DEVICE.id, now };
  const text = JSON.stringify({ viewer, ...circumstances, titles: ["film"] });
  assert.equal(input.digest, createHash("sha256").update(text).digest("base64url"));
});

test("a_viewer_that_is_no_viewer_is_refused_by_its_field", async () => {
  const viewer = {
    account: { status: "ill" },
    max_rating: null,
    devices: [],
    open_streams: [],
    grants: [],
  };
  const answer = await ask({ viewer, titles: ["film"] }, asOperator);
  assert.equal(answer.status, 400);
  assert.match(answer.body.field, /status/);
});
