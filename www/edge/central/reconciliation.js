// @ts-check

/** @typedef {{ views: number, unique_ms: number, played_ms: number, completed: number, stalls: number }} Sums */

/** Sums that views and windows both have. */
const SUMS = /** @type {const} */ (["views", "unique_ms", "played_ms", "completed", "stalls"]);

/** What the views of a title add up to, beside what its windows add up to. */
export class Reconciliation {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /**
   * Imported views are in no window, and so on neither side.
   * @param {string | null} title only this one
   * @param {string} after
   * @param {number} limit
   */
  list(title, after, limit) {
    const found = title === null ? this.#titles(after, limit + 1) : [title];
    const titles = found.slice(0, limit).map((each) => {
      const { imported, ...views } = this.#views(each);
      const windows = this.#windows(each);
      const difference = Object.fromEntries(SUMS.map((sum) => [sum, views[sum] - windows[sum]]));
      const equal = SUMS.every((sum) => difference[sum] === 0);
      return { title: each, views, windows, difference, equal, imported };
    });
    return { titles, next: found.length > limit ? (titles.at(-1)?.title ?? null) : null };
  }

  /**
   * @param {string} after
   * @param {number} limit
   */
  #titles(after, limit) {
    /** @type {SqlStorageCursor<{ title: string }>} */
    const titles = this.#sql.exec(
      `SELECT title FROM (SELECT DISTINCT title FROM sealed_views WHERE title > ?1 ORDER BY title LIMIT ?2)
       UNION
       SELECT title FROM (SELECT DISTINCT title FROM windows WHERE title > ?1 ORDER BY title LIMIT ?2)
       ORDER BY title LIMIT ?2`,
      after,
      limit,
    );
    return titles.toArray().map(({ title }) => title);
  }

  /** @param {string} title */
  #views(title) {
    /** @type {SqlStorageCursor<Sums & { imported: number }>} */
    const sums = this.#sql.exec(
      `SELECT count(*) FILTER (WHERE imported = 0) AS views,
              total(unique_ms) FILTER (WHERE imported = 0) AS unique_ms,
              total(played_ms) FILTER (WHERE imported = 0) AS played_ms,
              total(completed) FILTER (WHERE imported = 0) AS completed,
              total(stalls) FILTER (WHERE imported = 0) AS stalls,
              count(*) FILTER (WHERE imported = 1) AS imported
       FROM sealed_views WHERE title = ?`,
      title,
    );
    return sums.one();
  }

  /** @param {string} title */
  #windows(title) {
    /** @type {SqlStorageCursor<Sums>} */
    const sums = this.#sql.exec(
      `SELECT total(views) AS views, total(unique_ms) AS unique_ms, total(played_ms) AS played_ms,
              total(completed) AS completed, total(stalls) AS stalls
       FROM windows WHERE title = ?`,
      title,
    );
    return sums.one();
  }
}
