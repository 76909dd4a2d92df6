// @ts-check

/** What Usher throws: `code` for programs, `message` for people, `field` for the place. */
export class UsherError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string | null} [field]
   * @param {unknown} [cause]
   */
  constructor(code, message, field = null, cause) {
    super(message, { cause });
    this.name = "UsherError";
    /** @readonly */
    this.code = code;
    /** @readonly */
    this.field = field;
  }

  /**
   * A refusal `{ code, message, field }` of the module as an Error; anything else unchanged.
   * @param {any} thrown
   * @returns {any}
   */
  static from(thrown) {
    return thrown?.code && !(thrown instanceof Error)
      ? new UsherError(thrown.code, thrown.message, thrown.field)
      : thrown;
  }
}
