// @ts-check

/** An answer other than 2xx: thrown where it is found, sent in one place. */
export class Refused extends Error {
  /**
   * @param {number} status of HTTP
   * @param {string} code
   * @param {string} message
   * @param {string | null} [field] what is wrong: a header, or a place in the body
   */
  constructor(status, code, message, field = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

/** @type {(code: string, message: string, field?: string | null) => Refused} */
export const mistake = (code, message, field = null) => new Refused(400, code, message, field);
