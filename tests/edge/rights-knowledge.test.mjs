// @ts-check
// What the edge knows of rights: taken only if it is signed, new enough and good, never back, without a restart.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertRefused, eventually } from "./api.mjs";
import { PLAN, POLICY, decide, nowS, title } from "./rights-api.mjs";
import { startRights } from "./rights-worker.mjs";
import { freshSigningKey } from "./signing-key.mjs";

/** @typedef {import("./rights-worker.mjs").Worker} Worker */
/** @typedef {import("./rights-worker.mjs").Said} Said */

const MINUTE_MS = 60_000;

const LEEWAY_MS = 5 * MINUTE_MS;

/** As RIGHTS has them when nothing is said. */
const AGE_MS_MAX = {
  catalogue: 24 * 60 * MINUTE_MS,
  keyset: 24 * 60 * MINUTE_MS,
  "deny-list": 60 * MINUTE_MS,
};

const DENY_LIST_BYTES_MAX = 4 * 1024 * 1024;

/**
 * A catalogue of one title.
 * @param {Worker} worker
 * @param {number} version
 * @param {object} of the title
 * @param {Partial<Said>} [more]
 */
function catalogue({ said }, version, of, more = {}) {
  const policy = { ...POLICY, plans: [PLAN] };
  return said("catalogue", version, { policy, titles: [title("film", of)] }, more);
}

/**
 * @param {Worker} worker
 * @param {string} token
 */
function ask({ server }, token) {
  return decide(server.url, { token, titles: ["film"] });
}

/**
 * Asks until the edge has heard what is said and written why it does not take it.
 * @param {Worker} worker
 * @param {string} token
 * @param {RegExp} why
 */
function untilLogged(worker, token, why) {
  const from = worker.server.log().length;
  return eventually(async () => {
    const answer = await ask(worker, token);
    assert.match(worker.server.log().slice(from), why);
    return answer;
  });
}

test("the_edge_decides_from_what_it_holds_while_the_catalogue_worker_is_away", async (context) => {
  const worker = await startRights(context);
  const token = worker.token();
  const { says, asked } = worker;
  const said = [...says];
  says.clear();
  for (const [subject, one] of said) {
    const missing = await ask(worker, token);
    assertRefused(missing, 503, "unavailable", null);
    assert.ok(missing.body.message.includes(subject.replace("-", " ")), missing.body.message);
    says.set(subject, one);
  }
  const first = await ask(worker, token);
  assert.deepEqual([first.status, first.body.version], [200, 1], JSON.stringify(first.body));
  assert.equal(first.body.decisions[0].allow, true);
  says.clear();
  const before = asked.get("catalogue") ?? 0;
  await eventually(async () => {
    const { body } = await ask(worker, token);
    const { recheck_at } = body.decisions[0];
    const [decision] = first.body.decisions;
    assert.deepEqual(body, { ...first.body, decisions: [{ ...decision, recheck_at }] });
    assert.ok((asked.get("catalogue") ?? 0) >= before + 3, "it is asked again and again");
  });
});

test("a_new_catalogue_counts_without_a_restart", async (context) => {
  const worker = await startRights(context);
  const token = worker.token();
  assert.equal((await ask(worker, token)).body.decisions[0].max_height, 1080);
  for (let version = 2; version < 12; version += 1) {
    worker.says.set("catalogue", catalogue(worker, version, { max_height: 100 * version }));
    await eventually(async () => {
      const { body } = await ask(worker, token);
      assert.deepEqual(
        [body.version, body.decisions[0].max_height],
        [version, Math.min(1080, 100 * version)],
      );
    });
  }
  worker.says.set(
    "catalogue",
    catalogue(worker, 12, { windows: [{ from: 0, to: 1, territories: ["SE"] }] }),
  );
  await eventually(async () => {
    const [decision] = (await ask(worker, token)).body.decisions;
    assert.deepEqual([decision.allow, decision.reasons], [false, ["NO_LONGER_AVAILABLE"]]);
  });
});

test("what_is_held_is_not_replaced_by_anything_older_forged_or_of_another_kind", async (context) => {
  const worker = await startRights(context);
  const token = worker.token();
  const held = worker.says;
  const lie = { max_height: 240 };
  held.set("catalogue", catalogue(worker, 7, {}));
  assert.equal((await ask(worker, token)).body.version, 7);
  const nowMs = Date.now();
  for (const [said, why] of /** @type {[Said, RegExp][]} */ ([
    [catalogue(worker, 6, lie), /version `6` is older than `7`/],
    [catalogue(worker, 7, lie), /version `7` is another/],
    [
      catalogue(worker, 8, lie, { made_ms: nowMs - AGE_MS_MAX.catalogue - MINUTE_MS }),
      /too long ago/,
    ],
    [catalogue(worker, 8, lie, { made_ms: nowMs + LEEWAY_MS + MINUTE_MS }), /in the future/],
    [catalogue(worker, 8, lie, { subject: "keyset" }), /its subject is `keyset`/],
    [catalogue(worker, 8, lie, { tenant: "another" }), /it is tenant `another`'s/],
    [catalogue(worker, 8, lie, { digest: "AAAA" }), /the body is not the one that was signed/],
  ])) {
    held.set("catalogue", said);
    const { body } = await untilLogged(worker, token, why);
    assert.deepEqual([body.version, body.decisions[0].max_height], [7, 1080], String(why));
  }
  // The last of them said as it should be is taken: it was refused for that alone.
  held.set("catalogue", catalogue(worker, 8, lie));
  await eventually(async () => {
    assert.equal((await ask(worker, token)).body.decisions[0].max_height, 240);
  });
  // And the one before it comes back no more.
  held.set("catalogue", catalogue(worker, 7, {}));
  const { body } = await untilLogged(worker, token, /version `7` is older than `8`/);
  assert.equal(body.version, 8);
});

test("a_catalogue_that_is_no_catalogue_leaves_the_one_that_is_held", async (context) => {
  const worker = await startRights(context);
  const { says, said } = worker;
  const token = worker.token();
  assert.equal((await ask(worker, token)).body.version, 1);
  const policy = { ...POLICY, plans: [PLAN] };
  const cyclic = [
    { ...PLAN, id: "a", includes: ["b"] },
    { ...PLAN, id: "b", includes: ["a"] },
  ];
  let version = 2;
  for (const [document, why] of /** @type {[object, RegExp][]} */ ([
    [{ policy, titles: "none" }, /titles/],
    [{ policy: { ...policy, plans: cyclic }, titles: [] }, /includes|cycl/],
    [
      {
        policy,
        titles: [title("a", { windows: [{ from: 0, to: 1, territories: ["SE", "XX"] }] })],
      },
      /titles\[0\]\.windows\[0\]\.territories\[1\]/,
    ],
    [{ policy, titles: [title("a"), title("a")] }, /titles\[1\]/],
  ])) {
    says.set("catalogue", said("catalogue", version, document));
    const { body } = await untilLogged(worker, token, why);
    assert.deepEqual([body.version, body.decisions[0].allow], [1, true]);
    version += 1;
  }
  const text = said("catalogue", version, {}, { body: Buffer.from("{") });
  says.set("catalogue", text);
  assert.equal((await untilLogged(worker, token, /catalogue is not taken/)).body.version, 1);
  says.set("catalogue", catalogue(worker, version + 1, { max_height: 480 }));
  await eventually(async () => {
    assert.equal((await ask(worker, token)).body.decisions[0].max_height, 480);
  });
});

test("keys_come_and_go_with_the_keyset_and_never_come_back", async (context) => {
  const worker = await startRights(context);
  const { says, said } = worker;
  const token = worker.token();
  assert.equal((await ask(worker, token)).status, 200);
  const first = says.get("keyset");
  const { publicKey } = freshSigningKey();
  says.set("keyset", said("keyset", 2, { keys: [{ kid: "tests", alg: "EdDSA", key: publicKey }] }));
  await eventually(async () => {
    assertRefused(await ask(worker, token), 401, "token_invalid", "signature");
  });
  says.set("keyset", first ?? null);
  const answer = await untilLogged(
    worker,
    token,
    /keyset is not taken.*version `1` is older than `2`/s,
  );
  assert.equal(answer.status, 401);
  says.set(
    "keyset",
    said("keyset", 3, { keys: [{ kid: "others", alg: "EdDSA", key: publicKey }] }),
  );
  await eventually(async () => {
    assertRefused(await ask(worker, token), 401, "token_invalid", "key");
  });
});

test("what_the_deny_list_names_counts_no_more", async (context) => {
  const worker = await startRights(context);
  const { says, said } = worker;
  const entry = { until: nowS() + 3600 };
  let version = 2;
  for (const [denied, claims, other] of /** @type {[object, object, object][]} */ ([
    [{ kind: "token", value: "stolen" }, { jti: "stolen" }, { jti: "other" }],
    [{ kind: "subject", value: "bertha" }, { sub: "bertha" }, { sub: "anna" }],
    [
      { kind: "epoch", value: "carl", epoch: 3 },
      { sub: "carl", epoch: 2 },
      { sub: "carl", epoch: 3 },
    ],
  ])) {
    const [token, good] = [worker.token(claims), worker.token(other)];
    assert.equal((await ask(worker, token)).status, 200);
    const list = { made_ms: Date.now(), entries: [{ ...entry, ...denied }] };
    says.set("deny-list", said("deny-list", version, list));
    version += 1;
    await eventually(async () => {
      assertRefused(await ask(worker, token), 401, "token_revoked", "revoked");
    });
    assert.equal((await ask(worker, good)).status, 200, JSON.stringify(denied));
  }
  says.set("deny-list", said("deny-list", 1, { made_ms: Date.now(), entries: [] }));
  const carl = worker.token({ sub: "carl", epoch: 2 });
  const answer = await untilLogged(worker, carl, /version `1` is older than `4`/);
  assertRefused(answer, 401, "token_revoked", "revoked");
});

test("a_deny_list_without_end_is_not_taken", async (context) => {
  const worker = await startRights(context);
  const token = worker.token();
  assert.equal((await ask(worker, token)).status, 200);
  const body = Buffer.alloc(DENY_LIST_BYTES_MAX + 1, " ");
  worker.says.set("deny-list", worker.said("deny-list", 2, {}, { body }));
  assert.equal((await untilLogged(worker, token, /is larger than `4194304` bytes/)).status, 200);
});

for (const subject of /** @type {const} */ (["catalogue", "keyset", "deny-list"])) {
  test(`a_${subject}_that_becomes_too_old_counts_no_more`, async (context) => {
    const worker = await startRights(context);
    const { says } = worker;
    const token = worker.token();
    const made_ms = Date.now() - AGE_MS_MAX[subject] + 3000;
    const said = /** @type {Said} */ (says.get(subject));
    says.set(subject, { ...said, made_ms });
    assert.equal((await ask(worker, token)).status, 200);
    says.set(subject, null);
    await eventually(async () => {
      assertRefused(await ask(worker, token), 503, "unavailable", null);
    });
    assert.ok(Date.now() > made_ms + AGE_MS_MAX[subject]);
    says.set(subject, { ...said, made_ms: Date.now() });
    await eventually(async () => assert.equal((await ask(worker, token)).status, 200));
  });
}

for (const [subject, setting] of /** @type {const} */ ([
  ["catalogue", "catalogue_stale"],
  ["deny-list", "deny_list_stale"],
])) {
  test(`a_${subject}_that_is_too_old_goes_on_where_that_is_configured_and_the_log_says_so`, async (context) => {
    const worker = await startRights(context, { rights: { [setting]: "open" } });
    const { says } = worker;
    const token = worker.token();
    const made_ms = Date.now() - AGE_MS_MAX[subject] + 2000;
    says.set(subject, { .../** @type {Said} */ (says.get(subject)), made_ms });
    assert.equal((await ask(worker, token)).status, 200);
    says.set(subject, null);
    const why = new RegExp(`${subject} of \`${made_ms}\` is too old and still answered with`);
    const { status, body } = await untilLogged(worker, token, why);
    assert.deepEqual([status, body.decisions[0].allow], [200, true]);
  });
}

test("without_any_deny_list_tokens_are_taken_where_that_is_configured_alone", async (context) => {
  for (const [deny_list_stale, status] of /** @type {const} */ ([
    ["open", 200],
    ["closed", 503],
  ])) {
    const worker = await startRights(context, { rights: { deny_list_stale } });
    worker.says.set("deny-list", null);
    assert.equal((await ask(worker, worker.token())).status, status);
    const logged = worker.server.log().includes("there is no deny list");
    assert.equal(logged, deny_list_stale === "open");
  }
});

test("what_another_key_signed_is_not_taken", async (context) => {
  for (const [CATALOGUE_PUBLIC_KEYS, why] of [
    [`tests:${freshSigningKey().publicKey}`, /the signature is another/],
    [`others:${freshSigningKey().publicKey}`, /no key has the `kid`/],
    ["", /CATALOGUE_PUBLIC_KEYS|PUBLIC_KEYS/],
  ]) {
    const environment = { CATALOGUE_PUBLIC_KEYS: String(CATALOGUE_PUBLIC_KEYS) };
    const worker = await startRights(context, { environment });
    assertRefused(await ask(worker, worker.token()), 503, "unavailable", null);
    await eventually(async () => assert.match(worker.server.log(), /** @type {RegExp} */ (why)));
  }
});

test("a_module_that_traps_has_its_catalogue_again_at_once", async (context) => {
  /** As if the module trapped on one device. @param {string} demo */
  const prepare = (demo) => {
    const [script, call] = [join(demo, "edge.js"), "rights.device(device_id)"];
    const text = readFileSync(script, "utf8");
    assert.equal(text.split(call).length, 2);
    const trap = `(device_id === "trap" ? [].reduce(null) : ${call})`;
    writeFileSync(script, text.replace(call, trap));
  };
  const worker = await startRights(context, { prepare, rights: { refresh_s: 3600 } });
  const { server, says, asked } = worker;
  const token = worker.token();
  const decided = (/** @type {string} */ id) =>
    decide(server.url, { token, titles: ["film"], device: { id, class: "web" } });
  assert.equal((await decided("d1")).status, 200);
  for (let time = 0; time < 3; time += 1) {
    assertRefused(await decided("trap"), 500, "internal", null);
    const { status, body } = await decided("d1");
    assert.deepEqual([status, body.decisions?.[0].allow], [200, true], JSON.stringify(body));
  }
  assert.equal(asked.get("catalogue"), 4);
  // What was in the module is gone with it, and what is older does not come in its place.
  const older = says.get("catalogue") ?? null;
  says.set("catalogue", catalogue(worker, 2, {}));
  assertRefused(await decided("trap"), 500, "internal", null);
  assert.equal((await decided("d1")).body.version, 2);
  says.set("catalogue", older);
  assertRefused(await decided("trap"), 500, "internal", null);
  assertRefused(await decided("d1"), 503, "unavailable", null);
  assert.match(server.log(), /version `1` is older than `2`/);
});

test("nothing_is_decided_by_rights_that_cannot_be_understood", async (context) => {
  const worker = await startRights(context, { rights: { catalogue_stale: "ajar" } });
  const refused = await ask(worker, worker.token());
  assertRefused(refused, 503, "not_configured", "RIGHTS.catalogue_stale");
  const media = await fetch(`${worker.server.url}/vod/film/a.m4s`);
  assert.deepEqual([media.status, (await media.json()).field], [503, "RIGHTS.catalogue_stale"]);
});
