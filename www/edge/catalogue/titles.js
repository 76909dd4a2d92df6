// @ts-check
import { checkAssetMove } from "usher/office";
import { callModule } from "../office-module.js";
import { Refused, refusalOf } from "../refusal.js";
import { demandRevision } from "./revision.js";

/** @typedef {import("./revision.js").Expected} Expected */

/** Titles in the store. */
export const TITLES_MAX = 200_000;

export const STATES = /** @type {const} */ (["ingest", "ready", "published", "retired"]);

/** @typedef {(typeof STATES)[number]} AssetState */

/**
 * A title as it is told: what is published of it, and what only the operator knows.
 * @typedef {object} Title
 * @property {string} id
 * @property {string} name
 * @property {AssetState} state
 * @property {number | null} duration_s
 * @property {number} revision
 * @property {number} changed_ms
 * @property {string} changed_by
 */

/**
 * A title as an operator writes it.
 * @typedef {object} TitleDraft
 * @property {string} id
 * @property {string} name
 * @property {number | null} duration_s
 * @property {string | null} state null: as it is, `ingest` of a new one
 * @property {string} document JSON, as it is published
 */

/**
 * @typedef {object} TitleSearch
 * @property {AssetState | null} state
 * @property {string | null} q in the id or the name
 * @property {string | null} after the `next` of the page before
 * @property {number} limit
 */

const COLUMNS = "name, state, duration_s, document, revision, changed_ms, changed_by";

/** The titles, each as its last revision left it. */
export class Titles {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /** @param {string} id */
  get(id) {
    const [row] = this.#sql.exec(`SELECT ${COLUMNS} FROM titles WHERE id = ?`, id).toArray();
    if (row !== undefined) return titleIn(row);
    throw new Refused("title_unknown", `title \`${id}\` is not known`, "title");
  }

  /** @param {string} id */
  has(id) {
    return this.#sql.exec("SELECT 1 FROM titles WHERE id = ?", id).toArray().length > 0;
  }

  /** @param {TitleSearch} search */
  list({ state, q, after, limit }) {
    const rows = this.#sql
      .exec(
        `SELECT id, ${COLUMNS} FROM titles
         WHERE (?1 IS NULL OR id > ?1) AND (?2 IS NULL OR state = ?2)
           AND (?3 IS NULL OR instr(lower(id), lower(?3)) > 0 OR instr(lower(name), lower(?3)) > 0)
         ORDER BY id LIMIT ?4`,
        after,
        state,
        q,
        limit + 1,
      )
      .toArray();
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? String(page.at(-1)?.["id"]) : null;
    return { rows: page.map(titleIn), next };
  }

  /** How many are in which state. */
  counts() {
    const rows = this.#sql.exec("SELECT state, count(*) AS n FROM titles GROUP BY state").toArray();
    const found = new Map(rows.map(({ state, n }) => [state, Number(n)]));
    return Object.fromEntries(STATES.map((state) => [state, found.get(state) ?? 0]));
  }

  /**
   * Stores some titles.
   * @param {TitleDraft[]} drafts
   * @param {string} actor
   * @param {number} nowMs
   * @param {Expected} [expected]
   * @returns {number} how many are new or different
   */
  put(drafts, actor, nowMs, expected = null) {
    let changed = 0;
    for (const [index, draft] of drafts.entries()) {
      try {
        changed += Number(this.#put(draft, actor, nowMs, expected));
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === null || drafts.length === 1) throw error;
        throw new LineRefused(index, refusal);
      }
    }
    if (changed === 0) return 0;
    const count = Number(this.#sql.exec("SELECT count(*) AS n FROM titles").one()["n"]);
    if (count <= TITLES_MAX) return changed;
    const message = `the catalogue would have \`${count}\` titles, expected at most ${TITLES_MAX}`;
    throw new Refused("too_many", message, "titles");
  }

  /**
   * Moves a title to another state.
   * @param {string} id
   * @param {string} state
   * @param {string} actor
   * @param {number} nowMs
   * @param {Expected} expected
   */
  move(id, state, actor, nowMs, expected) {
    const title = this.get(id);
    demandRevision(expected, title.revision, "title", id);
    callModule(() => checkAssetMove(title.state, state));
    if (title.state === state) return title;
    this.#sql.exec(
      `UPDATE titles SET state = ?, revision = revision + 1, changed_ms = ?, changed_by = ? WHERE id = ?`,
      state,
      nowMs,
      actor,
      id,
    );
    return this.get(id);
  }

  /**
   * @param {string} id
   * @param {Expected} expected
   */
  delete(id, expected) {
    const { state, revision } = this.get(id);
    demandRevision(expected, revision, "title", id);
    if (state === "published") {
      const message = `title \`${id}\` is published, expected one that was retired first`;
      throw new Refused("asset_state", message, "state");
    }
    this.#sql.exec("DELETE FROM titles WHERE id = ?", id);
  }

  /** The documents of what is published, in the order of the ids. @returns {Iterable<string>} */
  *published() {
    const sql = "SELECT document FROM titles WHERE state = 'published' ORDER BY id";
    for (const { document } of this.#sql.exec(sql)) yield String(document);
  }

  /**
   * @param {TitleDraft} draft
   * @param {string} actor
   * @param {number} nowMs
   * @param {Expected} expected
   * @returns {boolean} whether anything changed
   */
  #put(draft, actor, nowMs, expected) {
    const { id, name, duration_s, document } = draft;
    const [known] = this.#sql
      .exec("SELECT state, revision, name, duration_s, document FROM titles WHERE id = ?", id)
      .toArray();
    demandRevision(expected, Number(known?.["revision"] ?? 0), "title", id);
    const from = known === undefined ? null : String(known["state"]);
    const state = draft.state ?? from ?? "ingest";
    if (draft.state !== null) callModule(() => checkAssetMove(from, state));
    const isSame =
      known !== undefined &&
      from === state &&
      known["name"] === name &&
      known["duration_s"] === duration_s &&
      known["document"] === document;
    if (isSame) return false;
    this.#sql.exec(
      `INSERT INTO titles VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (id) DO UPDATE SET
         name = excluded.name, state = excluded.state, duration_s = excluded.duration_s,
         document = excluded.document, revision = revision + 1, changed_ms = excluded.changed_ms,
         changed_by = excluded.changed_by`,
      id,
      name,
      state,
      duration_s,
      document,
      nowMs,
      actor,
    );
    return true;
  }
}

/** The refusal of one of many. */
export class LineRefused extends Refused {
  /**
   * @param {number} index
   * @param {import("../refusal.js").Refusal} refusal
   */
  constructor(index, { code, message, field }) {
    super(code, message, field);
    this.index = index;
  }
}

/**
 * @param {Record<string, SqlStorageValue>} row
 * @returns {Title}
 */
function titleIn({ name, state, duration_s, document, revision, changed_ms, changed_by }) {
  return {
    ...JSON.parse(String(document)),
    name: String(name),
    state: /** @type {AssetState} */ (state),
    duration_s: duration_s === null ? null : Number(duration_s),
    revision: Number(revision),
    changed_ms: Number(changed_ms),
    changed_by: String(changed_by),
  };
}
