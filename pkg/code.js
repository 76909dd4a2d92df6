// @ts-check
// Objects of what the module says of codes.

/**
 * What was typed as a code.
 *
 * @typedef {object} ReadCode
 * @property {string | null} code in the one spelling: what a code is stored as; null for what is no code
 * @property {string | null} generated what a generated code is stored as, with O, I and L read as 0, 1 and 1:
 *   looked up after `code`, and only for generated codes; null for what is no code
 * @property {"named" | "generated" | "tagged" | null} kind null for what is no code
 * @property {"malformed" | "wrong_check_symbol" | null} reason why it is no code; null for a code
 * @property {number | null} wrong_symbol the index in the text of the first character that is surely wrong
 * @property {string | null} suggestion the one correction that makes a wrong check symbol right
 */

/**
 * Who has made a tagged code.
 *
 * @typedef {object} TaggedCode
 * @property {number} slot of the key
 * @property {number} serial of the code
 */

/**
 * @param {string} spelled
 * @returns {ReadCode}
 */
export function readSpelled(spelled) {
  const [word = "", first = "", second = ""] = spelled.split(" ");
  const kind = /^[ngt]/.test(word) ? word : null;
  return /** @type {any} */ ({
    code: kind && first,
    generated: kind && second,
    kind,
    reason: kind ? null : word,
    wrong_symbol: kind || !first ? null : +first,
    suggestion: (!kind && second) || null,
  });
}

/**
 * @param {number} number the serial is its lowest 22 bits; below 0 for no code of ours
 * @returns {TaggedCode | null}
 */
export function taggedOf(number) {
  return number < 0 ? null : { slot: number >> 22, serial: number & (2 ** 22 - 1) };
}
