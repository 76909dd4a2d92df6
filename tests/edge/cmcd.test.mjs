// @ts-check
// What players report about themselves, against the real worker.
import assert from "node:assert/strict";
import { request as open } from "node:http";
import { after, before, test } from "node:test";
import { assertRefused, eventually, recordOf, request, titlesOf } from "./api.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  server = await startServer();
});
after(() => server.stop());

/**
 * Reports of states, numbered from 0.
 * @param {string} sid
 * @param {[ts: number, sta: string][]} states
 */
function reports(sid, states) {
  return states.map(
    ([ts, sta], sn) => `cid="${sid}-film",e=ps,sid="${sid}",sn=${sn},sta=${sta},ts=${ts},v=2`,
  );
}

/**
 * @param {string[]} lines
 * @param {string} [query]
 * @param {RequestInit} [init]
 */
function post(lines, query = "", init = {}) {
  return request(`${server.url}/v1/cmcd${query}`, {
    method: "POST",
    headers: { "content-type": "application/cmcd" },
    body: lines.map((line) => `${line}\n`).join(""),
    ...init,
  });
}

test("reports_become_a_view_at_the_centre", async () => {
  const lines = reports("one", [
    [1000, "s"],
    [1400, "p"],
    [4400, "a"],
    [6400, "p"],
    [7400, "k"],
    [7900, "p"],
    [8900, "e"],
  ]);
  const { status, body, headers } = await post(lines);
  assert.equal(status, 200);
  const { views, ...counts } = body;
  assert.deepEqual(counts, {
    taken: 7,
    repeated: 0,
    late: 0,
    lines: 7,
    refused: 0,
    errors: [],
    custom_keys: 0,
  });
  assert.equal(headers.get("access-control-allow-origin"), "*");
  const record = await recordOf(server.url, views[0], 7);
  assert.equal(record.viewer, "cmcd:one");
  assert.equal(record.title, "one-film");
  assert.equal(record.source, "cmcd");
  assert.deepEqual(
    [record.startup_ms, record.playing_ms, record.paused_ms, record.seeking_ms, record.seeks],
    [400, 5000, 2000, 500, 1],
  );
  assert.deepEqual([record.unique_ms, record.completion, record.delivery], [0, null, null]);
  const sums = (await titlesOf(server.url)).find((/** @type {any} */ t) => t.title === "one-film");
  assert.deepEqual([sums.views, sums.viewers, sums.unique_ms, sums.completed_views], [1, 1, 0, 0]);
});

test("the_target_names_viewer_title_and_player", async () => {
  const query = "?viewer=anna&title=plan-9&player=shaka-player";
  const { body } = await post(
    reports("two", [
      [1000, "r"],
      [2000, "p"],
    ]),
    query,
  );
  const record = await recordOf(server.url, body.views[0], 2);
  // Shaka that is ready does not yet play.
  assert.deepEqual([record.viewer, record.title, record.playing_ms], ["anna", "plan-9", 0]);
});

test("bodies_in_any_order_and_twice_give_the_same_view", async () => {
  const lines = reports("order", [
    [0, "p"],
    [1000, "a"],
    [3000, "p"],
    [4000, "a"],
    [5000, "p"],
  ]);
  const views = new Set();
  for (const index of [4, 1, 3, 1, 0, 2, 4, 0]) {
    const { body } = await post([String(lines[index])]);
    body.views.forEach((/** @type {string} */ view) => views.add(view));
  }
  assert.equal(views.size, 1);
  const [view] = views;
  const record = await recordOf(server.url, view, 5);
  assert.deepEqual([record.playing_ms, record.paused_ms, record.rejected], [2000, 3000, 0]);
  const { body } = await post(lines);
  assert.deepEqual([body.taken, body.repeated, body.late], [0, 5, 0]);
});

test("reports_at_the_same_time_are_all_counted_once", async () => {
  const states = Array.from({ length: 40 }, (_, n) => [n * 1000, n % 2 === 0 ? "p" : "a"]);
  const lines = reports("storm", /** @type {[number, string][]} */ (states));
  const answers = await Promise.all([...lines, ...lines].map((line) => post([line])));
  assert.equal(answers.filter(({ body }) => body.taken === 1).length, 40);
  assert.equal(answers.filter(({ body }) => body.repeated === 1).length, 40);
  const record = await recordOf(server.url, answers[0]?.body.views[0], 40);
  assert.deepEqual([record.playing_ms, record.paused_ms], [20_000, 19_000]);
});

test("a_broken_line_in_the_middle_is_told_by_its_number_and_the_rest_is_kept", async () => {
  const lines = reports("broken", [
    [0, "p"],
    [1000, "a"],
    [2000, "p"],
    [3000, "a"],
  ]);
  lines.splice(2, 0, '{"e":"ps"}', `${lines[0]},what=1`, `${lines[0]?.replace("sn=0", 'sn="0"')}`);
  const { status, body } = await post(lines);
  assert.equal(status, 200);
  assert.deepEqual([body.lines, body.taken, body.refused], [7, 4, 3]);
  assert.deepEqual(
    body.errors.map((/** @type {any} */ { line, code, field }) => [line, code, field]),
    [
      [3, "malformed_field", null],
      [4, "unknown_field", "what"],
      [5, "wrong_type", "sn"],
    ],
  );
  assert.equal((await recordOf(server.url, body.views[0], 4)).playing_ms, 2000);
});

test("what_is_no_report_at_all_is_refused_by_its_first_line", async () => {
  const good = String(reports("bad", [[0, "p"]])[0]);
  /** @type {[lines: string[], query: string, code: string, field: string | null][]} */
  const rows = [
    [[], "", "invalid_value", null],
    [["", '{"e":"ps"}'], "", "malformed_field", "line 2"],
    [[good.replace("v=2", "v=1")], "", "invalid_value", "line 1: v"],
    [[good.replace('sid="bad",', "")], "", "missing_field", "line 1: sid"],
    [[good.replace('cid="bad-film",', "")], "", "missing_field", "line 1: cid"],
    [[good], "?viewer=", "invalid_value", "viewer"],
    [[good], "?title=%07", "invalid_value", "title"],
    [[good], "?player=vlc", "invalid_value", "player"],
    [Array(2001).fill(good), "", "too_many", null],
  ];
  for (const [lines, query, code, field] of rows) {
    assertRefused(await post(lines, query), 400, code, field);
  }
  const bytes = new Uint8Array([0xff, 0xfe, 0x00]);
  assertRefused(await post([], "", { body: bytes }), 400, "malformed_field", "line 1");
  const headers = { "content-encoding": "br" };
  assertRefused(await post([good], "", { headers }), 415, "encoding_unsupported", null);
});

/**
 * Sends pieces until the edge answers.
 * @param {Record<string, string>} headers
 * @param {number} pieces of 64 KiB
 * @returns {Promise<{ status: number, body: any, sent: number }>}
 */
function pour(headers, pieces) {
  const piece = Buffer.alloc(64 * 1024, `${reports("large", [[0, "p"]])[0]}\n`);
  return new Promise((resolve, reject) => {
    let sent = 0;
    const call = open(`${server.url}/v1/cmcd`, { method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("end", () => {
        call.destroy();
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text), sent });
      });
    });
    // The edge hangs up on who goes on sending: now and then before the answer was read.
    call.on("error", reject);
    const more = () => {
      if (sent >= pieces || call.destroyed) return call.end();
      sent += 1;
      call.write(piece, () => setImmediate(more));
    };
    more();
  });
}

test("ten_megabytes_are_refused_while_they_come", async () => {
  /** @type {Record<string, string>[]} */
  const ways = [{}, { "content-length": String(160 * 64 * 1024) }];
  for (const headers of ways) {
    const { status, body, sent } = await eventually(() => pour(headers, 160));
    assert.equal(status, 413);
    assert.equal(body.code, "body_too_large");
    // A caller a little over the limit reads the answer; one far over it is not read to its end.
    assert.ok(sent < 160, `${sent} of 160 pieces`);
  }
  // The edge is well, and nothing of it counted.
  const { body } = await post(reports("large", [[0, "p"]]));
  assert.equal(body.taken, 1);
});

test("a_browser_may_ask_before_it_sends", async () => {
  const headers = {
    origin: "https://tv.example",
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
  };
  const asked = await request(`${server.url}/v1/cmcd?viewer=a`, { method: "OPTIONS", headers });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers.get("access-control-allow-origin"), "*");
  assert.equal(asked.headers.get("access-control-allow-methods"), "POST");
  assert.equal(asked.headers.get("access-control-allow-headers"), "content-type");
  const answer = await request(`${server.url}/v1/cmcd`);
  assert.equal(answer.status, 405);
  assert.equal(answer.headers.get("allow"), "POST, OPTIONS");
});

test("two_starts_under_one_session_id_are_two_views", async () => {
  const first = reports("again", [
    [0, "p"],
    [1000, "a"],
  ]);
  const second = reports("again", [
    [5000, "p"],
    [5700, "a"],
  ]);
  const one = await post(first);
  const other = await post(second);
  assert.notEqual(one.body.views[0], other.body.views[0]);
  assert.equal((await recordOf(server.url, one.body.views[0], 2)).playing_ms, 1000);
  assert.equal((await recordOf(server.url, other.body.views[0], 2)).playing_ms, 700);
});

test("responses_are_counted_for_the_view", async () => {
  const line = (/** @type {string} */ rest, /** @type {number} */ sn) =>
    `cid="d",e=rr,sid="delivery",sn=${sn},ts=${sn},v=2,${rest}`;
  const lines = ["rc=200,ttfb=20,ttlb=50,br=(1000),d=4000", "rc=404", "rc=200,ttfb=10"].map(line);
  const { body } = await post(lines);
  const { delivery } = await recordOf(server.url, body.views[0], 3);
  assert.deepEqual(delivery, {
    requests: 3,
    failed_requests: 1,
    bytes: 500_000,
    sized_requests: 1,
    ttfb_ms: 30,
    ttfb_requests: 2,
    ttlb_ms: 50,
    ttlb_requests: 1,
  });
});

test("what_was_acknowledged_is_there_after_kill_9", async () => {
  const own = await startServer();
  const send = (/** @type {string[]} */ lines) =>
    request(`${own.url}/v1/cmcd`, { method: "POST", body: lines.join("\n") });
  try {
    const lines = reports("crash", [
      [0, "p"],
      [1000, "a"],
      [2000, "p"],
      [3500, "a"],
    ]);
    const { body } = await send(lines.slice(0, 3));
    assert.equal(body.taken, 3);
    await own.kill9();
    await own.restart();
    const after = await send(lines);
    assert.deepEqual([after.body.taken, after.body.repeated], [1, 3]);
    assert.deepEqual(after.body.views, body.views);
    assert.equal((await recordOf(own.url, body.views[0], 4)).playing_ms, 2500);
  } finally {
    await own.stop();
  }
});

test("the_media_route_counts_what_is_said_beside_requests", async () => {
  const film = `${server.url}/films/nowhere/film.m3u8`;
  const cmcd = (/** @type {string} */ text) => `${film}?CMCD=${encodeURIComponent(text)}`;
  await request(cmcd('bl=0,br=3200,bs,cid="route",ot=v,sf=d,sid="s",st=v,su'));
  await request(
    cmcd('br=(152;v 43;a),cid="route",ot=v,sid="s",sn=3,sta=s,v=2').replace(/%20/g, "+"),
  );
  await request(film, {
    headers: {
      "cmcd-session": 'cid="route",sid="s"',
      "cmcd-object": "br=1,ot=v",
      "cmcd-request": "su",
    },
  });
  await request(cmcd("no such thing"));
  await request(film);
  const titles = await eventually(async () => {
    const { body } = await request(`${server.url}/v1/cmcd/requests`);
    const known = body.titles.filter((/** @type {any} */ t) =>
      ["route", "nowhere"].includes(t.title),
    );
    const requests = known.reduce(
      (/** @type {number} */ sum, /** @type {any} */ t) => sum + t.requests,
      0,
    );
    assert.equal(requests, 4);
    return known;
  });
  assert.deepEqual(titles, [
    { title: "nowhere", requests: 1, version_2: 0, startups: 0, starved: 0, malformed: 1 },
    { title: "route", requests: 3, version_2: 1, startups: 2, starved: 1, malformed: 0 },
  ]);
  const asked = await request(`${server.url}/v1/cmcd/requests`, { method: "POST" });
  assert.equal(asked.status, 405);
});
