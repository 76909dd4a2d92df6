// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused } from "./api.mjs";
import { importTitles, publish, signedDocument, titleAddress } from "./catalogue-api.mjs";
import { PLAN, POLICY, done, operator, title } from "./rights-api.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer();
  url = server.url;
});
after(() => server?.stop());

/** @param {any} publication */
function idsIn({ document }) {
  return document.titles.map((/** @type {any} */ { id }) => id);
}

test("what nobody has published is not told, and the first publication is version 1", async () => {
  const none = await operator(`${url}/v1/catalogue/publication`, "GET");
  assertRefused(none, 404, "version_unknown", null);
  await done(`${url}/v1/plans/${PLAN.id}`, "PUT", PLAN);
  await done(`${url}/v1/catalogue/policy`, "PUT", POLICY);
  const windows = title("x").windows;
  for (const id of ["b", "a", "c"])
    await done(titleAddress(url, id), "PUT", title(id, { windows }));
  for (const id of ["b", "a"]) {
    await done(`${titleAddress(url, id)}/state`, "POST", { state: "ready" });
    await done(`${titleAddress(url, id)}/state`, "POST", { state: "published" });
  }
  const { status, body } = await publish(url);
  assert.equal(status, 200, JSON.stringify(body));
  const { digest, bytes, published_ms, ...told } = body;
  assert.deepEqual(told, {
    ...{ version: 1, titles: 2, plans: 1, policy_version: POLICY.version },
    ...{ republishes: null, published_by: "operator" },
  });
  const { statement, document } = await signedDocument(url, "catalogue/publication");
  assert.deepEqual(
    { ...statement, made_ms: 0 },
    { subject: "catalogue", tenant: "demo", version: 1, made_ms: 0, digest },
  );
  assert.ok(Math.abs(Date.now() - statement.made_ms) < 60_000);
  assert.deepEqual(document, {
    version: 1,
    policy: { ...POLICY, plans: [PLAN] },
    // What is not published is not told, nor what is only the operator's.
    titles: ["a", "b"].map((id) => title(id, { windows })),
  });
});

test("the same content is no new version, and who has it is told so", async () => {
  const before = await signedDocument(url, "catalogue/publication");
  const { version } = before.statement;
  assert.equal((await publish(url)).body.version, version);
  // A draft and a name are not published.
  await done(titleAddress(url, "draft"), "PUT", title("draft"));
  assert.equal((await publish(url)).body.version, version);
  const etag = String(before.headers.get("etag"));
  const known = await signedDocument(url, "catalogue/publication", { "if-none-match": etag });
  assert.equal(known.status, 304);
  assert.equal(known.statement.version, version);
  assert.ok(known.statement.made_ms >= before.statement.made_ms);
});

test("a change is told from its publication on", async () => {
  const before = await signedDocument(url, "catalogue/publication");
  await done(`${titleAddress(url, "a")}/state`, "POST", { state: "retired" });
  const still = await signedDocument(url, "catalogue/publication");
  assert.deepEqual(still.document, before.document);
  const { body } = await publish(url);
  assert.equal(body.version, before.statement.version + 1);
  const now = await signedDocument(url, "catalogue/publication");
  assert.deepEqual(idsIn(now), ["b"]);
  assert.equal(now.document.version, body.version);
});

test("an older content is published again as a newer version", async () => {
  const { body } = await operator(`${url}/v1/catalogue/versions`, "GET");
  const newest = body.rows[0].version;
  const back = await publish(url, { version: 1 });
  assert.equal(back.status, 200, JSON.stringify(back.body));
  assert.deepEqual([back.body.version, back.body.republishes], [newest + 1, 1]);
  const then = await signedDocument(url, "catalogue/publication");
  assert.deepEqual(idsIn(then), ["a", "b"]);
  assert.equal(then.statement.version, newest + 1);
  // Once is enough.
  assert.equal((await publish(url, { version: 1 })).body.version, newest + 1);
  // What is being worked on did not go back.
  assert.equal((await publish(url)).body.version, newest + 2);
  assert.deepEqual(idsIn(await signedDocument(url, "catalogue/publication")), ["b"]);
  for (const [wrong, status, code] of /** @type {const} */ ([
    [{ version: 99 }, 404, "version_unknown"],
    [{ version: 0 }, 400, "invalid_value"],
    [{ version: "1" }, 400, "wrong_type"],
    [{ more: 1 }, 400, "unknown_field"],
  ])) {
    const field = "version" in wrong ? "version" : "more";
    assertRefused(await publish(url, wrong), status, code, field);
  }
});

test("versions are listed, the newest first, in pages", async () => {
  const first = await operator(`${url}/v1/catalogue/versions?limit=2`, "GET");
  const second = await operator(
    `${url}/v1/catalogue/versions?limit=2&after=${first.body.next}`,
    "GET",
  );
  const versions = [...first.body.rows, ...second.body.rows].map(({ version }) => version);
  assert.deepEqual(versions, [4, 3, 2, 1]);
  assert.equal(second.body.next, null);
});

test("of many who publish at once each is told a version that is whole", async () => {
  const { body } = await operator(`${url}/v1/catalogue/versions?limit=1`, "GET");
  const before = body.rows[0].version;
  const changes = Array.from({ length: 12 }, async (_, at) => {
    const state = at % 2 === 0 ? {} : { state: "published" };
    const { status } = await operator(
      titleAddress(url, `at-once-${at}`),
      "PUT",
      title(`at-once-${at}`, state),
    );
    assert.equal(status, 201);
    return publish(url);
  });
  const published = (await Promise.all(changes)).map(({ body }) => body);
  const versions = new Map(published.map(({ version, digest }) => [version, digest]));
  for (const { version, digest } of published) assert.equal(versions.get(version), digest);
  const last = Math.max(...versions.keys());
  assert.ok(last > before && last <= before + 6, `${last}`);
  const end = await publish(url);
  const { document, statement } = await signedDocument(url, "catalogue/publication");
  assert.equal(statement.version, end.body.version);
  const ids = document.titles.map((/** @type {any} */ { id }) => id);
  assert.equal(ids.filter((/** @type {string} */ id) => id.startsWith("at-once-")).length, 6);
});

test("what does not fit together is not published, and the title is named", async () => {
  const before = await signedDocument(url, "catalogue/publication");
  // Each title alone is well: together they name more packs than there may be.
  const lines = Array.from({ length: 300 }, (_, at) =>
    title(`packs-${at}`, { packs: [`pack-${at}`], state: "published" }),
  );
  assert.equal((await importTitles(url, lines)).status, 200);
  const refused = await publish(url);
  assert.equal(refused.status, 400, JSON.stringify(refused.body));
  assert.match(refused.body.message, /packs-/);
  const after = await signedDocument(url, "catalogue/publication");
  assert.deepEqual(after.document, before.document);
  for (const { id } of lines) {
    await done(`${titleAddress(url, id)}/state`, "POST", { state: "retired" });
  }
  assert.equal((await publish(url)).status, 200);
});

test("contents that are long gone are not kept", async () => {
  for (let turn = 0; turn < 21; turn += 1) {
    await done(titleAddress(url, "b"), "PUT", title("b", { rating: turn }));
    assert.equal((await publish(url)).status, 200);
  }
  assertRefused(await publish(url, { version: 1 }), 404, "version_unknown", "version");
  const { body } = await operator(`${url}/v1/catalogue/versions?limit=1000`, "GET");
  assert.ok(body.rows.some((/** @type {any} */ { version }) => version === 1));
  const kept = body.rows[5];
  assert.equal((await publish(url, { version: kept.version })).body.republishes, kept.version);
});

test("a catalogue without a key to sign with is not told", async () => {
  const other = await startServer({ environment: { CATALOGUE_SIGNING_KEY: "" } });
  try {
    assert.equal((await publish(other.url)).status, 200);
    for (const path of ["catalogue/publication", "keyset", "deny-list"]) {
      const answer = await operator(`${other.url}/v1/${path}`, "GET");
      assertRefused(answer, 503, "not_configured", null);
      assert.match(answer.body.message, /`CATALOGUE_SIGNING_KEY`/);
    }
  } finally {
    await other.stop();
  }
});
