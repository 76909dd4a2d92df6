// @ts-check
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import { ended, importCodes, newCoupon, newGroup, reportOf } from "./coupon-api.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
/** @type {string} */
let group;

before(async () => {
  server = await startServer();
  group = (await newGroup(server.url)).id;
});
after(() => server.stop());

/** A coupon that takes codes of a file. */
async function takesCodes() {
  return (await newCoupon(server.url, group, { codes: { kind: "generated" } })).coupon.id;
}

/**
 * @param {string} file
 * @param {Record<string, string>} [headers]
 */
async function imported(file, headers = {}) {
  const coupon = await takesCodes();
  const answer = await importCodes(server.url, group, coupon, file, headers);
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  assert.equal(answer.body.kind, "import");
  return { coupon, job: await ended(server.url, answer.body.id) };
}

test("codes of a file are stored and found, however the file is written", async () => {
  const file =
    '\ufeffnote,Code\r\n"say ""hi"", twice",plain-1\r\n,"Quoted 2"\r\n\r\nx,\uff26\uff35\uff2c\uff2c3';
  const { job, coupon } = await imported(file);
  const { done, total, duplicates, errors, state, message } = job;
  assert.deepEqual([state, done, total, duplicates, errors], ["done", 3, 3, 0, 0]);
  assert.equal(message, "columns that were not looked at: `note`");
  const one = await request(`${server.url}/v1/coupons/${coupon}`);
  assert.equal(one.body.issued, 3);
});

test("a broken row in the middle is reported with its line and reason, and the others are taken", async () => {
  const { job } = await imported('code\nMID1\n"MID2\nMID3\n\u00f1\n0000000000001\nMID4,x\nMID5\n');
  assert.deepEqual([job.state, job.done, job.total, job.errors], ["done", 3, 7, 4]);
  assert.deepEqual(await reportOf(server.url, job.id), [
    "line,code,result,reason",
    "3,MID2,broken_row,expected a row with as many fields as the first one",
    '5,\u00f1,malformed_code,"expected 1 to 64 letters, digits or underscores"',
    "6,0000000000001,looks_generated,13 or 14 symbols look generated: expected the right check symbol at their end",
    "7,MID4,broken_row,expected a row with as many fields as the first one",
  ]);
});

test("a code that is there twice is reported: in the file, or issued before", async () => {
  await imported("code\nTWICE1\n");
  const { job } = await imported("code\nTWICE2\ntwice-2\nTWICE1\nTWICE3\n");
  assert.deepEqual([job.done, job.total, job.duplicates, job.errors], [2, 4, 2, 0]);
  assert.deepEqual((await reportOf(server.url, job.id)).slice(1), [
    "3,TWICE2,duplicate_in_file,an earlier line has the same code",
    "4,TWICE1,duplicate_of_existing,the code was issued before",
  ]);
});

test("a code of a file is never one that a coupon is named by", async () => {
  await newCoupon(server.url, group, { codes: { kind: "named", code: "NAMEDONE" } });
  const { job } = await imported("code\nnamed-one\n");
  assert.deepEqual([job.done, job.duplicates], [0, 1]);
});

test("a file may be compressed", async () => {
  const body = gzipSync("code\nPACKED1\nPACKED2\n");
  const { job } = await imported(/** @type {any} */ (body), { "content-encoding": "gzip" });
  assert.equal(job.done, 2);
});

test("what is no file of codes is refused at once and leaves no code", async () => {
  const coupon = await takesCodes();
  const post = (/** @type {any} */ file, /** @type {Record<string, string>} */ headers = {}) =>
    importCodes(server.url, group, coupon, file, headers);
  assertRefused(await post(""), 400, "invalid_value", null);
  assertRefused(await post("CODE1\nCODE2\n"), 400, "missing_field", "code");
  assertRefused(await post("code;note\nCODE1;x\n"), 400, "missing_field", "code");
  const packed = { "content-encoding": "gzip" };
  assertRefused(await post("no gzip", packed), 400, "malformed_encoding", null);
  assertRefused(
    await post(gzipSync("code\nCUT\n").subarray(0, 20), packed),
    400,
    "malformed_encoding",
    null,
  );
  assertRefused(
    await post("code\nX\n", { "content-encoding": "br" }),
    415,
    "encoding_unsupported",
    null,
  );
  const found = await request(`${server.url}/v1/coupons/${coupon}`);
  assert.equal(found.body.issued, 0);
  const { body } = await request(`${server.url}/v1/coupon-jobs?limit=1`);
  assert.deepEqual([body.rows[0].state, body.rows[0].done], ["failed", 0]);
});

test("only a coupon of the group with generated codes takes codes of a file", async () => {
  const named = await newCoupon(server.url, group, { codes: { kind: "named", code: "NOTAKER" } });
  const other = (await newGroup(server.url)).id;
  const coupon = await takesCodes();
  for (const [where, whose, status, code, field] of /** @type {const} */ ([
    [group, named.coupon.id, 400, "invalid_value", "coupon"],
    [other, coupon, 400, "invalid_value", "coupon"],
    ["nothing", coupon, 404, "group_unknown", "group"],
    [group, "nothing", 404, "coupon_unknown", "coupon"],
  ])) {
    assertRefused(await importCodes(server.url, where, whose, "code\nA1\n"), status, code, field);
  }
  const url = `${server.url}/v1/coupon-groups/${group}/import`;
  assertRefused(
    await request(url, { method: "POST", body: "code\n" }),
    400,
    "missing_field",
    "coupon",
  );
});

test("a connection that ends in the middle leaves a failed job and no code", async () => {
  const coupon = await takesCodes();
  const controller = new AbortController();
  const body = new ReadableStream({
    start(stream) {
      stream.enqueue(new TextEncoder().encode("code\nCUTOFF1\nCUTOFF2\n"));
    },
  });
  const url = `${server.url}/v1/coupon-groups/${group}/import?coupon=${coupon}`;
  const init = /** @type {any} */ ({
    method: "POST",
    body,
    duplex: "half",
    signal: controller.signal,
  });
  const sent = fetch(url, init);
  const id = await eventually(async () => {
    const { rows } = (await request(`${server.url}/v1/coupon-jobs?limit=1`)).body;
    assert.deepEqual([rows[0].coupon, rows[0].state], [coupon, "running"]);
    return rows[0].id;
  });
  controller.abort();
  await assert.rejects(sent);
  const job = await ended(server.url, id);
  assert.deepEqual(
    [job.state, job.done, job.message],
    ["failed", 0, "the file was cut off: send it again"],
  );
});
