// @ts-check
import { addWindows, readWindows, uniteViewers } from "usher/office";
import { callModule } from "../office-module.js";
import { Refused } from "../refusal.js";

/** @typedef {ReturnType<typeof addWindows>["windows"][number]} WindowSum */
/** @typedef {WindowSum["sums"]} WindowRecord */
/** @typedef {keyof typeof GROUPS} Group */

/**
 * What windows are asked for; each is a filter that is used if it is there.
 * @typedef {object} WindowQuery
 * @property {Group} group
 * @property {string | null} title
 * @property {number | null} from first moment, UTC
 * @property {number | null} to the moment after the last, UTC
 * @property {string | null} country "" for windows without one
 * @property {string | null} device
 * @property {string | null} after the `next` of the answer before
 * @property {number} limit
 */

/** What sums are told apart by. */
export const GROUPS = /** @type {const} */ ({
  window: ["title", "window_start_ms", "window_ms"],
  title: ["title"],
  country: ["title", "country"],
  device: ["title", "device"],
});

/** Cells whose sketches are read for one answer: 4 kB each at the most. */
const CELLS_PER_ANSWER_MAX = 50_000;

/** Sketches that are united in one call. */
const SKETCHES_PER_CALL_MAX = 500;

const SUMS = [
  "views",
  "unique_ms",
  "played_ms",
  "completed",
  "stalls",
  "stalled_ms",
  "unknown",
  "light",
  "standard",
  "heavy",
  "corrections",
];

/** The sums by title, window, country and device. */
export class Windows {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /**
   * Adds the rows of a batch; it must not be called twice for one batch.
   * @param {Uint8Array} body NDJSON, a WindowRecord a line
   * @param {number} count of the rows
   * @returns {number} how many of the rows are corrections
   */
  add(body, count) {
    const rows = callModule(() => readWindows(body, count)).records;
    const input = { stored: this.#stored(JSON.stringify(rows)), rows };
    const { windows, corrections } = callModule(() => addWindows(input));
    this.#sql.exec(
      `INSERT OR REPLACE INTO windows
       SELECT value ->> '$.sums.title', value ->> '$.sums.window_start_ms',
              value ->> '$.sums.window_ms', coalesce(value ->> '$.sums.country', ''),
              value ->> '$.sums.device', value ->> '$.sums.views', value ->> '$.sums.unique_ms',
              value ->> '$.sums.played_ms', value ->> '$.sums.completed', value ->> '$.sums.stalls',
              value ->> '$.sums.stalled_ms', value ->> '$.sums.classes.unknown',
              value ->> '$.sums.classes.light', value ->> '$.sums.classes.standard',
              value ->> '$.sums.classes.heavy', value ->> '$.corrections', value ->> '$.sums.viewers'
       FROM json_each(?)`,
      JSON.stringify(windows),
    );
    return corrections;
  }

  /** @param {WindowQuery} query */
  list(query) {
    const keys = GROUPS[query.group];
    const { where, values } = this.#filter(query, keys);
    /** @type {SqlStorageCursor<any>} */
    const cursor = this.#sql.exec(
      `SELECT ${keys.join(", ")}, count(*) AS cells,
              ${SUMS.map((sum) => `total(${sum}) AS ${sum}`).join(", ")}
       FROM windows WHERE ${where.join(" AND ")} GROUP BY ${keys.join(", ")}
       ORDER BY ${keys.join(", ")} LIMIT ?`,
      ...values,
      query.limit + 1,
    );
    const found = cursor.toArray();
    const page = found.slice(0, query.limit);
    const viewers = this.#viewers(page, keys, where, values);
    const windows = page.map(
      ({ unknown, light, standard, heavy, country, cells, ...row }, index) => ({
        ...row,
        ...(country === undefined ? {} : { country: country || null }),
        classes: { unknown, light, standard, heavy },
        viewers: viewers[index] ?? 0,
      }),
    );
    const next = found.length > page.length ? JSON.stringify(keyOf(page.at(-1), keys)) : null;
    return { windows, next };
  }

  /**
   * About how many viewers each row of an answer stands for.
   * @param {any[]} page
   * @param {readonly string[]} keys
   * @param {string[]} where
   * @param {(string | number)[]} values
   */
  #viewers(page, keys, where, values) {
    const cells = page.reduce((sum, row) => sum + row.cells, 0);
    if (cells > CELLS_PER_ANSWER_MAX) {
      const message = `the answer is made of \`${cells}\` windows by country and device, expected at most ${CELLS_PER_ANSWER_MAX}: ask for less time or fewer rows`;
      throw new Refused("too_many", message, "limit");
    }
    const last = page.at(-1);
    if (last === undefined) return [];
    /** @type {SqlStorageCursor<any>} */
    const cursor = this.#sql.exec(
      `SELECT ${keys.join(", ")}, viewers FROM windows
       WHERE ${where.join(" AND ")} AND (${keys.join(", ")}) <= (${keys.map(() => "?").join(", ")})
       ORDER BY ${keys.join(", ")}`,
      ...values,
      ...keyOf(last, keys),
    );
    /** @type {number[]} */
    const estimates = [];
    for (const row of page) {
      let united = { viewers: "", estimate: 0 };
      for (let left = row.cells; left > 0;) {
        const sketches = united.viewers === "" ? [] : [united.viewers];
        for (; left > 0 && sketches.length < SKETCHES_PER_CALL_MAX; left -= 1) {
          sketches.push(cursor.next().value.viewers);
        }
        united = callModule(() => uniteViewers({ sketches }));
      }
      estimates.push(united.estimate);
    }
    return estimates;
  }

  /**
   * @param {WindowQuery} query
   * @param {readonly string[]} keys
   */
  #filter({ title, from, to, country, device, after }, keys) {
    const where = ["true"];
    /** @type {(string | number)[]} */
    const values = [];
    for (const [condition, value] of /** @type {[string, string | number | null][]} */ ([
      ["title = ?", title],
      ["window_start_ms >= ?", from],
      ["window_start_ms < ?", to],
      ["country = ?", country],
      ["device = ?", device],
    ])) {
      if (value === null) continue;
      where.push(condition);
      values.push(value);
    }
    if (after !== null) {
      where.push(`(${keys.join(", ")}) > (${keys.map(() => "?").join(", ")})`);
      values.push(...readKey(after, keys));
    }
    return { where, values };
  }

  /**
   * What is known of the cells that rows belong to.
   * @param {string} records JSON, an array of WindowRecord
   * @returns {WindowSum[]}
   */
  #stored(records) {
    /** @type {SqlStorageCursor<any>} */
    const cursor = this.#sql.exec(
      `SELECT DISTINCT windows.* FROM json_each(?) JOIN windows
         ON windows.title = value ->> 'title'
        AND windows.window_start_ms = value ->> 'window_start_ms'
        AND windows.window_ms = value ->> 'window_ms'
        AND windows.country = coalesce(value ->> 'country', '')
        AND windows.device = value ->> 'device'`,
      records,
    );
    return cursor
      .toArray()
      .map(({ corrections, country, unknown, light, standard, heavy, ...sums }) => ({
        sums: {
          ...sums,
          country: country || null,
          correction: false,
          classes: { unknown, light, standard, heavy },
        },
        corrections,
      }));
  }
}

/**
 * @param {any} row
 * @param {readonly string[]} keys
 * @returns {(string | number)[]}
 */
function keyOf(row, keys) {
  return keys.map((key) => row[key]);
}

/**
 * @param {string} after
 * @param {readonly string[]} keys
 * @returns {(string | number)[]}
 */
function readKey(after, keys) {
  /** @type {any} */
  let key = null;
  try {
    key = JSON.parse(after);
  } catch {
    // Refused below.
  }
  const isKey = Array.isArray(key) && key.length === keys.length;
  if (
    isKey &&
    key.every((/** @type {any} */ part) => typeof part === "string" || Number.isSafeInteger(part))
  ) {
    return key;
  }
  const given = after.slice(0, 40);
  throw new Refused(
    "invalid_value",
    `after \`${given}\`, expected the \`next\` of an answer`,
    "after",
  );
}
