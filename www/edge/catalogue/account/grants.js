// @ts-check
import { Refused } from "../../refusal.js";

/** Grants of an account that are not over: more no decision takes. */
export const GRANTS_MAX = 64;

/** Grants that an account keeps, with those that are over. */
export const GRANTS_KEPT_MAX = 1000;

/**
 * A grant as it is told and as the module reads it.
 * @typedef {object} Grant
 * @property {string} id
 * @property {"plan" | "trial" | "purchase" | "rental" | "coupon"} kind
 * @property {string} [plan]
 * @property {string} [title]
 * @property {number} from
 * @property {number | null} to
 * @property {number} [play_window_s]
 * @property {number} [first_play_at]
 */

const COLUMNS = "id, kind, plan, title, from_s, to_s, play_window_s, first_play_at";

/** What viewers hold. */
export class Grants {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /**
   * @param {string} viewer
   * @param {string} id
   */
  get(viewer, id) {
    const found = this.#find(viewer, "id = ?", id);
    if (found !== null) return found;
    throw new Refused("grant_unknown", `grant \`${id}\` is not known`, "grant");
  }

  /**
   * The newest first.
   * @param {string} viewer
   * @param {number | null} after
   * @param {number} limit
   */
  list(viewer, after, limit) {
    const rows = this.#sql
      .exec(
        `SELECT number, redemption, created_ms, ${COLUMNS} FROM grants WHERE viewer = ? AND number < ?
         ORDER BY number DESC LIMIT ?`,
        viewer,
        after ?? Number.MAX_SAFE_INTEGER,
        limit + 1,
      )
      .toArray();
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? Number(page.at(-1)?.["number"]) : null;
    return { rows: page.map(toldIn), next };
  }

  /**
   * Those that are live or to come, then those that ended at `endedAfter` or later; of each the newest first.
   * @param {string} viewer
   * @param {number} now
   * @param {number} endedAfter
   * @returns {Grant[]}
   */
  current(viewer, now, endedAfter) {
    return this.#sql
      .exec(
        `SELECT ${COLUMNS} FROM grants WHERE viewer = ?1 AND (ends IS NULL OR ends > ?3)
         ORDER BY CASE WHEN ends <= ?2 THEN 2 WHEN from_s > ?2 THEN 1 ELSE 0 END,
           plan IS NULL, from_s DESC, number DESC LIMIT ?4`,
        viewer,
        now,
        endedAfter,
        GRANTS_MAX,
      )
      .toArray()
      .map(grantIn);
  }

  /** @param {string} viewer */
  count(viewer) {
    const sql = "SELECT count(*) AS n FROM grants WHERE viewer = ?";
    return Number(this.#sql.exec(sql, viewer).one()["n"]);
  }

  /**
   * Stores a grant that was checked. The same one again changes nothing.
   * @param {string} viewer
   * @param {Grant} grant
   * @param {string | null} redemption of a coupon
   * @param {number} nowMs
   * @returns {{ grant: object, isNew: boolean }}
   */
  add(viewer, grant, redemption, nowMs) {
    const known =
      redemption === null
        ? this.#find(viewer, "id = ?", grant.id)
        : this.#find(viewer, "redemption = ?", redemption);
    if (known !== null) {
      const { redemption: of, created_ms, ...held } = known;
      // A redemption is granted once: what was made of it then is what it gives.
      if (redemption !== null || isSame(held, grant)) return { grant: known, isNew: false };
      const message = `grant \`${grant.id}\` is there already and another one, expected a new id`;
      throw new Refused("grant_taken", message, "id");
    }
    if (redemption !== null) this.#takeRedemption(redemption, nowMs);
    this.#demandRoom(viewer, nowMs);
    const { id, kind, plan, title, from, to, play_window_s, first_play_at } = grant;
    this.#sql.exec(
      `INSERT INTO grants (viewer, id, kind, plan, title, from_s, to_s, play_window_s, first_play_at,
         redemption, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      viewer,
      id,
      kind,
      plan ?? null,
      title ?? null,
      from,
      to,
      play_window_s ?? null,
      first_play_at ?? null,
      redemption,
      nowMs,
    );
    return { grant: this.get(viewer, id), isNew: true };
  }

  /**
   * @param {string} viewer
   * @param {string} id
   */
  delete(viewer, id) {
    const grant = this.get(viewer, id);
    this.#sql.exec("DELETE FROM grants WHERE viewer = ? AND id = ?", viewer, id);
    return grant;
  }

  /** @param {string} viewer */
  deleteAll(viewer) {
    this.#sql.exec("DELETE FROM grants WHERE viewer = ?", viewer);
  }

  /**
   * Begins the time of the rentals of a title that are live and have not been played, at the first play only.
   * @param {string} viewer
   * @param {string} title
   * @param {number} at
   * @param {string | null} [grant] the only one that may begin
   * @returns {string[]} ids of those that begin
   */
  play(viewer, title, at, grant = null) {
    return this.#sql
      .exec(
        `UPDATE grants SET first_play_at = ?3 WHERE viewer = ?1 AND title = ?2 AND kind = 'rental'
           AND first_play_at IS NULL AND play_window_s IS NOT NULL AND from_s <= ?3
           AND (to_s IS NULL OR to_s > ?3) AND id = coalesce(?4, id) RETURNING id`,
        viewer,
        title,
        at,
        grant,
      )
      .toArray()
      .map(({ id }) => String(id));
  }

  /**
   * @param {string} viewer
   * @param {string} title
   */
  rentals(viewer, title) {
    const sql = `SELECT redemption, created_ms, ${COLUMNS} FROM grants
      WHERE viewer = ? AND title = ? AND kind = 'rental' ORDER BY number DESC LIMIT ?`;
    return this.#sql.exec(sql, viewer, title, GRANTS_MAX).toArray().map(toldIn);
  }

  /**
   * Which of some plans are used by grants that are not over.
   * @param {string[]} plans
   * @param {number} now
   */
  plansUsed(plans, now) {
    return this.#sql
      .exec(
        `SELECT plan, count(*) AS grants FROM grants WHERE plan IN (SELECT value FROM json_each(?))
           AND (ends IS NULL OR ends > ?) GROUP BY plan ORDER BY plan`,
        JSON.stringify(plans),
        now,
      )
      .toArray()
      .map(({ plan, grants }) => ({ plan: String(plan), grants: Number(grants) }));
  }

  /**
   * @param {string} redemption
   * @param {number} nowMs
   */
  #takeRedemption(redemption, nowMs) {
    const sql = "INSERT INTO redeemed VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING 1";
    if (this.#sql.exec(sql, redemption, nowMs).toArray().length > 0) return;
    const message = `redemption \`${redemption}\` was granted before, and the grant is gone`;
    throw new Refused("redemption_state", message, "redemption");
  }

  /**
   * @param {string} viewer
   * @param {number} nowMs
   */
  #demandRoom(viewer, nowMs) {
    const sql = `SELECT count(*) AS n FROM grants WHERE viewer = ? AND (ends IS NULL OR ends > ?)`;
    const open = Number(this.#sql.exec(sql, viewer, Math.floor(nowMs / 1000)).one()["n"]);
    if (open >= GRANTS_MAX) {
      const message = `the account has \`${open}\` grants that are not over, expected at most ${GRANTS_MAX}`;
      throw new Refused("too_many_grants", message, "grants");
    }
    const excess = this.count(viewer) + 1 - GRANTS_KEPT_MAX;
    if (excess <= 0) return;
    // The oldest of those that are over make room: with no more than GRANTS_MAX open there are enough.
    this.#sql.exec(
      `DELETE FROM grants WHERE number IN (SELECT number FROM grants WHERE viewer = ?1 AND ends <= ?2
         ORDER BY ends LIMIT ?3)`,
      viewer,
      Math.floor(nowMs / 1000),
      excess,
    );
  }

  /**
   * @param {string} viewer
   * @param {string} where
   * @param {string} value
   */
  #find(viewer, where, value) {
    const sql = `SELECT redemption, created_ms, ${COLUMNS} FROM grants WHERE viewer = ? AND ${where}`;
    const [row] = this.#sql.exec(sql, viewer, value).toArray();
    return row === undefined ? null : toldIn(row);
  }
}

/**
 * @param {object} one
 * @param {object} other
 */
function isSame(one, other) {
  /** @param {object} grant */
  const text = (grant) =>
    JSON.stringify(Object.entries(grant).sort(([a], [b]) => (a < b ? -1 : 1)));
  return text(one) === text(other);
}

/** @param {Record<string, SqlStorageValue>} row */
function toldIn(row) {
  const { redemption, created_ms } = row;
  const of = redemption === null || redemption === undefined ? null : String(redemption);
  return { ...grantIn(row), redemption: of, created_ms: Number(created_ms) };
}

/**
 * @param {Record<string, SqlStorageValue>} row
 * @returns {Grant}
 */
function grantIn({ id, kind, plan, title, from_s, to_s, play_window_s, first_play_at }) {
  return {
    id: String(id),
    kind: /** @type {Grant["kind"]} */ (kind),
    ...(plan === null ? {} : { plan: String(plan) }),
    ...(title === null ? {} : { title: String(title) }),
    from: Number(from_s),
    to: to_s === null ? null : Number(to_s),
    ...(play_window_s === null ? {} : { play_window_s: Number(play_window_s) }),
    ...(first_play_at === null ? {} : { first_play_at: Number(first_play_at) }),
  };
}
