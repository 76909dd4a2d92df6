// @ts-check
import { freezeBatch } from "usher/edge";
import { DEAD_LETTERS_MAX, DeadLetters } from "./dead-letters.js";
import { callModule } from "./edge-module.js";
import { CENTRAL } from "./settings.js";

/** @typedef {import("./destinations.js").Destination} Destination */
/** @typedef {"views" | "windows"} Kind */

/**
 * A batch on its way to one destination. Its rows are the same bytes under the same name until every
 * destination has them; where they were refused, a void goes in their place.
 * @typedef {object} Delivery
 * @property {number} position
 * @property {string} batch
 * @property {Kind} kind
 * @property {number} rows
 * @property {ArrayBuffer} body
 * @property {boolean} isVoid
 * @property {number} part rows of a part, once the void is stored
 * @property {number} done rows that a receiver has, which tells them apart
 * @property {string} reason
 */

/**
 * Batches that the central API takes neither as they are nor as a void. Beyond, nothing more is frozen:
 * records wait, each view's latest in place of the one before, and windows add up.
 */
const DEFERRED_MAX = 100;

/** A batch of those is offered again after this long. */
const DEFERRED_RETRY_MS = 5 * 60 * 1000;

/** Batches that may wait for the central API while a sink asks for more. */
const CENTRAL_BACKLOG_MAX = 100;

/** Batches that may wait for the central API when a viewer is erased; beyond, the erasure waits. */
const ERASURE_BACKLOG_MAX = 2000;

/** Batches that wait for a sink. Beyond, it does not get the oldest, which is counted. */
const SINK_BACKLOG_MAX = 2000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS numbers (
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, sequence INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS frozen (
    position INTEGER PRIMARY KEY AUTOINCREMENT, batch TEXT NOT NULL, kind TEXT NOT NULL,
    rows INTEGER NOT NULL, only_for TEXT, body BLOB NOT NULL
  );
  CREATE TABLE IF NOT EXISTS owed (
    destination TEXT NOT NULL, position INTEGER NOT NULL, is_void INTEGER NOT NULL,
    part INTEGER NOT NULL, done INTEGER NOT NULL, next_try_ms INTEGER NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (destination, position)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS owed_by_position ON owed (position);
`;

/**
 * The batches of one shard, numbered without gaps over all kinds, and who has not got which. Nothing in
 * here waits, so each method is atomic.
 */
export class Outbox {
  #storage;
  #sql;
  #shard;
  #destinations;
  #deadLetters;

  /**
   * @param {DurableObjectStorage} storage
   * @param {string} shard
   * @param {import("./destinations.js").Destinations} destinations
   */
  constructor(storage, shard, destinations) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#shard = shard;
    this.#destinations = destinations;
    this.#sql.exec(SCHEMA);
    this.#deadLetters = new DeadLetters(this.#sql);
    // A store that was lost and begun again must never use the name of an earlier batch.
    this.#sql.exec("INSERT OR IGNORE INTO numbers VALUES (1, ?, 1)", randomEpoch());
    const names = destinations.all.map(({ name }) => name);
    this.#deadLetters.only(names);
    this.#sql.exec(
      "DELETE FROM owed WHERE destination NOT IN (SELECT value FROM json_each(?))",
      JSON.stringify(names),
    );
    this.#sql.exec("DELETE FROM frozen WHERE position NOT IN (SELECT position FROM owed)");
  }

  /**
   * The highest number of a batch so far, if it is of the same epoch as a batch.
   * @param {Delivery} delivery
   */
  frozenBeside({ batch }) {
    const { epoch, sequence } = this.#numbers();
    return batch.startsWith(`${this.#shard}.${epoch}.`) ? sequence - 1 : null;
  }

  /**
   * What goes to a destination now, of what is frozen.
   * @param {Destination} to
   * @param {number} nowMs
   * @returns {Delivery | null}
   */
  next({ name }, nowMs) {
    /** @type {SqlStorageCursor<{ position: number, batch: string, kind: Kind, rows: number, body: ArrayBuffer, is_void: number, part: number, done: number, reason: string, only_for: string | null }>} */
    const rows = this.#sql.exec(
      `SELECT position, batch, kind, rows, body, is_void, part, done, reason, only_for
       FROM owed JOIN frozen USING (position)
       WHERE destination = ? AND next_try_ms <= ? ORDER BY next_try_ms > 0, position LIMIT 1`,
      name,
      nowMs,
    );
    const [row] = rows.toArray();
    if (row === undefined) return null;
    const { is_void, only_for, ...delivery } = row;
    return { ...delivery, isVoid: is_void === 1 || (only_for !== null && only_for !== name) };
  }

  /**
   * Whether a new batch may be frozen for a destination that has nothing else to send. While the central
   * API is away, records of a view replace each other.
   * @param {Destination} to
   */
  mayFreeze({ name }) {
    return this.full === null && (name === CENTRAL || this.#owed(CENTRAL) < CENTRAL_BACKLOG_MAX);
  }

  /** Why no new batch is frozen, or null. */
  get full() {
    if (this.#deadLetters.count(CENTRAL) >= DEAD_LETTERS_MAX) {
      return `\`${DEAD_LETTERS_MAX}\` rows were refused and are kept; nothing more is sent`;
    }
    const { n } = this.#sql
      .exec("SELECT count(*) AS n FROM owed WHERE destination = ? AND next_try_ms > 0", CENTRAL)
      .one();
    if (Number(n) < DEFERRED_MAX) return null;
    return `\`${n}\` batches were refused, and voids for them too; nothing more is sent`;
  }

  /**
   * Freezes rows, and `also` does what belongs into the same transaction.
   * @param {Kind} kind
   * @param {string[]} records
   * @param {(rows: number) => void} also takes how many of the rows, from the front, are in the batch
   * @param {string | null} [onlyFor] a destination that has refused the rows as part of a larger batch
   */
  freeze(kind, records, also, onlyFor = null) {
    this.#storage.transactionSync(() => {
      const input = { shard: this.#shard, ...this.#numbers(), records };
      const { batch, rows, body } = callModule(() => freezeBatch(input));
      if (rows === 0) throw new Error(`batch \`${batch}\` holds no row`);
      this.#sql.exec("UPDATE numbers SET sequence = sequence + 1");
      const { position } = this.#sql
        .exec(
          "INSERT INTO frozen VALUES (NULL, ?, ?, ?, ?, ?) RETURNING position",
          batch,
          kind,
          rows,
          onlyFor,
          body,
        )
        .one();
      for (const to of this.#destinations.all) {
        // A receiver that tells rows apart by their ids knows no numbers, and misses none.
        const needsNumber = to.sink?.format !== "cloudevents";
        if (onlyFor === null || onlyFor === to.name || needsNumber) this.#owe(to, Number(position));
      }
      also(rows);
    });
  }

  /**
   * Takes the answer of a destination.
   * @param {Destination} to
   * @param {Delivery} delivery
   * @param {number} items rows that were in the request
   * @param {import("./delivery.js").Answer} answer
   * @param {number} nowMs
   * @returns {string[]} records of views that have to go again, as they are by then
   */
  answered(to, delivery, items, answer, nowMs) {
    return this.#storage.transactionSync(() => {
      const { position, rows, isVoid, done } = delivery;
      const apart = to.sink?.format === "cloudevents";
      const sent = apart ? "apart" : isVoid ? "void" : "rows";
      const step = this.#destinations.answered(to, sent, items, answer, nowMs);
      if (step === "again") return [];
      if (apart) {
        if (step === "divide") this.#setAside(to, delivery, answer.reason, [done]);
        if (done + items >= rows) this.#settle(to, position);
        else this.#change(to, position, "done = ?", done + items);
      } else if (step === "done") {
        this.#settle(to, position);
      } else if (step === "replace") {
        console.error(`batch \`${delivery.batch}\` was refused by \`${to.name}\`:`, answer.reason);
        this.#replace(to, delivery, answer.reason, nowMs);
      } else if (step === "divide") {
        this.#divide(to, delivery);
      } else if (step === "renumber") {
        return this.#renumber(to, delivery, answer.reason, nowMs);
      } else {
        this.#defer(to, position, answer.reason, nowMs);
      }
      return [];
    });
  }

  /**
   * When something is to go to a destination, without regard to how it has answered; null when nothing
   * is frozen for it.
   * @param {Destination} to
   */
  dueMs({ name }) {
    const { ms } = this.#sql
      .exec("SELECT min(next_try_ms) AS ms FROM owed WHERE destination = ?", name)
      .one();
    return ms === null ? null : Number(ms);
  }

  /**
   * Whether nothing more can be frozen for an erasure, which does not wait as long as others.
   */
  get crammed() {
    return this.full !== null || this.#owed(CENTRAL) >= ERASURE_BACKLOG_MAX;
  }

  /**
   * How many batches hold records of a viewer, for the central API and for sinks.
   * @param {string} viewer
   */
  holding(viewer) {
    /** @type {SqlStorageCursor<{ central: number, sinks: number }>} */
    const counts = this.#sql.exec(
      `SELECT count(*) FILTER (WHERE destination = ?1) AS central,
              count(DISTINCT position) FILTER (WHERE destination <> ?1) AS sinks
       FROM owed JOIN frozen USING (position)
       WHERE kind = 'views' AND (only_for IS NULL OR only_for = destination) AND instr(body, ?2) > 0`,
      CENTRAL,
      new TextEncoder().encode(JSON.stringify(viewer)),
    );
    return counts.one();
  }

  /** @param {string} viewer */
  deadLettersOf(viewer) {
    return this.#deadLetters.ofViewer(viewer);
  }

  /**
   * Removes the dead letters that name a viewer.
   * @param {string} viewer
   * @returns {number} how many
   */
  erase(viewer) {
    return this.#deadLetters.erase(viewer);
  }

  waiting() {
    /** @type {SqlStorageCursor<{ batch: string, kind: string, rows: number, stuck: string | null }>} */
    const batches = this.#sql.exec(
      `SELECT batch, iif(is_void, 'void', kind) AS kind, rows, nullif(reason, '') AS stuck
       FROM owed JOIN frozen USING (position) WHERE destination = ? ORDER BY position`,
      CENTRAL,
    );
    const sinks = this.#destinations.all.filter(({ name }) => name !== CENTRAL);
    return {
      shard: this.#shard,
      ...this.#numbers(),
      batches: batches.toArray(),
      full: this.full,
      dead_letters: this.#deadLetters.count(CENTRAL),
      dead_letters_shown: this.#deadLetters.shown(),
      sinks: sinks.map(({ name, sink, sender }) => ({
        name,
        format: sink?.format ?? null,
        batches: this.#owed(name),
        ...this.#destinations.counts(name),
        attempt: sender?.failures ?? 0,
        next_try_ms: sender?.next_try_ms ?? 0,
      })),
    };
  }

  /**
   * @param {Destination} to
   * @param {number} position
   */
  #owe({ name }, position) {
    this.#sql.exec("INSERT INTO owed VALUES (?, ?, 0, 0, 0, 0, '')", name, position);
    if (name === CENTRAL || this.#owed(name) <= SINK_BACKLOG_MAX) return;
    const [oldest] = this.#sql
      .exec("SELECT min(position) AS position FROM owed WHERE destination = ?", name)
      .toArray();
    this.#settle({ name }, Number(oldest?.["position"]));
    this.#destinations.drop(name, 1);
  }

  /**
   * A destination has a batch, or will never get it.
   * @param {{ name: string }} to
   * @param {number} position
   */
  #settle({ name }, position) {
    this.#sql.exec("DELETE FROM owed WHERE destination = ? AND position = ?", name, position);
    this.#sql.exec(
      "DELETE FROM frozen WHERE position = ?1 AND NOT EXISTS (SELECT 1 FROM owed WHERE position = ?1)",
      position,
    );
  }

  /**
   * @param {Destination} to
   * @param {number} position
   * @param {string} assignment
   * @param {...(number | string)} values
   */
  #change({ name }, position, assignment, ...values) {
    const statement = `UPDATE owed SET ${assignment} WHERE destination = ? AND position = ?`;
    this.#sql.exec(statement, ...values, name, position);
  }

  /**
   * @param {Destination} to
   * @param {Delivery} delivery
   * @param {string} reason
   * @param {number} nowMs
   */
  #replace(to, { position, rows }, reason, nowMs) {
    const kept = this.#deadLetters.count(CENTRAL);
    if (to.name === CENTRAL && rows === 1 && kept >= DEAD_LETTERS_MAX) {
      this.#defer(to, position, reason, nowMs);
    } else {
      const part = Math.min(to.sender?.items ?? 1, rows);
      this.#change(to, position, "is_void = 1, part = ?, reason = ?", part, reason);
    }
  }

  /**
   * @param {Destination} to
   * @param {number} position
   * @param {string} reason
   * @param {number} nowMs
   */
  #defer(to, position, reason, nowMs) {
    const next = nowMs + DEFERRED_RETRY_MS;
    this.#change(to, position, "next_try_ms = ?, reason = ?", next, reason);
  }

  /**
   * The void is stored: the rows go again in parts, or the one row is set aside.
   * @param {Destination} to
   * @param {Delivery} delivery
   */
  #divide(to, delivery) {
    const { position, rows, part, kind, reason } = delivery;
    // The rows of this batch were never meant for this destination: the void is all it gets.
    if (part > 0) {
      const lines = linesOf(delivery);
      if (rows === 1) this.#setAside(to, delivery, reason, [0]);
      for (let at = 0; rows > 1 && at < rows; at += part) {
        this.freeze(kind, lines.slice(at, at + part), () => {}, to.name);
      }
    }
    this.#settle(to, position);
  }

  /**
   * The number of a batch holds other rows at the destination: see `Step` of the module.
   * @param {Destination} to
   * @param {Delivery} delivery
   * @param {string} reason
   * @param {number} nowMs
   */
  #renumber(to, delivery, reason, nowMs) {
    const { position, batch, kind, rows } = delivery;
    console.error(`batch \`${batch}\` is another one at \`${to.name}\`:`, reason);
    const { epoch } = this.#numbers();
    if (to.name === CENTRAL && batch.startsWith(`${this.#shard}.${epoch}.`)) {
      this.#sql.exec("UPDATE numbers SET epoch = ?, sequence = 1", randomEpoch());
    }
    const lines = linesOf(delivery);
    if (to.name === CENTRAL && kind === "views") {
      this.#settle(to, position);
      return lines;
    }
    const kept = this.#deadLetters.count(CENTRAL);
    if (to.name === CENTRAL && kept + rows > DEAD_LETTERS_MAX) {
      this.#defer(to, position, reason, nowMs);
    } else {
      this.#setAside(to, delivery, reason, [...lines.keys()]);
      this.#settle(to, position);
    }
    return [];
  }

  /**
   * @param {Destination} to
   * @param {Delivery} delivery
   * @param {string} reason
   * @param {number[]} indices of the rows
   */
  #setAside(to, delivery, reason, indices) {
    const lines = linesOf(delivery);
    for (const index of indices) {
      this.#deadLetters.keep(
        to.name,
        delivery.batch,
        delivery.kind,
        reason,
        lines[index] ?? "null",
      );
    }
    this.#destinations.refuse(to.name, indices.length);
  }

  /** @param {string} name */
  #owed(name) {
    const { n } = this.#sql
      .exec("SELECT count(*) AS n FROM owed WHERE destination = ?", name)
      .one();
    return Number(n);
  }

  #numbers() {
    /** @type {SqlStorageCursor<{ epoch: number, sequence: number }>} */
    const numbers = this.#sql.exec("SELECT epoch, sequence FROM numbers");
    return numbers.one();
  }
}

/** @param {Delivery} delivery */
function linesOf({ body }) {
  return new TextDecoder().decode(body).trimEnd().split("\n");
}

function randomEpoch() {
  return Number(crypto.getRandomValues(new Uint32Array(1))[0]);
}
