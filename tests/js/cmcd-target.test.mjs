// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { cmcdTarget } from "usher/cmcd";

const OPTIONS = {
  endpoint: "https://edge.example/v1/cmcd?tenant=a",
  viewer: "anna",
  title: "plan 9",
};

test("each player gets one key, and each a target that names viewer, title and player", () => {
  const { sessionId, hls, shaka, dash } = cmcdTarget(OPTIONS);
  assert.match(sessionId, /^[0-9a-f]{32}$/);
  assert.deepEqual([hls.sessionId, shaka.sessionId, dash.sid], Array(3).fill(sessionId));
  assert.deepEqual([hls.contentId, shaka.contentId, dash.cid], Array(3).fill("plan 9"));
  assert.deepEqual([hls.version, shaka.version, dash.version], [2, 2, 2]);
  for (const [key, player] of /** @type {const} */ ([
    [hls, "hls.js"],
    [shaka, "shaka-player"],
    [dash, "dash.js"],
  ])) {
    assert.equal(key.eventTargets.length, 1);
    const url = new URL(String(key.eventTargets[0]?.url));
    assert.equal(url.origin + url.pathname, "https://edge.example/v1/cmcd");
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      tenant: "a",
      viewer: "anna",
      title: "plan 9",
      player,
    });
    assert.deepEqual(JSON.parse(JSON.stringify(key)), key);
  }
});

test("without a viewer the session is the viewer, and two targets are two sessions", () => {
  const { viewer, ...rest } = OPTIONS;
  const [one, other] = [cmcdTarget(rest), cmcdTarget(rest)];
  assert.notEqual(one.sessionId, other.sessionId);
  assert.ok(!String(one.hls.eventTargets[0]?.url).includes("viewer="));
  assert.equal(cmcdTarget({ ...rest, sessionId: "mine" }).dash.sid, "mine");
});

test("requests for media stay as they are unless it is asked for", () => {
  const names = (/** @type {any} */ key) => key.includeKeys ?? key.enabledKeys;
  const { hls, shaka, dash } = cmcdTarget(OPTIONS);
  for (const key of [hls, shaka, dash]) assert.deepEqual(names(key), ["none-here"]);
  const all = cmcdTarget({ ...OPTIONS, requests: true });
  for (const key of [all.hls, all.shaka, all.dash]) assert.ok(names(key).includes("br"));
});

test("what cannot be a target is refused by field", () => {
  /** @type {[any, string][]} */
  const rows = [
    [undefined, "endpoint"],
    [{}, "endpoint"],
    [{ ...OPTIONS, endpoint: "/v1/cmcd" }, "endpoint"],
    [{ ...OPTIONS, endpoint: 7 }, "endpoint"],
    [{ ...OPTIONS, viewer: "" }, "viewer"],
    [{ ...OPTIONS, viewer: "x".repeat(201) }, "viewer"],
    [{ ...OPTIONS, title: undefined }, "title"],
    [{ ...OPTIONS, title: "a\nb" }, "title"],
    [{ ...OPTIONS, sessionId: "" }, "sessionId"],
    [{ ...OPTIONS, sessionId: "x".repeat(65) }, "sessionId"],
    [{ ...OPTIONS, intervalS: 0 }, "intervalS"],
    [{ ...OPTIONS, intervalS: NaN }, "intervalS"],
  ];
  for (const [options, field] of rows) {
    assert.throws(
      () => cmcdTarget(options),
      (/** @type {any} */ error) => error.code === "invalid_value" && error.field === field,
      JSON.stringify(options),
    );
  }
});

test("a title longer than a content id stands whole in the address", () => {
  const title = "ü".repeat(100);
  const long = "t".repeat(200);
  assert.equal(cmcdTarget({ ...OPTIONS, title }).hls.contentId, title);
  const { hls } = cmcdTarget({ ...OPTIONS, title: long });
  assert.equal(hls.contentId.length, 128);
  assert.equal(new URL(String(hls.eventTargets[0]?.url)).searchParams.get("title"), long);
});
