// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import {
  MEDIA_TOKEN,
  PLAN,
  POLICY,
  grant,
  newAccount,
  newToken,
  nowS,
  operator,
  publish,
  title,
} from "./rights-api.mjs";
import { startServer } from "./server.mjs";
import { ask, audited, held, live, newViewer, planOf, start } from "./streaming.mjs";

const LEASE_S = 90;

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer();
  url = server.url;
  const windows = [{ from: nowS() - 10, to: nowS() + 10_000, territories: ["FR"] }];
  await publish(url, {
    titles: [
      title("film"),
      title("series"),
      title("small", { max_height: 1080 }),
      title("abroad", { windows }),
      title("pack", { packs: ["sports"] }),
    ],
    policy: { ...POLICY, fallback_devices: 1 },
    plans: [PLAN, planOf(1, 1), planOf(1, 3), planOf(2, 3), planOf(5, 2)],
  });
});
after(() => server?.stop());

/**
 * @param {string} token
 * @param {string} path
 * @param {unknown} [body]
 */
const post = (token, path, body = {}) => ask(url, "POST", path, token, body);

/**
 * @param {string} token
 * @param {object} body
 */
const begin = (token, body) => post(token, "/v1/streams", body);

test("the_first_stream_by_a_rental_begins_its_time_and_one_by_a_plan_does_not", async () => {
  // No taller than the plan shows it: the grant that ends last is the one that counts.
  const ends = { from: nowS() - 10, to: nowS() + 5_000 };
  const rental = { id: "rental", kind: "rental", title: "small", play_window_s: 600, ...ends };
  const begun = async (/** @type {string} */ viewer) => {
    const { body } = await operator(`${url}/v1/accounts/${viewer}/grants`, "GET");
    const found = body.rows.find((/** @type {any} */ { id }) => id === "rental");
    return found.first_play_at ?? null;
  };
  await newAccount(url, "renter", { grants: [rental] });
  await newAccount(url, "subscriber", { grants: [rental, grant({ plan: planOf(2, 3).id })] });
  const since = nowS();
  for (const viewer of ["subscriber", "renter"]) {
    const token = await newToken(url, viewer);
    const answer = await begin(token, { device: { id: "tv", class: "tv" }, title: "small" });
    assert.equal(answer.status, 201);
  }
  const first = await eventually(async () => {
    const at = await begun("renter");
    assert.ok(at >= since);
    return at;
  });
  const token = await newToken(url, "renter");
  await begin(token, { device: { id: "phone", class: "mobile" }, title: "small", take_over: true });
  await eventually(async () => assert.equal((await audited(url, "renter")).length, 2));
  assert.equal(await begun("renter"), first, "the second start changes nothing");
  assert.equal((await audited(url, "subscriber")).length, 1);
  assert.equal(await begun("subscriber"), null, "the plan came first");
});

/** @param {import("./api.mjs").Answer} answer */
const reasonsOf = ({ status, body }) => [status, body.code, body.decision?.reasons];

test("a_start_answers_with_the_decision_and_a_media_token_in_a_cookie_of_its_title", async () => {
  const token = await newViewer(url, "life", planOf(2, 3));
  const before = nowS();
  const { status, body, headers } = await begin(token, start("tv"));
  assert.equal(status, 201, JSON.stringify(body));
  const { decision, stream, cat, ...rest } = body;
  assert.deepEqual([decision.allow, decision.reasons, decision.max_height], [true, [], 1080]);
  assert.match(stream, /^[A-Za-z0-9_-]{22}$/);
  assert.equal(rest.media, "/vod/film/");
  assert.equal(rest.heartbeat_s, 30);
  assert.ok(rest.expires_at >= before + LEASE_S && rest.expires_at <= nowS() + LEASE_S + 1);
  assert.ok(rest.cat_expires_at >= before + 120 && rest.cat_expires_at <= nowS() + 120);
  const cookie = headers.get("set-cookie") ?? "";
  assert.ok(cookie.startsWith(`${MEDIA_TOKEN}=${cat}; Path=/vod/film/; Max-Age=`), cookie);
  assert.ok(cookie.endsWith("; HttpOnly; SameSite=Strict"), cookie);
});

test("the_same_start_again_is_the_same_stream_and_another_title_replaces_it", async () => {
  const token = await newViewer(url, "again", planOf(1, 1));
  const first = await begin(token, start("tv"));
  const again = await begin(token, start("tv"));
  assert.deepEqual([again.status, again.body.stream], [201, first.body.stream]);
  const other = await begin(token, start("tv", { title: "series" }));
  assert.equal(other.status, 201);
  assert.deepEqual(
    (await live(url, "again")).map(({ stream, title }) => [stream, title]),
    [[other.body.stream, "series"]],
  );
  const late = await post(token, `/v1/streams/${first.body.stream}/heartbeat`);
  assertRefused(late, 404, "stream_unknown", "replaced");
});

test("beyond_the_streams_a_start_is_refused_with_those_that_run_and_may_take_over_the_oldest", async () => {
  const token = await newViewer(url, "limit", planOf(2, 3));
  const named = { device: { id: "tv", class: "tv", name: "Küche 📺" }, title: "film" };
  const oldest = await begin(token, named);
  await begin(token, start("telephone"));
  const refused = await begin(token, start("tablet"));
  assert.deepEqual(reasonsOf(refused), [409, "stream_limit", ["STREAM_LIMIT"]]);
  assert.equal(refused.body.decision.allow, false);
  assert.deepEqual(
    refused.body.open_streams.map((/** @type {any} */ one) => [
      one.device,
      one.device_name,
      one.title,
    ]),
    [
      ["tv", "Küche 📺", "film"],
      ["telephone", null, "film"],
    ],
  );
  const taken = await begin(token, start("tablet", { take_over: true }));
  assert.equal(taken.status, 201);
  assert.deepEqual(
    (await live(url, "limit")).map(({ device }) => device),
    ["telephone", "tablet"],
  );
  const path = `/v1/streams/${oldest.body.stream}`;
  assertRefused(await post(token, `${path}/heartbeat`), 404, "stream_unknown", "taken_over");
  const stopped = await post(token, `${path}/stop`);
  assert.deepEqual([stopped.status, stopped.body.ended], [200, "taken_over"]);
});

test("a_heartbeat_renews_the_lease_and_the_token_and_a_stop_frees_the_slot_once", async () => {
  const token = await newViewer(url, "beats", planOf(1, 3));
  const { body } = await begin(token, start("tv"));
  const path = `/v1/streams/${body.stream}`;
  const beat = await post(token, `${path}/heartbeat`);
  assert.deepEqual(
    [beat.status, beat.body.stream, beat.body.media],
    [200, body.stream, "/vod/film/"],
  );
  assert.ok(beat.body.expires_at >= body.expires_at);
  assert.ok(beat.headers.get("set-cookie")?.includes(beat.body.cat));
  const first = await post(token, `${path}/stop`);
  const second = await post(token, `${path}/stop`);
  assert.deepEqual([first.status, first.body.ended], [200, "stopped"]);
  assert.deepEqual([second.status, second.body], [200, first.body]);
  assertRefused(await post(token, `${path}/heartbeat`), 404, "stream_unknown", "stopped");
  assert.equal((await begin(token, start("telephone"))).status, 201);
});

test("reasons_are_complete_and_a_refused_start_ends_and_registers_nobody", async () => {
  const token = await newViewer(url, "reasons", planOf(1, 1));
  await begin(token, start("tv"));
  const refused = await begin(token, start("telephone", { title: "abroad", take_over: true }));
  const limits = ["DEVICE_LIMIT", "STREAM_LIMIT"];
  assert.deepEqual(reasonsOf(refused), [403, "not_entitled", ["GEO_BLOCKED", ...limits]]);
  const without = await begin(token, start("tv", { title: "pack" }));
  assert.deepEqual(reasonsOf(without), [403, "not_entitled", ["NOT_ENTITLED"]]);
  const nothing = await begin(token, start("telephone", { title: "nothing" }));
  assert.deepEqual(reasonsOf(nothing), [403, "not_entitled", ["TITLE_UNKNOWN"]]);
  const full = await begin(token, start("telephone", { take_over: true }));
  assert.deepEqual(reasonsOf(full), [409, "device_limit", limits]);
  assert.deepEqual(
    full.body.devices.map((/** @type {any} */ device) => device.id),
    ["tv"],
  );
  assert.deepEqual(
    (await live(url, "reasons")).map(({ device }) => device),
    ["tv"],
  );
});

test("a_heartbeat_decides_again_and_ends_what_may_no_longer_be_watched", async () => {
  await newAccount(url, "suspended");
  const token = await newToken(url, "suspended");
  const { body } = await begin(token, start("tv"));
  await newAccount(url, "suspended", { account: { status: "suspended" }, grants: [] });
  const newer = await newToken(url, "suspended");
  const refused = await post(newer, `/v1/streams/${body.stream}/heartbeat`);
  assert.deepEqual(reasonsOf(refused), [403, "not_entitled", ["ACCOUNT_SUSPENDED"]]);
  const again = await post(newer, `/v1/streams/${body.stream}/heartbeat`);
  assertRefused(again, 404, "stream_unknown", "refused");
  await eventually(async () => {
    const decisions = await audited(url, "suspended");
    assert.deepEqual(
      decisions.map(({ allow, stream, reasons }) => [allow, stream, reasons]),
      [
        [false, body.stream, ["ACCOUNT_SUSPENDED"]],
        [true, body.stream, []],
      ],
    );
  });
});

test("when_a_plan_gives_fewer_streams_the_newest_end_at_their_next_heartbeat", async () => {
  const token = await newViewer(url, "fewer", planOf(2, 3));
  const streams = [];
  for (const device of ["tv", "telephone"]) {
    streams.push((await begin(token, start(device))).body.stream);
  }
  const path = `${url}/v1/accounts/fewer/grants`;
  assert.ok((await operator(`${path}/plan:plan-2-3`, "DELETE")).status < 300);
  const less = grant({ id: "plan:less", plan: planOf(1, 1).id });
  assert.ok((await operator(path, "POST", less)).status < 300);
  const newer = await newToken(url, "fewer");
  const [oldest, newest] = streams;
  const refused = await post(newer, `/v1/streams/${newest}/heartbeat`);
  assert.deepEqual(reasonsOf(refused), [409, "stream_limit", ["STREAM_LIMIT"]]);
  assert.equal((await post(newer, `/v1/streams/${oldest}/heartbeat`)).status, 200);
  assert.equal((await live(url, "fewer")).length, 1);
});

test("who_has_no_token_another_ones_stream_or_a_key_that_is_wrong_gets_nothing", async () => {
  const token = await newViewer(url, "mine", planOf(1, 1));
  const other = await newViewer(url, "theirs", planOf(1, 1));
  const { body } = await begin(token, start("tv"));
  for (const step of ["heartbeat", "stop"]) {
    const path = `/v1/streams/${body.stream}/${step}`;
    assertRefused(await post(other, path), 404, "stream_unknown", "stream");
    const bare = await request(`${url}${path}`, { method: "POST", body: "{}" });
    assertRefused(bare, 401, "token_missing", "token");
  }
  assert.equal((await live(url, "mine")).length, 1);
  for (const path of ["/v1/streams", "/v1/devices"]) {
    assertRefused(await request(`${url}${path}`), 401, "token_missing", "token");
    const key = { headers: { authorization: "Bearer guessed" } };
    assertRefused(
      await request(`${url}${path}?viewer=mine`, key),
      401,
      "operator_key_invalid",
      "Authorization",
    );
  }
  const broken = await begin(`${token}x`, start("tv"));
  assert.deepEqual([broken.status, broken.body.code], [401, "token_invalid"]);
});

test("a_body_that_is_wrong_is_refused_with_its_field_and_changes_nothing", async () => {
  const token = await newViewer(url, "bodies", planOf(5, 2));
  const device = { id: "tv", class: "tv" };
  const check = async (
    /** @type {unknown} */ body,
    /** @type {string} */ code,
    /** @type {string | null} */ field,
  ) =>
    assertRefused(
      await begin(token, /** @type {any} */ (body)),
      code === "body_too_large" ? 413 : 400,
      code,
      field,
    );
  await check("{", "malformed_json", null);
  await check("[]", "malformed_json", null);
  await check({ title: "film" }, "invalid_value", "device");
  await check({ device, title: 7 }, "invalid_value", "title");
  await check({ device }, "invalid_value", "title");
  await check({ device, title: "" }, "invalid_value", "title");
  await check({ device, title: "film", take_over: "yes" }, "invalid_value", "take_over");
  await check({ device, title: "film", more: 1 }, "invalid_value", "more");
  for (const id of [
    "",
    "a\u0000b",
    "x".repeat(201),
    "x".repeat(10_000),
    "é".repeat(101),
    7,
    null,
  ]) {
    await check({ device: { ...device, id }, title: "film" }, "invalid_value", "device.id");
  }
  for (const kind of ["fridge", "", "TV", null]) {
    await check(
      { device: { ...device, class: kind }, title: "film" },
      "invalid_value",
      "device.class",
    );
  }
  await check({ device: { ...device, name: "" }, title: "film" }, "invalid_value", "device.name");
  await check(
    { device: { ...device, name: "x".repeat(201) }, title: "film" },
    "invalid_value",
    "device.name",
  );
  await check({ device, title: "x".repeat(20_000) }, "body_too_large", null);
  assert.deepEqual((await held(url, "bodies")).devices, []);
  const widest = { id: "🎬".repeat(50), class: "console", name: "ñ".repeat(100) };
  assert.equal((await begin(token, { device: widest, title: "film" })).status, 201);
  const [only] = await live(url, "bodies");
  assert.deepEqual([only.device, only.device_name], [widest.id, widest.name]);
  for (const id of ["", "%ff", "%00", "x".repeat(201), "x".repeat(10_000)]) {
    assertRefused(await post(token, `/v1/streams/${id}/heartbeat`), 400, "invalid_value", "stream");
  }
  const unknown = await post(token, `/v1/streams/${"x".repeat(22)}/heartbeat`);
  assertRefused(unknown, 404, "stream_unknown", "stream");
});

test("an_operator_sees_and_ends_the_streams_of_a_viewer_but_starts_none", async () => {
  const token = await newViewer(url, "seen", planOf(1, 1));
  const { body } = await begin(token, start("tv"));
  const [one] = await live(url, "seen");
  assert.deepEqual([one.stream, one.title], [body.stream, "film"]);
  const stopped = await operator(`${url}/v1/streams/${body.stream}/stop?viewer=seen`, "POST", {});
  assert.deepEqual([stopped.status, stopped.body.ended], [200, "stopped"]);
  const started = await operator(`${url}/v1/streams?viewer=seen`, "POST", start("tv"));
  assertRefused(started, 401, "token_missing", "token");
  const asked = await operator(`${url}/v1/streams?viewer=`, "GET");
  assertRefused(asked, 400, "invalid_value", "viewer");
});

test("a_viewer_of_whom_nothing_is_kept_is_answered_whenever_it_is_asked", async () => {
  // Its object goes by itself as soon as it is seen to be empty, and may do so in the middle of the next request.
  const asked = await Promise.all(
    Array.from({ length: 20 }, async (_, viewer) => {
      const statuses = new Set();
      for (let times = 0; times < 100; times += 1) {
        const { status } = await operator(`${url}/v1/devices?viewer=empty-${viewer}`, "GET");
        statuses.add(status);
      }
      return [...statuses];
    }),
  );
  assert.deepEqual([...new Set(asked.flat())], [200]);
});

test("a_method_that_is_none_is_told_and_a_page_elsewhere_may_ask_first", async () => {
  for (const path of ["/v1/streams", "/v1/streams/x/stop", "/v1/devices", "/v1/devices/x"]) {
    assert.equal((await request(`${url}${path}`, { method: "PATCH" })).status, 405);
    const preflight = await request(`${url}${path}`, { method: "OPTIONS" });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
  }
});
