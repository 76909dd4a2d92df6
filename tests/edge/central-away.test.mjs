// @ts-check
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { eventually, postViews, recordOf, request, titlesOf, waitingOf } from "./api.mjs";
import { close, listen } from "./loopback.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { startServer } from "./server.mjs";

/** @typedef {{ key: string, digest: string, kind: string, body: string, status: number, atMs: number }} Offer */
/** @typedef {{ status: number, headers?: Record<string, string>, body?: string }} Fault */

/**
 * A central API at an address of its own that does what a test says, and else passes on to the real one.
 */
class Central {
  /** @type {Offer[]} */
  offers = [];
  /** @type {(offer: Offer) => Fault | "hang up" | "lose the answer" | null} */
  fault = () => null;
  url = "";
  /** @type {string} the demo, whose central API does the storing */
  behind = "";

  #server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const {
      "idempotency-key": key,
      "content-digest": digest,
      "usher-rows": rows,
      "usher-kind": kind,
    } = incoming.headers;
    const names = { key: String(key), digest: String(digest), kind: String(kind) };
    const offer = { ...names, body, status: 0, atMs: Date.now() };
    const fault = this.fault(offer);
    this.offers.push(offer);
    if (fault === "hang up") return incoming.socket.destroy();
    if (fault !== null && fault !== "lose the answer") {
      offer.status = fault.status;
      return outgoing.writeHead(fault.status, fault.headers).end(fault.body);
    }
    const answer = await request(`${this.behind}/v1/batches`, {
      method: "POST",
      body,
      headers: {
        "idempotency-key": offer.key,
        "content-digest": offer.digest,
        "usher-rows": String(rows),
        "usher-kind": offer.kind,
      },
    });
    if (fault === "lose the answer") return incoming.socket.destroy();
    offer.status = answer.status;
    outgoing.writeHead(answer.status, { "content-type": "application/json" });
    outgoing.end(JSON.stringify(answer.body));
  });

  async listen() {
    this.url = await listen(this.#server);
  }

  close() {
    close(this.#server);
  }
}

const central = new Central();
/** @type {import("./server.mjs").Server} */
let server;
/** @type {typeof import("usher")} */
let usher;

before(async () => {
  await central.listen();
  server = await startServer({ environment: { CENTRAL_URL: central.url } });
  central.behind = server.url;
  usher = await loadPage();
});
after(async () => {
  await server.stop();
  central.close();
});
beforeEach(() => {
  central.offers = [];
  central.fault = () => null;
});

/** @param {string} viewer */
async function watchAndSend(viewer) {
  const playback = new Playback(usher, viewer, viewer).watch(0, 5);
  assert.equal((await postViews(server.url, viewer, [playback.entry()])).status, 200);
  return playback;
}

/** @param {number} count */
const offered = (count) =>
  eventually(async () => {
    assert.ok(central.offers.length >= count);
    return central.offers;
  });

/** The views that are offered, in the latest body of each batch. */
const viewsIn = (/** @type {Offer} */ { body }) =>
  body
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).view);

test("acks_go_on_while_the_central_api_is_away_and_all_arrives_when_it_is_back", async () => {
  central.fault = () => "hang up";
  const first = await watchAndSend("away");
  await offered(1);
  for (let s = 5; s < 15; s += 1) {
    const entry = first.watch(s, s + 1).entry();
    assert.equal((await postViews(server.url, "away", [entry])).status, 200);
  }
  const others = await Promise.all(["b", "c", "d"].map((name) => watchAndSend(`away-${name}`)));
  await offered(2);
  const waiting = await waitingOf(server.url);
  assert.ok(waiting.some((/** @type {any} */ shard) => shard.attempt > 0));
  central.fault = () => null;
  for (const playback of [first, ...others]) {
    const record = await recordOf(server.url, playback.id, playback.version);
    assert.equal(record.unique_ms, playback.figures.unique_ms);
  }
  assert.equal(
    (await titlesOf(server.url)).find((/** @type {any} */ t) => t.title === "away").views,
    1,
  );
});

test("a_batch_whose_answer_was_lost_is_sent_again_to_the_byte_and_counted_once", async () => {
  let lost = 0;
  central.fault = () => ((lost += 1) <= 2 ? "lose the answer" : null);
  const playback = await watchAndSend("lost");
  await offered(3);
  await recordOf(server.url, playback.id, playback.version);
  const [first, ...again] = central.offers;
  for (const offer of again.slice(0, 2)) {
    assert.deepEqual(
      [offer.key, offer.digest, offer.body],
      [first?.key, first?.digest, first?.body],
    );
  }
  assert.equal(
    (await titlesOf(server.url)).find((/** @type {any} */ t) => t.title === "lost").views,
    1,
  );
});

test("retry_after_is_honoured", async () => {
  const fault = { status: 503, headers: { "retry-after": "2" } };
  central.fault = () => (central.offers.length === 0 ? fault : null);
  const playback = await watchAndSend("patient");
  await recordOf(server.url, playback.id, playback.version);
  const [refused, stored] = central.offers;
  assert.ok(refused !== undefined && stored !== undefined);
  assert.ok(stored.atMs - refused.atMs >= 2000, `${stored.atMs - refused.atMs} ms`);
  assert.deepEqual([stored.key, stored.body], [refused.key, refused.body]);
});

test("a_frozen_batch_survives_kill_9_to_the_byte", async () => {
  central.fault = () => ({ status: 500 });
  const playback = await watchAndSend("frozen");
  const [before] = await offered(1);
  await server.kill9();
  central.offers = [];
  central.fault = () => null;
  await server.restart();
  const [again] = await offered(1);
  assert.deepEqual([again?.key, again?.body], [before?.key, before?.body]);
  await recordOf(server.url, playback.id, playback.version);
});

test("a_record_that_is_refused_alone_is_kept_and_shown_and_holds_up_nobody", async () => {
  /** @type {string[]} */
  let refused = [];
  const reason = '{"code":"invalid_value","message":"no","field":null}';
  central.fault = (offer) => {
    if (refused.length === 0) refused = [offer.key];
    const isRow = offer.kind === "views" && refused.includes(offer.key);
    return isRow ? { status: 400, body: reason } : null;
  };
  const stuck = await watchAndSend("stuck");
  await offered(1);
  // The same viewer, and so the same shard.
  const next = new Playback(usher, "stuck", "later").watch(0, 5);
  await postViews(server.url, "stuck", [next.entry()]);
  await recordOf(server.url, next.id, next.version);
  // The centre shows a record before the shard has its answer.
  await eventually(async () => {
    const shards = await waitingOf(server.url);
    assert.deepEqual(
      shards.flatMap((/** @type {any} */ shard) => shard.batches),
      [],
    );
    const title = "stuck";
    assert.deepEqual(
      shards.flatMap((/** @type {any} */ shard) => shard.dead_letters_shown),
      [
        {
          destination: "central",
          batch: refused[0],
          kind: "views",
          reason: `400 ${reason}`,
          view: stuck.id,
          title,
          window_start_ms: null,
        },
      ],
    );
  });
  assert.equal((await request(`${server.url}/v1/views/${stuck.id}`)).status, 404);
  // A later state of the same view is not held up either.
  stuck.watch(10, 11);
  await postViews(server.url, "stuck", [stuck.entry()]);
  await recordOf(server.url, stuck.id, stuck.version);
});

test("a_batch_of_which_not_even_a_void_is_taken_waits_and_holds_up_nobody", async () => {
  /** @type {string[]} */
  let refused = [];
  central.fault = (offer) => {
    if (refused.length === 0) refused = [offer.key];
    return refused.includes(offer.key) ? { status: 400, body: "no" } : null;
  };
  await watchAndSend("void");
  await offered(2);
  const next = new Playback(usher, "void", "later").watch(0, 5);
  await postViews(server.url, "void", [next.entry()]);
  await recordOf(server.url, next.id, next.version);
  await eventually(async () => {
    const batches = (await waitingOf(server.url)).flatMap(
      (/** @type {any} */ shard) => shard.batches,
    );
    assert.deepEqual(batches, [{ batch: refused[0], kind: "void", rows: 1, stuck: "400 no" }]);
  });
});

test("records_of_many_viewers_go_out_in_few_batches", async () => {
  central.fault = () => ({ status: 503 });
  await watchAndSend("many-first");
  await offered(1);
  const sent = Array.from({ length: 40 }, (_, index) => watchAndSend(`many-${index}`));
  const playbacks = await Promise.all(sent);
  central.fault = () => null;
  central.offers = [];
  for (const { id, version } of playbacks) await recordOf(server.url, id, version);
  const views = central.offers.flatMap(viewsIn);
  assert.equal(new Set(views).size, views.length);
  assert.ok(central.offers.length <= 12, `${central.offers.length} batches`);
});
