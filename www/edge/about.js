// @ts-check

/** What is known under a name, as text: the state of an object itself. Its schema has a table `about`. */
export class About {
  #sql;

  /**
   * @param {SqlStorage} sql
   * @param {string} schema of the object, made if it is not there
   */
  constructor(sql, schema) {
    this.#sql = sql;
    sql.exec(schema);
  }

  /** @param {string} name */
  get(name) {
    const [row] = this.#sql.exec("SELECT value FROM about WHERE name = ?", name).toArray();
    return row === undefined ? null : String(row["value"]);
  }

  /**
   * @param {string} name
   * @param {string | number} value
   */
  set(name, value) {
    this.#sql.exec("INSERT OR REPLACE INTO about VALUES (?, ?)", name, String(value));
  }
}
