// @ts-check
import { judgeCode } from "#wasm/player";

/**
 * What can be told of a code without asking anybody.
 *
 * @typedef {object} CheckedCode
 * @property {boolean} ok whether such a code may exist
 * @property {string | null} code in the spelling that is looked up; null if it is not ok
 * @property {"named" | "generated" | "tagged" | null} kind null if it is not ok
 * @property {"malformed" | "wrong_check_symbol" | null} reason null if it is ok
 * @property {number | null} wrong_symbol the index in the text of the first character that is surely wrong
 */

/** By the number that the module gives. */
const VERDICTS = /** @type {any[]} */ ([
  "named",
  "generated",
  "tagged",
  "malformed",
  "wrong_check_symbol",
]);

/** UTF-16 units that are looked at; a longer text is no code. */
const UNITS_MAX = 256;

/**
 * Checks a code as it is typed: whether it is written as codes are, and whether its check symbol is right.
 * @param {string} text
 * @returns {CheckedCode}
 */
export function checkCode(text) {
  const symbols = spelled(text.slice(0, UNITS_MAX));
  const judged = judgeCode(new TextEncoder().encode(symbols), text.length);
  const verdict = VERDICTS[judged % 8];
  const ok = judged < 3;
  return {
    ok,
    code: ok ? symbols.toUpperCase() : null,
    kind: ok ? verdict : null,
    reason: ok ? null : verdict,
    wrong_symbol: judged > 7 ? indexOf(text, judged >> 3) : null,
  };
}

/**
 * In NFKC, without white space, dashes and format characters. Here, because a table of these characters and
 * the reading of UTF-8 would be 400 bytes of the module after brotli; elsewhere the module does it.
 * @param {string} text
 */
function spelled(text) {
  return text.normalize("NFKC").replace(/[\s\x85\p{Pd}\p{Cf}]/gu, "");
}

/**
 * The index in a text of what became a symbol.
 * @param {string} text
 * @param {number} count of the symbols up to this one
 */
function indexOf(text, count) {
  let index = 0;
  for (const character of text) {
    count -= spelled(character).length;
    if (count < 1) break;
    index += character.length;
  }
  return index;
}
