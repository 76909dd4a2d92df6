// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, postBatch, request } from "./api.mjs";
import { ANNA, BERT, WINDOWS, WINDOW_MS, lines, record, windowRow } from "./batch.mjs";
import { startCentral } from "./central.mjs";

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  server = await startCentral();
});
after(() => server.stop());

let batches = 0;

/**
 * @param {object[]} rows
 * @param {Record<string, string>} [headers]
 */
async function send(rows, headers = WINDOWS) {
  batches += 1;
  const answer = await postBatch(server.url, `w.1.${batches}`, lines(...rows), headers);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** @param {string} query */
async function windows(query) {
  const { status, body } = await request(`${server.url}/v1/windows?${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** @param {string} title */
async function reconciled(title) {
  const { status, body } = await request(`${server.url}/v1/reconciliation?title=${title}`);
  assert.equal(status, 200);
  return body.titles[0];
}

test("rows of a window are added and its viewers united", async () => {
  const answer = await send([
    windowRow({ title: "sum", viewers: ANNA, stalls: 2, stalled_ms: 30 }),
    windowRow({ title: "sum", viewers: ANNA, completed: 1, classes: of("heavy") }),
  ]);
  assert.deepEqual(answer, {
    batch: `w.1.${batches}`,
    rows: 2,
    stored: 2,
    conflicts: 0,
    erased: 0,
  });
  await send([
    windowRow({ title: "sum", viewers: BERT, played_ms: -500, views: 0, classes: of() }),
  ]);
  const { windows: found, next } = await windows("title=sum");
  assert.deepEqual(found, [
    {
      title: "sum",
      window_start_ms: 0,
      window_ms: WINDOW_MS,
      views: 2,
      unique_ms: 3000,
      played_ms: 3500,
      completed: 1,
      stalls: 2,
      stalled_ms: 30,
      classes: { unknown: 1, light: 0, standard: 0, heavy: 1 },
      corrections: 0,
      viewers: 2,
    },
  ]);
  assert.equal(next, null);
});

test("the same batch again adds nothing, also after kill -9", async () => {
  const body = lines(windowRow({ title: "once" }));
  const first = await postBatch(server.url, "once.1.1", body, WINDOWS);
  const again = await Promise.all(
    Array.from({ length: 10 }, () => postBatch(server.url, "once.1.1", body, WINDOWS)),
  );
  await server.kill9();
  await server.restart();
  again.push(await postBatch(server.url, "once.1.1", body, WINDOWS));
  for (const { body } of again) assert.deepEqual(body, first.body);
  assert.equal((await windows("title=once")).windows[0].views, 1);
});

test("a sender that tries again through five crashes adds every row once", async () => {
  const bodies = Array.from({ length: 40 }, (_, index) =>
    lines(windowRow({ title: "crashes", window_start_ms: (index % 4) * WINDOW_MS, viewers: ANNA })),
  );
  let sent = 0;
  for (const [index, body] of bodies.entries()) {
    // Every eighth batch is on its way when the process is gone; whether it was stored nobody knows.
    const batch = `crashes.1.${index + 1}`;
    const offered = postBatch(server.url, batch, body, WINDOWS).catch(() => null);
    if (index % 8 === 7) {
      await server.kill9();
      await offered;
      await server.restart();
    }
    const answer = (await offered) ?? (await postBatch(server.url, batch, body, WINDOWS));
    assert.equal(answer.status, 200);
    sent += 1;
  }
  assert.equal(sent, bodies.length);
  const [sum] = (await windows("title=crashes&group=title")).windows;
  assert.deepEqual([sum.views, sum.played_ms, sum.viewers], [40, 80_000, 1]);
});

test("an answer that would be made of too many windows is refused", async () => {
  for (let batch = 0; batch < 51; batch += 1) {
    const rows = Array.from({ length: 1000 }, (_, row) =>
      windowRow({ title: "wide", window_start_ms: (batch * 1000 + row) * WINDOW_MS }),
    );
    await send(rows);
  }
  const wide = await request(`${server.url}/v1/windows?title=wide&group=title`);
  assertRefused(wide, 400, "too_many", "limit");
  const half = await windows(`title=wide&group=title&to=${40_000 * WINDOW_MS}`);
  assert.equal(half.windows[0].views, 40_000);
});

test("a correction goes into its window and is counted there", async () => {
  await send([windowRow({ title: "late" }), windowRow({ title: "late", window_start_ms: 60_000 })]);
  await send([windowRow({ title: "late", correction: true, views: 0, played_ms: 7 })]);
  const { windows: found } = await windows("title=late");
  assert.deepEqual(
    found.map((/** @type {any} */ each) => [
      each.window_start_ms,
      each.played_ms,
      each.corrections,
    ]),
    [
      [0, 2007, 1],
      [60_000, 2000, 0],
    ],
  );
});

test("windows are grouped and filtered as asked", async () => {
  const at = (/** @type {number} */ minute, /** @type {object} */ more) =>
    windowRow({ title: "many", window_start_ms: minute * WINDOW_MS, ...more });
  await send([
    at(0, { country: "DE", device: "tv", viewers: ANNA }),
    at(0, { country: "DE", device: "mobile", viewers: ANNA }),
    at(1, { country: "FR", device: "tv", viewers: BERT }),
    at(2, { country: null, device: "tv", viewers: ANNA }),
    windowRow({ title: "more" }),
  ]);
  const check = async (
    /** @type {string} */ query,
    /** @type {string} */ key,
    /** @type {any[]} */ expected,
  ) => {
    const { windows: found } = await windows(`title=many&${query}`);
    const rows = found.map((/** @type {any} */ row) => [row[key], row.views, row.viewers]);
    assert.deepEqual(rows, expected, query);
  };
  await check("group=title", "title", [["many", 4, 2]]);
  await check("group=country", "country", [
    [null, 1, 1],
    ["DE", 2, 1],
    ["FR", 1, 1],
  ]);
  await check("group=device", "device", [
    ["mobile", 1, 1],
    ["tv", 3, 2],
  ]);
  await check("group=window", "window_start_ms", [
    [0, 2, 1],
    [60_000, 1, 1],
    [120_000, 1, 1],
  ]);
  await check("from=60000", "window_start_ms", [
    [60_000, 1, 1],
    [120_000, 1, 1],
  ]);
  await check("to=60000", "window_start_ms", [[0, 2, 1]]);
  await check("country=FR", "window_start_ms", [[60_000, 1, 1]]);
  await check("country=unknown", "window_start_ms", [[120_000, 1, 1]]);
  await check("device=mobile", "window_start_ms", [[0, 1, 1]]);
  await check("device=desktop", "window_start_ms", []);
});

test("an answer of many windows comes in pages", async () => {
  const rows = Array.from({ length: 25 }, (_, minute) =>
    windowRow({ title: "pages", window_start_ms: minute * WINDOW_MS, viewers: ANNA }),
  );
  await send(rows);
  /** @type {any[]} */
  const found = [];
  /** @type {string | null} */
  let after = "";
  while (after !== null) {
    const page = await windows(`title=pages&limit=10${after}`);
    assert.ok(page.windows.length <= 10);
    found.push(...page.windows);
    after = page.next === null ? null : `&after=${encodeURIComponent(page.next)}`;
  }
  assert.deepEqual(
    found.map(({ window_start_ms, viewers }) => [window_start_ms, viewers]),
    rows.map(({ window_start_ms }) => [window_start_ms, 1]),
  );
});

test("a sum beyond 2^53 is refused, and nothing of its batch is added", async () => {
  const most = Number.MAX_SAFE_INTEGER;
  await send([windowRow({ title: "huge", played_ms: most })]);
  const body = lines(windowRow({ title: "beside" }), windowRow({ title: "huge", played_ms: 1 }));
  const key = `w.1.${batches + 1}`;
  assertRefused(
    await postBatch(server.url, key, body, WINDOWS),
    400,
    "invalid_value",
    "line 2: windows",
  );
  assert.deepEqual((await windows("title=beside")).windows, []);
  assert.equal((await windows("title=huge")).windows[0].played_ms, most);
  await send([windowRow({ title: "huge", played_ms: -most })]);
  assert.equal((await windows("title=huge")).windows[0].played_ms, 0);
});

const BAD = [
  { change: { window_ms: 0 }, code: "invalid_value", field: "line 2: window_ms" },
  { change: { window_start_ms: 1 }, code: "invalid_value", field: "line 2: window_start_ms" },
  { change: { country: "de" }, code: "invalid_value", field: "line 2: country" },
  { change: { viewers: "?" }, code: "wrong_type", field: "line 2: viewers" },
  { change: { views: 2 ** 53 }, code: "invalid_value", field: "line 2: sums" },
  { change: { extra: 1 }, code: "unknown_field", field: "line 2: extra" },
];

for (const { change, code, field } of BAD) {
  test(`a row is refused with its line: ${JSON.stringify(change)}`, async () => {
    const body = lines(windowRow({ title: "bad" }), windowRow({ title: "bad", ...change }));
    const answer = await postBatch(server.url, "bad.1.1", body, WINDOWS);
    assertRefused(answer, 400, code, field);
    assert.deepEqual((await windows("title=bad")).windows, []);
  });
}

test("a question that is none is refused by its part", async () => {
  const check = async (/** @type {string} */ query, /** @type {string} */ field) => {
    const answer = await request(`${server.url}/v1/windows?${query}`);
    assertRefused(answer, 400, "invalid_value", field);
  };
  await check("group=day", "group");
  await check("from=yesterday", "from");
  await check("to=-1", "to");
  await check("country=de", "country");
  await check("device=phone", "device");
  await check("limit=0", "limit");
  await check("limit=1001", "limit");
  await check("after=x", "after");
  await check("after=%5B%22t%22%5D", "after");
  await check("after=%5B%22t%22,%7B%7D,1%5D", "after");
});

test("the reconciliation sets the sums of windows beside those of views", async () => {
  const views = [
    record({ title: "rec", completed: true, stalls: 3 }),
    record({ title: "rec", unique_ms: 70, played_ms: 80 }),
    record({ title: "rec", source: "import" }),
  ];
  await send(views, {});
  const open = await reconciled("rec");
  assert.deepEqual(open.views, {
    views: 2,
    unique_ms: 1070,
    played_ms: 2080,
    completed: 1,
    stalls: 3,
  });
  assert.deepEqual(open.difference, open.views);
  assert.deepEqual([open.equal, open.imported], [false, 1]);
  await send([
    windowRow({ title: "rec", completed: 1, stalls: 3 }),
    windowRow({ title: "rec", window_start_ms: WINDOW_MS, unique_ms: 70, played_ms: 80 }),
  ]);
  const closed = await reconciled("rec");
  assert.deepEqual(closed.windows, closed.views);
  assert.deepEqual(Object.values(closed.difference), [0, 0, 0, 0, 0]);
  assert.equal(closed.equal, true);
  await send([windowRow({ title: "rec", correction: true, views: 0, played_ms: 1 })]);
  assert.deepEqual((await reconciled("rec")).difference.played_ms, -1);
});

test("the reconciliation names titles of either side, in pages", async () => {
  await send([record({ title: "only-views" })], {});
  await send([windowRow({ title: "only-windows" })]);
  /** @type {string[]} */
  const titles = [];
  /** @type {string | null} */
  let after = "";
  while (after !== null) {
    const { body } = await request(`${server.url}/v1/reconciliation?limit=2&after=${after}`);
    titles.push(...body.titles.map((/** @type {any} */ { title }) => title));
    after = body.next;
  }
  assert.deepEqual(titles, [...new Set(titles)].sort());
  for (const title of ["only-views", "only-windows", "rec"]) assert.ok(titles.includes(title));
});

/** @param {"heavy"} [heavy] */
function of(heavy) {
  return { unknown: 0, light: 0, standard: 0, heavy: heavy === undefined ? 0 : 1 };
}
