// @ts-check
// The receiver for PostgreSQL as a process: killed, ended, guarded, without its tables.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { test } from "node:test";
import { assertRefused, eventually, postBatch, request } from "./api.mjs";
import { linesOf, viewRow, windowRow } from "./delivered-rows.mjs";
import { SCHEMA, programs, startReceiver, withClient } from "./postgresql.mjs";
import { postgres, query, receiver } from "./postgresql-setup.mjs";
import { assertTitleSums, assertWindowSums, counts, empty } from "./postgresql-tables.mjs";

const VIEWS = { "usher-kind": "views" };
const WINDOWS = { "usher-kind": "windows" };

/** @type {(batch: string, body: string, headers?: Record<string, string | null>) => Promise<any>} */
const post = (batch, body, headers) => postBatch(receiver.url, batch, body, headers);

/**
 * Ends something while a batch has its key and waits for its rows.
 * @param {string} batch
 * @param {string} body
 * @param {() => Promise<void>} kill
 */
async function interrupt(batch, body, kill) {
  return withClient(postgres.url, async (holder) => {
    await holder.query("BEGIN");
    await holder.query("LOCK usher.windows");
    const answer = post(batch, body, WINDOWS).catch(() => null);
    await eventually(async () => {
      const waiting =
        "SELECT FROM pg_locks WHERE NOT granted AND relation = 'usher.windows'::regclass";
      assert.equal((await query(waiting)).length, 1);
    });
    await kill();
    return answer;
  });
}

test("kill_9_of_the_receiver_within_a_transaction_leaves_neither_key_nor_rows", async () => {
  const rows = [windowRow(), windowRow()];
  await post("a.1.1", linesOf(rows[0] ?? {}), WINDOWS);
  const answer = await interrupt("a.1.2", linesOf(rows[1] ?? {}), async () => {
    await receiver.kill9();
  });
  assert.equal(answer, null);
  await eventually(async () => {
    const open =
      "SELECT FROM pg_stat_activity WHERE query LIKE '%INSERT INTO usher.windows%' AND pid <> pg_backend_pid()";
    assert.equal((await query(open)).length, 0);
  });
  assert.deepEqual(await counts(query), [1, 0, 0, 1]);
  await receiver.restart();
  for (const [index, row] of rows.entries()) {
    assert.equal((await post(`a.1.${index + 1}`, linesOf(row), WINDOWS)).body.stored, 1);
  }
  await assertWindowSums(query, rows);
});

test("kill_9_of_postgresql_is_answered_503_and_the_batch_is_stored_once_later", async () => {
  const rows = [windowRow(), windowRow()];
  await post("a.1.1", linesOf(rows[0] ?? {}), WINDOWS);
  const answer = await interrupt("a.1.2", linesOf(rows[1] ?? {}), () => postgres.kill9());
  assertRefused(answer, 503, "unavailable", null);
  assert.equal(answer.headers.get("retry-after"), "1");
  assertRefused(await post("a.1.2", linesOf(rows[1] ?? {}), WINDOWS), 503, "unavailable", null);
  assertRefused(await request(`${receiver.url}/healthz`), 503, "unavailable", null);
  await postgres.restart();
  for (const [index, row] of rows.entries()) {
    const again = await eventually(async () => {
      const offered = await post(`a.1.${index + 1}`, linesOf(row), WINDOWS);
      assert.equal(offered.status, 200);
      return offered;
    });
    assert.equal(again.body.stored, 1);
  }
  assert.equal((await request(`${receiver.url}/healthz`)).status, 200);
  await assertWindowSums(query, rows);
});

test("under_kill_9_of_both_every_batch_that_is_sent_until_it_is_answered_counts_once", async () => {
  /** @type {any[]} */
  const windows = [];
  /** @type {any[]} */
  const views = [];
  const batches = Array.from({ length: 120 }, (_, index) => {
    const isViews = index % 2 === 0;
    const rows = Array.from({ length: 20 }, () => (isViews ? viewRow() : windowRow()));
    (isViews ? views : windows).push(...rows);
    return {
      batch: `a.1.${index + 1}`,
      body: linesOf(...rows),
      headers: isViews ? VIEWS : WINDOWS,
    };
  });
  let answered = 0;
  let repeated = 0;
  const send = async (/** @type {typeof batches[number]} */ { batch, body, headers }) => {
    await eventually(async () => {
      repeated += 1;
      assert.equal((await post(batch, body, headers)).status, 200);
    }, 60_000);
    answered += 1;
  };
  // Six senders, each with its own queue.
  const senders = Array.from({ length: 6 }, async (_, index) => {
    for (const batch of batches.filter((_, at) => at % 6 === index)) await send(batch);
  });
  for (const at of [10, 30, 50, 70, 90]) {
    await eventually(async () => assert.ok(answered >= at), 60_000);
    if (at % 20 === 10) {
      await receiver.kill9();
      await receiver.restart();
    } else {
      await postgres.kill9();
      await postgres.restart();
    }
  }
  await Promise.all(senders);
  assert.ok(repeated > batches.length, "nothing was interrupted");
  assert.deepEqual(await counts(query), [120, 0, views.length, windows.length]);
  await assertWindowSums(query, windows);
  await assertTitleSums(query, views);
  assert.deepEqual(await query("SELECT * FROM usher.gaps"), []);
});

test("with_a_key_requests_need_it", async () => {
  const guarded = await startReceiver({ DATABASE_URL: postgres.url, RECEIVER_KEY: "s3cret" });
  const body = linesOf(viewRow());
  /** @type {[string | null, string | null][]} */
  const rows = [
    [null, "key_missing"],
    ["Basic s3cret", "key_missing"],
    ["Bearer s3cre", "key_invalid"],
    ["Bearer s3cret", null],
  ];
  for (const [authorization, code] of rows) {
    const answer = await postBatch(guarded.url, "a.1.1", body, { authorization });
    if (code === null) assert.equal(answer.status, 200);
    else assertRefused(answer, 401, code, "Authorization");
  }
  assert.equal((await request(`${guarded.url}/healthz`)).status, 200);
  assert.equal(await guarded.stop(), 0);
});

test("other_paths_and_methods_are_told_what_there_is", async () => {
  assertRefused(await request(`${receiver.url}/v1/batch`), 404, "not_found", null);
  assertRefused(await request(`${receiver.url}/constructor`), 404, "not_found", null);
  const answer = await request(`${receiver.url}/v1/batches`);
  assertRefused(answer, 405, "method_not_allowed", null);
  assert.equal(answer.headers.get("allow"), "POST");
});

test("sigterm_lets_a_request_end_and_takes_no_other", async () => {
  const own = await startReceiver({ DATABASE_URL: postgres.url });
  const { answer, ended } = await withClient(postgres.url, async (holder) => {
    await holder.query("BEGIN");
    await holder.query("LOCK usher.views");
    const answer = postBatch(own.url, "a.1.1", linesOf(viewRow()));
    await eventually(async () => {
      const waiting =
        "SELECT FROM pg_locks WHERE NOT granted AND relation = 'usher.views'::regclass";
      assert.equal((await query(waiting)).length, 1);
    });
    const ended = own.stop();
    await eventually(() => assert.rejects(fetch(`${own.url}/healthz`)));
    return { answer, ended };
  });
  assert.equal((await answer).status, 200);
  assert.equal(await ended, 0);
});

test("without_tables_it_says_what_to_run", async () => {
  await query("CREATE DATABASE empty");
  const url = postgres.url.replace("/postgres?", "/empty?");
  const other = await startReceiver({ DATABASE_URL: url });
  const answer = await postBatch(other.url, "a.1.1", linesOf(viewRow()));
  assertRefused(answer, 503, "not_configured", null);
  await other.stop();
});

test("the_schema_may_be_run_again", async () => {
  await post("a.1.1", linesOf(viewRow()));
  const options = [postgres.url, "--set", "ON_ERROR_STOP=1", "--file", SCHEMA];
  execFileSync(`${programs()}/psql`, options, { stdio: "ignore" });
  assert.deepEqual(await counts(query), [1, 0, 1, 0]);
});

test("help_is_shown_and_a_missing_database_is_said", () => {
  const run = (/** @type {string[]} */ ...options) =>
    spawnSync(process.execPath, ["www/receiver/postgresql/receiver.mjs", ...options], {
      encoding: "utf8",
      env: { PATH: process.env.PATH },
    });
  const help = run("--help");
  assert.equal(help.status, 0);
  assert.match(help.stdout, /DATABASE_URL[^]*POST \/v1\/events/);
  const missing = run();
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /^receiver: DATABASE_URL is not set; see --help\n$/);
});
