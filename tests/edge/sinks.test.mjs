// @ts-check
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { eventually, postViews, recordOf, waitingOf } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { Receiver } from "./receiver.mjs";
import { DEMO, startServer } from "./server.mjs";

/** @typedef {import("./server.mjs").Server} Server */
/** @typedef {{ name: string, format: "ndjson" | "cloudevents", authorization?: string }} SinkOptions */

const SHORT = { WINDOW_SECONDS: "1", WINDOW_GRACE_SECONDS: "0" };

/** @type {typeof import("usher")} */
let usher;

before(async () => {
  usher = await loadPage();
});

/**
 * An edge with a central API and sinks.
 * @param {import("node:test").TestContext} context
 * @param {SinkOptions[]} sinks
 * @param {{ demo?: string, faults?: Record<string, Receiver["fault"]> }} [options]
 */
async function start(context, sinks, { demo, faults = {} } = {}) {
  /** @type {Record<string, Receiver>} */
  const receivers = {};
  for (const name of ["central", ...sinks.map((sink) => sink.name)]) {
    const receiver = new Receiver();
    await receiver.listen();
    receiver.fault = faults[name] ?? (() => null);
    context.after(() => receiver.close());
    receivers[name] = receiver;
  }
  const configured = sinks.map((sink) => ({ ...sink, url: `${receivers[sink.name]?.url}/in?a=b` }));
  const environment = {
    ...SHORT,
    CENTRAL_URL: String(receivers["central"]?.url),
    SINKS: JSON.stringify(configured),
  };
  const server = await startServer({ environment, ...(demo === undefined ? {} : { demo }) });
  context.after(() => server.stop());
  /** @param {string} name */
  const of = (name) => /** @type {Receiver} */ (receivers[name]);
  return { server, of };
}

/**
 * @param {Server} server
 * @param {string} viewer
 * @param {string[]} titles
 */
async function watch(server, viewer, titles) {
  const playbacks = titles.map((title) => new Playback(usher, viewer, title).watch(0, 5));
  const entries = playbacks.map((playback) => playback.entry());
  assert.equal((await postViews(server.url, viewer, entries)).status, 200);
  return playbacks;
}

/**
 * Everything has arrived at a receiver of batches.
 * @param {Receiver} receiver
 * @param {Playback[]} playbacks
 */
function allArrives(receiver, playbacks) {
  return eventually(async () => {
    const views = new Map(receiver.views().map((record) => [record.view, record.version]));
    for (const { id, version } of playbacks) assert.equal(views.get(id), version);
    assert.deepEqual(receiver.sumsOfWindows(), receiver.sumsOfViews());
    assert.deepEqual(receiver.gaps(), []);
  });
}

/** The sums of what is kept of each sink, over all shards. */
async function sinksOf(/** @type {Server} */ server) {
  /** @type {Record<string, { batches: number, dropped: number, refused: number }>} */
  const all = {};
  for (const shard of await waitingOf(server.url)) {
    for (const { name, batches, dropped, refused } of shard.sinks) {
      const sum = (all[name] ??= { batches: 0, dropped: 0, refused: 0 });
      sum.batches += batches;
      sum.dropped += dropped;
      sum.refused += refused;
    }
  }
  return all;
}

/** The events of all requests that were answered with 2xx, by id. */
function eventsOf(/** @type {Receiver} */ receiver) {
  const taken = receiver.offers.filter(({ status }) => status === 202);
  return new Map(
    taken.flatMap(({ body }) => JSON.parse(body)).map((/** @type {any} */ e) => [e.id, e]),
  );
}

test("a_sink_gets_what_the_central_api_gets_to_the_byte", async (context) => {
  const authorization = "Bearer one two";
  const { server, of } = await start(context, [{ name: "copy", format: "ndjson", authorization }]);
  const playbacks = await watch(server, "copied", ["a", "b"]);
  await allArrives(of("central"), playbacks);
  await allArrives(of("copy"), playbacks);
  const [central, copy] = ["central", "copy"].map((name) => {
    const batches = [...of(name).batches.values()];
    return batches.map(({ key, kind, rows, body }) => ({ key, kind, rows, body }));
  });
  assert.deepEqual(copy, central);
  for (const { headers } of of("copy").offers) assert.equal(headers.authorization, authorization);
  for (const { headers } of of("central").offers) assert.equal(headers.authorization, undefined);
});

test("a_sink_of_events_gets_each_row_under_an_id_that_stays", async (context) => {
  /** @type {Set<string>} */
  const lost = new Set();
  /** @type {Receiver["fault"]} */
  const fault = ({ body }) => {
    const [{ id }] = JSON.parse(body);
    // The answer to every request is lost once.
    const first = !lost.has(id);
    lost.add(id);
    return first ? "hang up" : { status: 202 };
  };
  const { server, of } = await start(context, [{ name: "events", format: "cloudevents" }], {
    faults: { events: fault },
  });
  const [playback] = await watch(server, "evented", ["film"]);
  const central = of("central");
  await allArrives(central, playback === undefined ? [] : [playback]);
  const batches = [...central.batches.values()];
  const events = await eventually(async () => {
    const found = eventsOf(of("events"));
    assert.equal(
      found.size,
      batches.reduce((sum, { rows }) => sum + rows, 0),
    );
    return found;
  });
  for (const { key, kind, body } of batches) {
    for (const [index, line] of body.trimEnd().split("\n").entries()) {
      const data = JSON.parse(line);
      const isView = kind === "views";
      assert.deepEqual(events.get(`${key}#${index + 1}`), {
        specversion: "1.0",
        id: `${key}#${index + 1}`,
        source: `usher/demo/${key.split(".")[0]?.replace("demo-", "")}`,
        type: isView ? "usher.view.v1" : "usher.window.v1",
        subject: isView ? data.view : data.title,
        time: new Date(isView ? data.watched_ms : data.window_start_ms).toISOString(),
        datacontenttype: "application/json",
        data,
      });
    }
  }
  for (const { headers } of of("events").offers) {
    assert.equal(headers["content-type"], "application/cloudevents-batch+json");
  }
});

test("events_that_are_refused_together_are_bisected_until_the_poisoned_one_stands_alone", async (context) => {
  /** @type {Receiver["fault"]} */
  const fault = ({ body }) => ({ status: body.includes('"title":"poison"') ? 400 : 202 });
  const { server, of } = await start(context, [{ name: "events", format: "cloudevents" }], {
    faults: { events: fault },
  });
  const titles = ["a", "b", "c", "poison", "d", "e", "f"];
  const playbacks = await watch(server, "evented", titles);
  await allArrives(of("central"), playbacks);
  await eventually(async () => {
    const taken = [...eventsOf(of("events")).values()];
    for (const type of ["usher.view.v1", "usher.window.v1"]) {
      const found = taken.filter((event) => event.type === type).map(({ data }) => data.title);
      assert.deepEqual(found.sort(), titles.filter((title) => title !== "poison").sort(), type);
    }
    assert.deepEqual(await sinksOf(server), { events: { batches: 0, dropped: 0, refused: 2 } });
  });
});

test("no_request_has_more_than_100_events", async (context) => {
  const { server, of } = await start(context, [{ name: "events", format: "cloudevents" }], {
    faults: { central: () => ({ status: 503 }), events: () => ({ status: 202 }) },
  });
  // The central API is away and has a batch already: the rest waits, and goes in one.
  const shards = await Promise.all(
    Array.from({ length: 5 }, (_, part) =>
      watch(
        server,
        "many",
        Array.from({ length: 50 }, (_, n) => `title-${part}-${n}`),
      ),
    ),
  );
  await eventually(async () => assert.equal(eventsOf(of("events")).size >= 250, true));
  const counts = of("events").offers.map(({ body }) => JSON.parse(body).length);
  assert.equal(shards.flat().length, 250);
  assert.ok(Math.max(...counts) <= 100, String(counts));
  assert.ok(counts.includes(100), String(counts));
});

test("a_sink_that_is_away_holds_back_nobody_and_gets_everything_when_it_is_back", async (context) => {
  const sinks = /** @type {SinkOptions[]} */ ([
    { name: "hangs", format: "ndjson" },
    { name: "refuses-connections", format: "ndjson" },
    { name: "there", format: "ndjson" },
  ]);
  const { server, of } = await start(context, sinks, {
    faults: { hangs: () => "never answer", "refuses-connections": () => "hang up" },
  });
  const first = await watch(server, "first", ["a"]);
  await eventually(async () => assert.equal(of("hangs").offers.length > 0, true));
  const later = await watch(server, "first", ["b"]);
  const playbacks = [...first, ...later];
  // Before the sink that hangs is given up on.
  await allArrives(of("central"), playbacks);
  await allArrives(of("there"), playbacks);
  assert.deepEqual([of("hangs").offers.length, of("hangs").hanging], [1, 1]);
  await eventually(async () => {
    const waiting = await sinksOf(server);
    assert.ok(Number(waiting["hangs"]?.batches) >= 2);
    assert.equal(waiting["there"]?.batches, 0);
  });
  await server.kill9();
  for (const name of ["hangs", "refuses-connections"]) of(name).fault = () => null;
  await server.restart();
  for (const { name } of sinks) await allArrives(of(name), playbacks);
  await eventually(async () => {
    for (const { batches, dropped, refused } of Object.values(await sinksOf(server))) {
      assert.deepEqual({ batches, dropped, refused }, { batches: 0, dropped: 0, refused: 0 });
    }
  });
});

test("a_batch_that_one_receiver_refuses_is_divided_for_that_one_only", async (context) => {
  /** @type {Receiver["fault"]} */
  const fault = ({ body }) => (body.includes('"title":"poison"') ? { status: 400 } : null);
  const names = ["picky", "easy"];
  const sinks = names.map((name) => ({ name, format: /** @type {const} */ ("ndjson") }));
  for (const [who, others] of /** @type {const} */ ([
    ["picky", ["central", "easy"]],
    ["central", ["picky", "easy"]],
  ])) {
    const { server, of } = await start(context, sinks, { faults: { [who]: fault } });
    const titles = ["a", "b", "poison", "c", "d"];
    const playbacks = await watch(server, "divided", titles);
    for (const name of others) {
      await allArrives(of(name), playbacks);
      assert.deepEqual(Object.keys(of(name).sumsOfWindows()), [...titles].sort());
    }
    await eventually(async () => {
      const sound = titles.filter((title) => title !== "poison").sort();
      assert.deepEqual(Object.keys(of(who).sumsOfWindows()), sound);
      assert.deepEqual(of(who).sumsOfWindows(), of(who).sumsOfViews());
      for (const name of ["central", ...names]) assert.deepEqual(of(name).gaps(), [], name);
      // Numbers that a receiver needs no rows of are voids to it.
      for (const name of others) {
        const kinds = [...of(name).batches.values()].map(({ kind }) => kind);
        assert.ok(kinds.includes("void"), name);
      }
    });
    await server.stop();
  }
});

test("a_sink_that_stays_away_loses_the_oldest_batches_and_that_is_counted", async (context) => {
  const demo = mkdtempSync(join(tmpdir(), "usher-demo-"));
  context.after(() => rmSync(demo, { recursive: true }));
  cpSync(DEMO, demo, { recursive: true });
  const source = readFileSync(join(demo, "edge.js"), "utf8");
  const limit = "SINK_BACKLOG_MAX = 2e3";
  assert.ok(source.includes(limit));
  writeFileSync(join(demo, "edge.js"), source.replace(limit, "SINK_BACKLOG_MAX = 3"));
  const { server, of } = await start(context, [{ name: "gone", format: "ndjson" }], {
    demo,
    faults: { gone: () => ({ status: 503 }) },
  });
  const central = of("central");
  for (let count = 1; count <= 6; count += 1) {
    const playbacks = await watch(server, "gone", [`title-${count}`]);
    await allArrives(central, playbacks);
  }
  const batches = [...central.batches.keys()];
  const dropped = batches.length - 3;
  assert.ok(dropped > 0);
  assert.deepEqual(await sinksOf(server), { gone: { batches: 3, dropped, refused: 0 } });
  of("gone").fault = () => null;
  await eventually(async () => assert.equal(of("gone").batches.size, 3));
  assert.deepEqual([...of("gone").batches.keys()], batches.slice(-3));
});

test("a_configuration_that_cannot_be_read_is_said_and_the_central_api_is_served", async (context) => {
  const sink = { name: "a", url: "https://sink.example/in", format: "ndjson" };
  const rows = /** @type {[string, string[]][]} */ ([
    ["nonsense", ["SINKS: expected a JSON array of at most 4 sinks"]],
    [JSON.stringify(sink), ["SINKS: expected a JSON array of at most 4 sinks"]],
    [
      JSON.stringify(["a", "b", "c", "d", "e"].map((name) => ({ ...sink, name }))),
      ["SINKS: expected a JSON array of at most 4 sinks"],
    ],
    [
      JSON.stringify([sink, { ...sink, name: "b c", url: "ftp://a", format: "xml", more: 1 }]),
      [
        "SINKS[1].more: `1`, expected only name, url, format, authorization",
        "SINKS[1].name: `b c`, expected 1 to 32 letters, digits or dashes",
        "SINKS[1].url: `ftp://a`, expected an address that begins with http:// or https://",
        "SINKS[1].format: `xml`, expected ndjson or cloudevents",
      ],
    ],
    [
      JSON.stringify([sink, sink, { ...sink, name: "central", authorization: "a\nb" }, null]),
      [
        "SINKS[1].name: `a`, expected a name that is not taken",
        "SINKS[2].name: `central`, expected a name that is not taken",
        "SINKS[2].authorization: `...`, expected the value of a header",
        "SINKS[3]: `null`, expected an object",
      ],
    ],
  ]);
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  context.after(() => rmSync(state, { recursive: true }));
  for (const [SINKS, errors] of rows) {
    const environment = { SINKS, WINDOW_SECONDS: "0", WINDOW_GRACE_SECONDS: "a" };
    const server = await startServer({ state, environment });
    context.after(() => server.stop());
    const playback = new Playback(usher, "served", "served").watch(0, 5);
    assert.equal((await postViews(server.url, "served", [playback.entry()])).status, 200);
    await recordOf(server.url, playback.id, playback.version);
    for (const { configuration } of await waitingOf(server.url)) {
      assert.deepEqual(configuration, [
        "WINDOW_SECONDS: `0` is not a number from 1 to 86400",
        "WINDOW_GRACE_SECONDS: `a` is not a number from 0 to 3600",
        ...errors,
      ]);
    }
    assert.match(server.log(), /configuration: SINKS/);
    await server.stop();
  }
});

test("a_sink_that_the_configuration_cannot_name_for_a_while_misses_nothing", async (context) => {
  const receiver = new Receiver();
  await receiver.listen();
  context.after(() => receiver.close());
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  context.after(() => rmSync(state, { recursive: true }));
  const good = JSON.stringify([{ name: "copy", url: receiver.url, format: "ndjson" }]);
  /** @type {Playback[]} */
  const playbacks = [];
  for (const [index, SINKS] of [good, "nonsense", good].entries()) {
    const server = await startServer({ state, environment: { SINKS } });
    context.after(() => server.stop());
    const playback = new Playback(usher, "missed", `title-${index}`).watch(0, 5);
    assert.equal((await postViews(server.url, "missed", [playback.entry()])).status, 200);
    await recordOf(server.url, playback.id, playback.version);
    playbacks.push(playback);
    if (index === 0) await eventually(async () => assert.equal(receiver.batches.size, 1));
    if (index === 2) {
      await eventually(async () => {
        const views = receiver.views().map(({ view }) => view);
        assert.deepEqual(
          views,
          playbacks.map(({ id }) => id),
        );
        assert.deepEqual(receiver.gaps(), []);
      });
    }
    await server.stop();
  }
});
