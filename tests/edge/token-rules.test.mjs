// @ts-check
// Every rule on entitlement tokens over HTTP: each of these is signed by a key of the keyset, unless its row says
// otherwise, and none is taken on any route.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { request } from "./api.mjs";
import { COUNTRY_HEADER, DEVICE, grant, nowS } from "./rights-api.mjs";
import { startRights } from "./rights-worker.mjs";

/** @type {import("./rights-worker.mjs").Worker} */
let worker;
/** @type {(() => Promise<void>)[]} */
const ends = [];

before(async () => {
  worker = await startRights({
    after: (/** @type {() => Promise<void>} */ end) => void ends.push(end),
  });
});
after(async () => {
  for (const end of ends) await end();
});

const HEADER = '{"alg":"EdDSA","kid":"tests","typ":"JWT"}';

const ENT = {
  account: { status: "active" },
  max_rating: null,
  grants: [grant()],
  devices: ["d1"],
};

/**
 * @param {Record<string, unknown>} [more]
 * @returns {Record<string, unknown>}
 */
function claims(more = {}) {
  const usual = { iss: "demo", aud: "usher", sub: "anna", iat: nowS() - 1, exp: nowS() + 3600 };
  return { ...usual, jti: "rules", epoch: 1, ent: ENT, ...more };
}

/** @param {Record<string, unknown>} [more] */
const text = (more) => JSON.stringify(claims(more));

/**
 * Text with a part of it replaced.
 * @param {string} from
 * @param {string} to
 */
function written(from, to) {
  const whole = text();
  assert.ok(whole.includes(from), from);
  return whole.replace(from, to);
}

/**
 * Asks each route that takes a token.
 * @param {string} token
 */
async function asked(token) {
  const headers = { [COUNTRY_HEADER]: "SE" };
  const post = (/** @type {string} */ path, /** @type {object} */ body) =>
    request(`${worker.server.url}${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify({ token, ...body }),
    });
  return {
    decisions: await post("/v1/decisions", { device: DEVICE, titles: ["film"] }),
    start: await post("/v1/streams", { device: DEVICE, title: "film" }),
    heartbeat: await post("/v1/streams/none/heartbeat", {}),
    stop: await post("/v1/streams/none/stop", {}),
    rename: await request(`${worker.server.url}/v1/devices/d1`, {
      method: "PUT",
      headers,
      body: JSON.stringify({ token, class: "web" }),
    }),
  };
}

/**
 * @param {[string, string, string][]} rows what is wrong, the token, and the step that refuses it
 * @param {string} [code]
 */
async function assertNoneTaken(rows, code = "token_invalid") {
  for (const [what, token, step] of rows) {
    for (const [route, { status, body }] of Object.entries(await asked(token))) {
      assert.deepEqual([status, body?.code, body?.field], [401, code, step], `${what}: ${route}`);
    }
  }
}

test("a_token_that_keeps_every_rule_is_taken", async () => {
  const { decisions } = await asked(worker.signed(HEADER, text()));
  assert.equal(decisions.status, 200, JSON.stringify(decisions.body));
  assert.equal(decisions.body.decisions[0].allow, true);
});

test("the_algorithm_belongs_to_the_key_and_not_to_the_header", async () => {
  const payload = text();
  const [head, body] = worker
    .signed('{"alg":"HS256","kid":"tests","typ":"JWT"}', payload)
    .split(".");
  const mac = createHmac("sha256", Buffer.from(worker.publicKey, "base64url"));
  const confused = `${head}.${body}.${mac.update(`${head}.${body}`).digest("base64url")}`;
  const none = worker.signed('{"alg":"none","kid":"tests","typ":"JWT"}', payload).split(".");
  const as = (/** @type {string} */ alg) =>
    worker.signed(`{"alg":${alg},"kid":"tests","typ":"JWT"}`, payload);
  await assertNoneTaken([
    ["a MAC by the public key", confused, "key"],
    ["alg none", none.join("."), "header"],
    ["alg none without a signature", `${none[0]}.${none[1]}.`, "header"],
    ["alg NONE", as('"NONE"'), "header"],
    ["alg ES256 of an Ed25519 key", as('"ES256"'), "key"],
    ["alg RS256 of an Ed25519 key", as('"RS256"'), "key"],
    ["alg eddsa", as('"eddsa"'), "header"],
    ["alg null", as("null"), "header"],
    ["alg a list", as('["EdDSA"]'), "header"],
    ["no alg", worker.signed('{"kid":"tests","typ":"JWT"}', payload), "header"],
  ]);
});

test("a_header_names_one_key_and_says_nothing_else", async () => {
  const of = (/** @type {string} */ header) => worker.signed(header, text());
  const more = (/** @type {string} */ field) => of(HEADER.replace("}", `,${field}}`));
  await assertNoneTaken([
    ["another kid", of(HEADER.replace('"tests"', '"others"')), "key"],
    ["kid of another case", of(HEADER.replace('"tests"', '"Tests"')), "key"],
    ["kid a number", of(HEADER.replace('"tests"', "1")), "header"],
    ["kid twice", more('"kid":"tests"'), "header"],
    ["alg twice", more('"alg":"EdDSA"'), "header"],
    ["jwk", more('"jwk":{"kty":"OKP"}'), "header"],
    ["jku", more('"jku":"https://example.com/keys"'), "header"],
    ["x5u", more('"x5u":"https://example.com/keys"'), "header"],
    ["x5c", more('"x5c":[]'), "header"],
    ["crit", more('"crit":["exp"]'), "header"],
    ["crit of nothing", more('"crit":[]'), "header"],
    ["b64", more('"b64":false'), "header"],
    ["typ of something else", of(HEADER.replace("JWT", "at+jwt")), "header"],
    ["no typ", of('{"alg":"EdDSA","kid":"tests"}'), "header"],
    ["bytes behind the header", of(`${HEADER} {}`), "header"],
    ["no object", of('"EdDSA"'), "header"],
    ["no UTF-8", worker.signed(Buffer.from([0x7b, 0xff, 0x7d]), text()), "header"],
  ]);
});

test("a_token_is_three_parts_of_canonical_base64url_of_4096_bytes_at_most", async () => {
  const good = worker.signed(HEADER, text());
  const [head = "", body = "", signature = ""] = good.split(".");
  // The last of 86 characters holds four bits of nothing.
  const last = signature.slice(-1);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const noncanonical = signature.slice(0, -1) + alphabet[alphabet.indexOf(last) + 1];
  const long = worker.signed(HEADER, text({ jti: "x".repeat(4096) }));
  await assertNoneTaken([
    ["padding", `${good}==`, "malformed"],
    ["bits of nothing", `${head}.${body}.${noncanonical}`, "malformed"],
    ["a space before", ` ${good}`, "malformed"],
    ["a line end behind", `${good}\n`, "malformed"],
    ["a fourth part", `${good}.`, "malformed"],
    ["two parts", `${head}.${body}`, "malformed"],
    ["an empty claim set", `${head}..${signature}`, "signature"],
    ["an empty header", `.${body}.${signature}`, "header"],
    ["the other alphabet", `${head}.${body}.${"+".repeat(86)}`, "malformed"],
    ["no ASCII", `${head}.${body}.ł${signature.slice(1)}`, "malformed"],
    ["NUL", `${good}\0`, "malformed"],
    ["more than 4096 bytes", long, "token"],
  ]);
});

test("a_claim_of_a_wrong_type_is_refused_and_not_passed_over", async () => {
  const of = (/** @type {string | Buffer} */ payload) => worker.signed(HEADER, payload);
  const withClaim = (/** @type {Record<string, unknown>} */ more) => of(text(more));
  const ent = (/** @type {Record<string, unknown>} */ more) =>
    withClaim({ ent: { ...ENT, ...more } });
  /** @type {[string, string, string][]} */
  const rows = [];
  for (const name of ["iss", "aud", "sub", "jti", "iat", "exp", "epoch", "ent"]) {
    rows.push([`no ${name}`, withClaim({ [name]: undefined }), "claims"]);
    for (const value of [null, [], true, {}]) {
      if (name === "ent" && JSON.stringify(value) === "{}") continue;
      rows.push([`${name} ${JSON.stringify(value)}`, withClaim({ [name]: value }), "claims"]);
    }
  }
  for (const name of ["iat", "exp", "epoch"]) {
    for (const value of ['"1"', "-1", "1.5", "1e400", "NaN", "18446744073709551616"]) {
      const whole = text().replace(new RegExp(`"${name}":\\d+`), `"${name}":${value}`);
      rows.push([`${name} ${value}`, of(whole), "claims"]);
    }
  }
  for (const sub of ["", "x".repeat(201), "a\u0000b", 7]) {
    rows.push([`sub ${JSON.stringify(sub)}`, withClaim({ sub }), "claims"]);
  }
  rows.push(
    ["another iss", withClaim({ iss: "other" }), "claims"],
    ["another aud", withClaim({ aud: "other" }), "claims"],
    ["a list as aud", withClaim({ aud: ["usher"] }), "claims"],
    ["more than a day", withClaim({ exp: nowS() + 25 * 3600 }), "claims"],
    ["exp before iat", withClaim({ exp: nowS() - 2 }), "claims"],
    ["nbf", withClaim({ nbf: nowS() - 5 }), "claims"],
    ["a claim of nobody", withClaim({ scope: "all" }), "claims"],
    ["sub twice", of(written('"sub":"anna"', '"sub":"anna","sub":"bert"')), "claims"],
    [
      "status twice",
      of(written('"status":"active"', '"status":"closed","status":"active"')),
      "claims",
    ],
    ["bytes behind", of(`${text()}{}`), "claims"],
    ["no object", of("[]"), "claims"],
    ["no UTF-8", of(Buffer.concat([Buffer.from(text()), Buffer.from([0xff])])), "claims"],
    ["a lone surrogate", of(written('"sub":"anna"', '"sub":"\\ud800"')), "claims"],
    ["a mark of byte order", of(`\ufeff${text()}`), "claims"],
    ["no account", ent({ account: undefined }), "claims"],
    ["account a text", ent({ account: "active" }), "claims"],
    ["grants an object", ent({ grants: {} }), "claims"],
    ["a grant a text", ent({ grants: ["plan:gold"] }), "claims"],
    ["65 grants", ent({ grants: Array.from({ length: 65 }, () => ({})) }), "claims"],
    ["devices of numbers", ent({ devices: [1] }), "claims"],
    ["65 devices", ent({ devices: Array.from({ length: 65 }, (_, at) => `d${at}`) }), "claims"],
    ["max_rating a text", ent({ max_rating: "18" }), "claims"],
    ["a right of nobody", ent({ role: "admin" }), "claims"],
  );
  await assertNoneTaken(rows);
});

test("a_token_holds_in_its_time_and_five_seconds_around_it", async () => {
  const of = (/** @type {number} */ iat, /** @type {number} */ exp) =>
    worker.signed(HEADER, text({ iat: nowS() + iat, exp: nowS() + exp }));
  await assertNoneTaken([["over", of(-120, -60), "time"]], "token_expired");
  await assertNoneTaken([["not begun", of(60, 120), "time"]]);
  for (const token of [of(-60, 60), of(3, 60), of(-60, -2)]) {
    assert.equal((await asked(token)).decisions.status, 200);
  }
});

test("what_a_good_token_says_wrongly_of_its_viewer_is_told_and_starts_nothing", async () => {
  const wrong = /** @type {[string, Record<string, unknown>][]} */ ([
    ["account.status", { account: { status: "golden" } }],
    ["account.since", { account: { status: "past_due", since: -1 } }],
    ["grants[0].kind", { grants: [grant({ kind: "gift" })] }],
    ["grants[0].from", { grants: [grant({ from: "now" })] }],
  ]);
  for (const [field, more] of wrong) {
    const token = worker.signed(HEADER, text({ sub: "wrongly", ent: { ...ENT, ...more } }));
    const { decisions, start } = await asked(token);
    for (const { status, body } of [decisions, start]) {
      assert.deepEqual([status, body.field], [400, field], JSON.stringify(body));
    }
  }
  const streams = await request(`${worker.server.url}/v1/streams`, {
    headers: { authorization: `Bearer ${worker.signed(HEADER, text({ sub: "wrongly" }))}` },
  });
  assert.deepEqual([streams.status, streams.body.streams], [200, []]);
});
