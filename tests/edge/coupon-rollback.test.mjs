// @ts-check
// The edge in front of a coupons worker that is away, is stale, or lies with the right key: over real HTTP,
// with statements that are really signed.
import assert from "node:assert/strict";
import { createHash, createPrivateKey, sign } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import { newCoupon, newGroup } from "./coupon-api.mjs";
import { close, listen } from "./loopback.mjs";
import { COUPON_ENVIRONMENT, DEMO, startServer } from "./server.mjs";

/** As the edge has it: www/edge/signed-body.js. */
const AGE_MS_MAX = 24 * 3600 * 1000;

const LEEWAY_MS = 5 * 60_000;

const MINUTE_MS = 60_000;

const [, x] = COUPON_ENVIRONMENT.COUPON_PUBLIC_KEYS.split(":");
const [kid, d] = COUPON_ENVIRONMENT.COUPON_SIGNING_KEY.split(":");
const key = createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", x, d }, format: "jwk" });

/**
 * What is signed and sent; `digest` if it is not the one of the body.
 * @typedef {{ body: Buffer, subject: string, tenant: string, version: number, made_ms: number, digest?: string }} Said
 */

/** @typedef {(subject: string) => Said | null} Says null hangs up */

/** @param {Said} said */
function headersOf({ body, ...rest }) {
  const digest = createHash("sha256").update(body).digest("base64url");
  const text = Buffer.from(JSON.stringify({ digest, ...rest }));
  const signature = sign(null, text, key).toString("base64url");
  return { "usher-statement": `${text.toString("base64url")}.${kid}.${signature}` };
}

/**
 * A server whose edge asks somebody else for knowledge, who says what a test wants.
 * @param {import("node:test").TestContext} context
 */
async function startAway(context) {
  /** @type {{ says: Says, asked: number }} */
  const other = { says: () => null, asked: 0 };
  const away = createServer((incoming, outgoing) => {
    const subject = incoming.url?.split("/").at(-1) ?? "";
    if (subject === "coupon-knowledge") other.asked += 1;
    const said = other.says(subject);
    if (said === null) return incoming.socket.destroy();
    outgoing.writeHead(200, headersOf(said)).end(said.body);
  });
  const { host } = new URL(await listen(away));
  const demo = mkdtempSync(join(tmpdir(), "usher-away-"));
  cpSync(DEMO, demo, { recursive: true });
  const config = join(demo, "usher.capnp");
  const text = readFileSync(config, "utf8");
  const [before = "", edge = ""] = text.split("const edge :");
  const changed =
    before.replace(
      "services = [",
      `services = [(name = "away", external = (address = "${host}", http = ())),`,
    ) +
    "const edge :" +
    edge.replace('(name = "COUPONS", service = "coupons")', '(name = "COUPONS", service = "away")');
  writeFileSync(config, changed);
  // Asked anew at every request: what is refused is seen at once.
  const server = await startServer({ demo, environment: { KNOWLEDGE_SECONDS: "0.001" } });
  context.after(async () => {
    await server.stop();
    close(away);
    rmSync(demo, { recursive: true, force: true });
  });
  const { id } = await newGroup(server.url);
  const { coupon } = await newCoupon(server.url, id, { codes: { kind: "named", code: "KNOWN" } });
  return { server, other, coupon };
}

/**
 * Knowledge of some coupons.
 * @param {number} version
 * @param {any[]} coupons
 * @param {Partial<Said>} [more]
 * @returns {Said}
 */
function knowledge(version, coupons, more = {}) {
  const groups = coupons.map(({ group }) => ({ id: group, shards: 1 }));
  const body = Buffer.from(JSON.stringify({ version, coupons, groups, ranges: [] }));
  const made = { subject: "coupon-knowledge", tenant: "demo", made_ms: Date.now() };
  return { body, version, ...made, ...more };
}

/** @param {import("./server.mjs").Server} server */
function check(server) {
  const purchase = { currency: "EUR", lines: [{ id: "a", unit_minor: 1000, quantity: 1 }] };
  const body = JSON.stringify({ code: "KNOWN", viewer: "viewer", purchase });
  return request(`${server.url}/v1/coupons/check`, { method: "POST", body });
}

/**
 * Asks until the edge has heard what is said and written why it does not take it.
 * @param {import("./server.mjs").Server} server
 * @param {RegExp} why
 */
function untilRefused(server, why) {
  const from = server.log().length;
  return eventually(async () => {
    const answer = await check(server);
    assert.match(server.log().slice(from), why);
    return answer;
  });
}

/** @param {number} percent */
const off = (percent) => ({ benefit: { kind: "percent", percent: String(percent) } });

test("the_edge_answers_from_what_it_holds_while_the_coupons_worker_is_away", async (context) => {
  const { server, other, coupon } = await startAway(context);
  assertRefused(await check(server), 503, "unavailable", null);
  const madeMs = Date.now() - MINUTE_MS;
  other.says = (subject) =>
    subject === "coupon-knowledge" ? knowledge(7, [coupon], { made_ms: madeMs }) : null;
  const first = await check(server);
  assert.deepEqual([first.body.valid, first.body.discount_minor], [true, 200]);
  assert.equal(first.body.knowledge.version, 7);
  other.says = () => null;
  const before = other.asked;
  const held = await eventually(async () => {
    const answer = await check(server);
    assert.ok(other.asked >= before + 3, "it is asked again and again");
    return answer;
  });
  assert.deepEqual([held.body.valid, held.body.knowledge.version], [true, 7]);
  assert.ok(held.body.knowledge.age_ms >= MINUTE_MS);
  other.says = () => knowledge(8, [{ ...coupon, ...off(50) }]);
  await eventually(async () => assert.equal((await check(server)).body.discount_minor, 500));
});

test("what_is_held_is_not_replaced_by_anything_older_or_of_another_kind", async (context) => {
  const { server, other, coupon } = await startAway(context);
  const lie = [{ ...coupon, ...off(90) }];
  const nowMs = () => Date.now();
  const [now, lying] = [knowledge(7, [coupon]), knowledge(8, lie)];
  other.says = () => now;
  assert.equal((await check(server)).body.discount_minor, 200);
  for (const [said, why] of /** @type {[() => Said, RegExp][]} */ ([
    [() => knowledge(6, lie), /version `6` is older than `7`/],
    [() => knowledge(7, lie), /version `7` is another/],
    [() => knowledge(8, lie, { made_ms: nowMs() - AGE_MS_MAX - MINUTE_MS }), /too long ago/],
    [() => knowledge(8, lie, { made_ms: nowMs() + LEEWAY_MS + MINUTE_MS }), /in the future/],
    [() => knowledge(8, lie, { subject: "coupon-filter" }), /its subject is `coupon-filter`/],
    [() => knowledge(8, lie, { tenant: "another" }), /it is tenant `another`'s/],
    [() => ({ ...lying, digest: "AAAA" }), /the body is not the one that was signed/],
  ])) {
    other.says = said;
    const { body } = await untilRefused(server, why);
    assert.deepEqual([body.discount_minor, body.knowledge.version], [200, 7], String(why));
  }
  // The last of them said as it should be is taken: it was refused for that alone.
  other.says = () => lying;
  await eventually(async () => assert.equal((await check(server)).body.discount_minor, 900));
});

test("an_edge_that_holds_nothing_takes_nothing_that_is_too_old", async (context) => {
  const { server, other, coupon } = await startAway(context);
  const aged = (/** @type {number} */ ageMs) => () =>
    knowledge(7, [coupon], { made_ms: Date.now() - ageMs });
  other.says = aged(AGE_MS_MAX + MINUTE_MS);
  assertRefused(await untilRefused(server, /too long ago/), 503, "unavailable", null);
  other.says = aged(AGE_MS_MAX - MINUTE_MS);
  assert.equal((await check(server)).body.valid, true);
});

test("what_becomes_too_old_while_the_coupons_worker_is_away_counts_no_more", async (context) => {
  const { server, other, coupon } = await startAway(context);
  const madeMs = Date.now() - AGE_MS_MAX + 2000;
  other.says = () => knowledge(7, [coupon], { made_ms: madeMs });
  assert.equal((await check(server)).body.valid, true);
  other.says = () => null;
  await eventually(async () => {
    assertRefused(await check(server), 503, "unavailable", null);
  });
  assert.ok(Date.now() > madeMs + AGE_MS_MAX);
});
