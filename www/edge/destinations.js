// @ts-check
import { answerBatch } from "usher/edge";
import { EVENTS_MAX } from "./cloud-events.js";
import { callModule } from "./edge-module.js";
import { CENTRAL } from "./settings.js";

/** @typedef {import("usher/edge").Sender} Sender */
/** @typedef {import("./settings.js").Sink} Sink */

/**
 * Where batches go. `sink` is null for the central API, and undefined for a sink of earlier that the
 * configuration cannot tell of at the moment: its batches are kept.
 * @typedef {{ name: string, sink: Sink | null | undefined, sender: Sender | null }} Destination
 */

/** Rows of one batch; a receiver takes up to 1000. */
export const BATCH_ROWS_MAX = 500;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS destinations (
    name TEXT PRIMARY KEY, sender TEXT NOT NULL, dropped INTEGER NOT NULL, refused INTEGER NOT NULL
  ) WITHOUT ROWID;
`;

/** The central API and the sinks, and how each of them answers. */
export class Destinations {
  #sql;
  /** @type {Map<string, Destination>} */
  #all = new Map();

  /**
   * @param {SqlStorage} sql
   * @param {Sink[] | null} sinks
   */
  constructor(sql, sinks) {
    this.#sql = sql;
    this.#sql.exec(SCHEMA);
    const configured = [CENTRAL, ...(sinks ?? []).map(({ name }) => name)];
    for (const name of configured) {
      this.#sql.exec("INSERT OR IGNORE INTO destinations VALUES (?, 'null', 0, 0)", name);
    }
    /** @type {SqlStorageCursor<{ name: string, sender: string }>} */
    const rows = this.#sql.exec("SELECT name, sender FROM destinations");
    for (const { name, sender } of rows.toArray()) {
      const sink = name === CENTRAL ? null : sinks?.find((each) => each.name === name);
      if (sinks !== null && sink === undefined) {
        this.#sql.exec("DELETE FROM destinations WHERE name = ?", name);
      } else {
        this.#all.set(name, { name, sink, sender: JSON.parse(sender) });
      }
    }
  }

  get all() {
    return [...this.#all.values()];
  }

  /** @returns {Destination} */
  get central() {
    const central = this.#all.get(CENTRAL);
    if (central === undefined) throw new Error("the central API is always a destination");
    return central;
  }

  /** @param {string} name */
  counts(name) {
    /** @type {SqlStorageCursor<{ dropped: number, refused: number }>} */
    const rows = this.#sql.exec("SELECT dropped, refused FROM destinations WHERE name = ?", name);
    return rows.one();
  }

  /**
   * @param {string} name
   * @param {number} batches that were given up on because too many wait
   */
  drop(name, batches) {
    this.#sql.exec("UPDATE destinations SET dropped = dropped + ? WHERE name = ?", batches, name);
  }

  /**
   * @param {string} name
   * @param {number} rows that the destination will never take
   */
  refuse(name, rows) {
    this.#sql.exec("UPDATE destinations SET refused = refused + ? WHERE name = ?", rows, name);
  }

  /**
   * Takes an answer, and says what it means.
   * @param {Destination} to
   * @param {"rows" | "void" | "apart"} sent
   * @param {number} items
   * @param {import("./delivery.js").Answer} answer
   * @param {number} now_ms
   */
  answered(to, sent, items, { status, retry_after_ms }, now_ms) {
    const { sender, sink } = to;
    const items_max = sink?.format === "cloudevents" ? EVENTS_MAX : BATCH_ROWS_MAX;
    const random = Math.random();
    const input = { sender, items_max, sent, items, status, now_ms, random, retry_after_ms };
    const next = callModule(() => answerBatch(input));
    to.sender = next.sender;
    this.#sql.exec(
      "UPDATE destinations SET sender = ? WHERE name = ?",
      JSON.stringify(next.sender),
      to.name,
    );
    return next.step;
  }
}

/**
 * Until then a destination is left alone.
 * @param {Destination} to
 */
export function silentUntilMs({ sender }) {
  return sender?.next_try_ms ?? 0;
}

/**
 * Most rows of the next request to a destination.
 * @param {Destination} to
 */
export function itemsOf({ sink, sender }) {
  return sender?.items ?? (sink?.format === "cloudevents" ? EVENTS_MAX : BATCH_ROWS_MAX);
}
