// @ts-check
// Every rule on media tokens over HTTP: each of these is protected by a secret of the edge, unless its row says
// otherwise, and none opens the gate.
import { createHmac } from "node:crypto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { FILM, SEGMENT, assertClosed, cookie, startGateForAll } from "./gated-film.mjs";
import { nowS } from "./rights-api.mjs";
import { RIGHTS_ENVIRONMENT } from "./server.mjs";

/** @type {import("./gated-film.mjs").Gate} */
let gate;
startGateForAll((started) => (gate = started));

/** Labels of RFC 8392 and CTA-5007. */
const EXP = 4;
const NBF = 5;
const CATREPLAY = 308;
const CATV = 310;
const CATNIP = 311;
const CATU = 312;
const CATM = 313;
const CATALPN = 314;
const CATGEO = 316;

const COSE_MAC0 = 17;
const COSE_SIGN1 = 18;
const CWT = 61;

/** What stands in CBOR as it is. */
class Raw {
  /** @param {number[]} bytes */
  constructor(...bytes) {
    this.bytes = Buffer.from(bytes);
  }
}

/** @typedef {Map<any, any> | any[] | string | number | Buffer | Raw} Value */

/**
 * @param {number} major
 * @param {number} value
 */
function head(major, value) {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  const size = [0x100, 0x10000, 2 ** 32].findIndex((limit) => value < limit);
  const bytes = Buffer.alloc(1 + 2 ** size);
  bytes.writeUInt8((major << 5) | (24 + size));
  bytes.writeUIntBE(value, 1, 2 ** size);
  return bytes;
}

/**
 * CBOR.
 * @param {Value} value
 * @returns {Buffer}
 */
function cbor(value) {
  if (value instanceof Raw) return value.bytes;
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === "string") {
    const bytes = Buffer.from(value);
    return Buffer.concat([head(3, bytes.length), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  const pairs = Array.from(value, ([key, each]) => Buffer.concat([cbor(key), cbor(each)]));
  return Buffer.concat([head(5, value.size), ...pairs]);
}

/** @param {[any, any][]} pairs */
const headers = (...pairs) => new Map(pairs);

/** @type {[any, any][]} */
const OPEN = [
  [CATU, new Map([[3, new Map([[1, `/vod/${FILM}/`]])]])],
  [CATM, ["GET", "HEAD"]],
];

/**
 * A media token of any claims.
 * @param {[any, any][] | Buffer} claims
 * @param {{ protect?: Buffer, plain?: Map<any, any>, tag?: number, behind?: number[], secret?: Buffer, cut?: number }} [how]
 */
function token(claims, { protect, plain, tag = COSE_MAC0, behind = [], secret, cut = 32 } = {}) {
  const [kid = "", key = ""] = RIGHTS_ENVIRONMENT.CAT_KEYS.split(":");
  const header = protect ?? cbor(new Map([[1, 5]]));
  const payload = Buffer.isBuffer(claims) ? claims : cbor(new Map(claims));
  const hmac = createHmac("sha256", secret ?? Buffer.from(key, "base64url"));
  const mac = hmac.update(cbor(["MAC0", header, Buffer.alloc(0), payload])).digest();
  const message = [
    header,
    plain ?? new Map([[4, Buffer.from(kid)]]),
    payload,
    mac.subarray(0, cut),
  ];
  return Buffer.concat([head(6, tag), cbor(message), Buffer.from(behind)]).toString("base64url");
}

/** @param {[any, any][]} more */
const claims = (...more) => {
  const all = [...OPEN, [EXP, nowS() + 60]].filter(
    ([label]) => !more.some(([own]) => own === label),
  );
  return /** @type {[any, any][]} */ ([...all, ...more]);
};

/** @param {string} value */
const withToken = (value) => gate.get(`/vod/${FILM}/${SEGMENT}`, { headers: cookie(value) });

/**
 * @param {[string, string][]} rows what is wrong, and the token
 * @param {number} [status]
 * @param {string} [code]
 */
async function assertNoneOpens(rows, status = 401, code = "token_invalid") {
  for (const [what, value] of rows) {
    const answer = await withToken(value);
    assert.deepEqual([answer.status, answer.body?.code], [status, code], what);
    assertClosed(answer, status, code);
  }
}

test("a_token_that_keeps_every_rule_opens_with_and_without_the_tag_of_claims", async () => {
  assert.equal((await withToken(token(claims()))).status, 200);
  const tagged = Buffer.concat([head(6, CWT), Buffer.from(token(claims()), "base64url")]);
  assert.equal((await withToken(tagged.toString("base64url"))).status, 200);
  assert.equal((await withToken(token(claims([CATV, 1])))).status, 200);
});

test("a_message_of_another_kind_or_key_is_none", async () => {
  const of = (/** @type {Parameters<typeof token>[1]} */ how) => token(claims(), how);
  const good = of({});
  const protectedBy = (/** @type {Map<any, any>} */ map) => of({ protect: cbor(map) });
  const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  await assertNoneOpens([
    ["a signature that is a MAC", of({ tag: COSE_SIGN1 })],
    ["another tag", of({ tag: 16 })],
    ["another secret", of({ secret: Buffer.alloc(32, 7) })],
    ["half of the MAC", of({ cut: 16 })],
    ["no MAC", of({ cut: 0 })],
    ["HMAC 256/64", protectedBy(new Map([[1, 4]]))],
    ["no algorithm", of({ protect: Buffer.alloc(0) })],
    ["an algorithm of signatures", protectedBy(new Map([[1, -7]]))],
    ["crit", of({ protect: cbor(headers([1, 5], [2, [99]], [99, 1])) })],
    ["keys that come along", of({ protect: cbor(headers([1, 5], [33, Buffer.from("key")])) })],
    ["the algorithm twice", of({ protect: Buffer.from([0xa2, 1, 5, 1, 5]) })],
    ["another kid", of({ plain: new Map([[4, Buffer.from("others")]]) })],
    ["kid a text", of({ plain: new Map([[4, "tests"]]) })],
    ["bytes behind", of({ behind: [0] })],
    ["padding", `${good}=`],
    ["bits of nothing", good.slice(0, -1) + (last[last.indexOf(good.slice(-1)) + 1] ?? "A") + "A"],
    [
      "claims that are changed",
      good.slice(0, 60) + (good[60] === "A" ? "B" : "A") + good.slice(61),
    ],
  ]);
});

test("a_claim_that_is_unknown_wrong_or_twice_opens_nothing", async () => {
  const NAN = new Raw(0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0);
  const INFINITY = new Raw(0xfb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0);
  const once = cbor(new Map(claims()));
  const twice = Buffer.concat([
    Buffer.from([once.readUInt8(0) + 1]),
    once.subarray(1),
    cbor(EXP),
    cbor(nowS() + 50),
  ]);
  await assertNoneOpens([
    ["no end", token([...OPEN])],
    ["an end that is NaN", token(claims([EXP, NAN]))],
    ["an end without end", token(claims([EXP, INFINITY]))],
    ["an end that is a text", token(claims([EXP, "tomorrow"]))],
    ["an end that is null", token(claims([EXP, new Raw(0xf6)]))],
    ["the end twice", token(twice)],
    ["a label of nobody", token(claims([999, 1]))],
    ["a label that is a text", token(claims(["admin", 1]))],
    ["a protocol, which cannot be judged", token(claims([CATALPN, ["h2"]]))],
    ["version 2", token(claims([CATV, 2]))],
    ["methods that are a text", token(claims([CATM, "GET"]))],
    ["countries of numbers", token(claims([CATGEO, [1]]))],
    ["replay of a kind of nobody", token(claims([CATREPLAY, 9]))],
    ["no map", token(Buffer.from([0x80]))],
    ["no claims", token(Buffer.alloc(0))],
    ["bytes behind the claims", token(Buffer.concat([once, Buffer.from([0])]))],
    ["a map without end", token(Buffer.from([0xbf, 0xff]))],
    ["a map of more than there is", token(Buffer.from([0xba, 0xff, 0xff, 0xff, 0xff]))],
    ["not begun", token(claims([NBF, nowS() + 60]))],
  ]);
  const over = token(claims([EXP, nowS() - 60]));
  await assertNoneOpens(
    [
      ["over", over],
      ["over since 1969", token(claims([EXP, -1]))],
    ],
    401,
    "token_expired",
  );
});

test("a_restriction_that_is_not_met_or_cannot_be_judged_is_a_refusal", async () => {
  /** @type {[string, string][]} */
  const rows = [
    ["used once, which nobody counts", token(claims([CATREPLAY, 1]))],
    ["an address of the sender", token(claims([CATNIP, [Buffer.from([10, 0, 0, 1])]]))],
    ["no method", token(claims([CATM, []]))],
    ["another method", token(claims([CATM, ["POST"]]))],
    ["no country", token(claims([CATGEO, []]))],
    ["another country", token(claims([CATGEO, ["CL"]]))],
  ];
  for (const [what, value] of rows) {
    const { status } = await withToken(value);
    assert.ok(status === 401 || status === 403, `${what}: ${status}`);
  }
});
