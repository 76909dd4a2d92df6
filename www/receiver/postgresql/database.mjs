// @ts-check
import pg from "pg";
import { Refused } from "./refusal.mjs";

/** @typedef {{ batch: string, rows: number, stored: number, conflicts: number }} BatchAnswer */
/** @typedef {{ rows: number, duplicates: number, stored: number, conflicts: number }} EventsAnswer */

/** Connections at once; a request beyond waits for one. */
const CONNECTIONS_MAX = 10;

/** Less than the sender waits for an answer. */
const ANSWER_MS_MAX = 8000;

/** Takes a key, if nobody has it. Whoever is second waits here until the first has committed. */
export const TAKE_KEY = `
INSERT INTO usher.batches (batch, kind, digest, rows) VALUES ($1, $2, $3, $4)
ON CONFLICT (batch) DO NOTHING`;

/** The same for events. Sorted, so that two requests never wait for each other. */
export const TAKE_EVENTS = `
INSERT INTO usher.events (source, id)
SELECT line ->> 'source', line ->> 'id' FROM jsonb_array_elements($1) AS line ORDER BY 1, 2
ON CONFLICT DO NOTHING RETURNING source, id`;

/** The latest version of each view holds, whatever comes when. Sorted for the same reason. */
export const PUT_VIEWS = `
INSERT INTO usher.views AS known
SELECT DISTINCT ON (given.view) given.*
FROM jsonb_array_elements($1) AS line, jsonb_populate_record(
  NULL::usher.views, line -> 'record' || jsonb_build_object('record', line -> 'record')) AS given
ORDER BY given.view, given.version DESC
ON CONFLICT (view) DO UPDATE SET (version, unique_ms, played_ms, stalls, stalled_ms, completed,
    country, device, watched_ms, first_seen_ms, last_seen_ms, record)
  = (excluded.version, excluded.unique_ms, excluded.played_ms, excluded.stalls,
    excluded.stalled_ms, excluded.completed, excluded.country, excluded.device,
    excluded.watched_ms, excluded.first_seen_ms, excluded.last_seen_ms, excluded.record)
WHERE excluded.version > known.version
  AND (excluded.viewer, excluded.title) = (known.viewer, known.title)`;

/** Windows are added: the key in the same transaction is what makes it once. */
export const PUT_WINDOWS = `
INSERT INTO usher.windows
SELECT given.*
FROM jsonb_array_elements($1) AS line, jsonb_populate_record(
  NULL::usher.windows,
  line -> 'record' || coalesce(line #> '{record,classes}', '{}') || jsonb_build_object(
    'source', line -> 'source', 'id', line -> 'id',
    'viewers', usher.bytes(line #>> '{record,viewers}'))) AS given`;

const KEEP_ANSWER = "UPDATE usher.batches SET stored = $2, conflicts = $3 WHERE batch = $1";

const COUNT_CONFLICTS = `
SELECT count(*)::integer AS conflicts
FROM jsonb_array_elements($1) AS line JOIN usher.views ON view = line #>> '{record,view}'
WHERE (viewer, title) <> (line #>> '{record,viewer}', line #>> '{record,title}')`;

/** The one place that knows PostgreSQL. */
export class Database {
  #pool;

  /** @param {string} url */
  constructor(url) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS_MAX,
      connectionTimeoutMillis: ANSWER_MS_MAX,
      statement_timeout: ANSWER_MS_MAX,
      query_timeout: ANSWER_MS_MAX,
      idle_in_transaction_session_timeout: ANSWER_MS_MAX,
    });
    const tell = (/** @type {Error} */ { message }) => console.error(`database: ${message}`);
    // A connection that breaks is replaced by another; whoever uses it is told by the query.
    this.#pool.on("error", tell).on("connect", (client) => client.on("error", tell));
  }

  /** Whether the database answers and has the tables. */
  async check() {
    await this.#transact(
      async (client) => void (await client.query("TABLE usher.batches LIMIT 0")),
    );
  }

  /**
   * Key and rows in one transaction; the same key again gets the same answer.
   * @param {import("./batch.mjs").Batch} batch
   * @returns {Promise<BatchAnswer>}
   */
  putBatch({ batch, kind, digest, lines }) {
    return this.#transact(async (client) => {
      const rows = lines.length;
      const taken = await client.query(TAKE_KEY, [batch, kind, digest, rows]);
      if (taken.rowCount === 0) return answerAgain(client, batch, digest);
      const items = lines.map((line, index) => {
        const id = JSON.stringify(`${batch}#${index + 1}`);
        return `{"source":"","id":${id},"record":${line}}`;
      });
      const { stored, conflicts } = await putRows(client, kind, `[${items.join(",")}]`);
      await client.query(KEEP_ANSWER, [batch, stored, conflicts]);
      return { batch, rows, stored, conflicts };
    });
  }

  /**
   * Takes those events that have not come before.
   * @param {import("./events.mjs").Event[]} events
   * @returns {Promise<EventsAnswer>}
   */
  putEvents(events) {
    return this.#transact(async (client) => {
      const taken = await client.query(TAKE_EVENTS, [JSON.stringify(events)]);
      const fresh = new Set(taken.rows.map(({ source, id }) => JSON.stringify([source, id])));
      const answer = {
        rows: events.length,
        duplicates: events.length - fresh.size,
        stored: 0,
        conflicts: 0,
      };
      for (const kind of /** @type {const} */ (["views", "windows"])) {
        const items = events.filter(
          (event) => event.kind === kind && fresh.has(JSON.stringify([event.source, event.id])),
        );
        const { stored, conflicts } = await putRows(client, kind, JSON.stringify(items));
        answer.stored += stored;
        answer.conflicts += conflicts;
      }
      return answer;
    });
  }

  /** Ends when nobody uses it any more. */
  end() {
    return this.#pool.end();
  }

  /**
   * @template T
   * @param {(client: pg.PoolClient) => Promise<T>} work
   * @returns {Promise<T>} when it is committed
   */
  async #transact(work) {
    /** @type {pg.PoolClient | undefined} */
    let client;
    try {
      client = await this.#pool.connect();
      await client.query("BEGIN");
      const result = await work(client);
      await client.query("COMMIT");
      client.release();
      return result;
    } catch (error) {
      // Its connection is closed, which is also the end of the transaction.
      client?.release(true);
      throw refusalOf(error);
    }
  }
}

/**
 * @param {pg.PoolClient} client
 * @param {string} batch
 * @param {string} digest
 * @returns {Promise<BatchAnswer>}
 */
async function answerAgain(client, batch, digest) {
  const known = await client.query("SELECT * FROM usher.batches WHERE batch = $1", [batch]);
  const { digest: committed, rows, stored, conflicts } = known.rows[0];
  if (committed !== digest) {
    const message = `batch \`${batch}\` was stored with another body`;
    throw new Refused(409, "batch_changed", message, "Idempotency-Key");
  }
  return { batch, rows, stored, conflicts };
}

/**
 * @param {pg.PoolClient} client
 * @param {import("./batch.mjs").Kind} kind
 * @param {string} items JSON, an array of `{source, id, record}`
 * @returns {Promise<{ stored: number, conflicts: number }>}
 */
async function putRows(client, kind, items) {
  if (kind === "void") return { stored: 0, conflicts: 0 };
  const put = await client.query(kind === "views" ? PUT_VIEWS : PUT_WINDOWS, [items]);
  const stored = put.rowCount ?? 0;
  if (kind === "windows") return { stored, conflicts: 0 };
  const counted = await client.query(COUNT_CONFLICTS, [items]);
  return { stored, conflicts: counted.rows[0].conflicts };
}

/**
 * What a sender is told of an error: its rows are wrong and stay wrong, or it may come again.
 * @param {any} error
 * @returns {Refused}
 */
function refusalOf(error) {
  if (error instanceof Refused) return error;
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  const state = typeof error?.code === "string" ? error.code : "";
  const message = String(error?.message);
  if (state === "23502") {
    return new Refused(400, "missing_field", `expected \`${error.column}\``, error.column);
  }
  // Data, a check, a limit of the database: the same rows will never be taken.
  if (/^(?:22|23514|54)/.test(state)) {
    return new Refused(400, "invalid_value", message, error.column ?? null);
  }
  console.error(`database: ${message}`);
  if (/^(?:42P01|3F000)/.test(state)) {
    return new Refused(503, "not_configured", "the tables are missing, run schema.sql");
  }
  return new Refused(503, "unavailable", "the database did not take it, try again");
}
