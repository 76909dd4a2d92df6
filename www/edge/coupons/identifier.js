// @ts-check

const SYMBOLS = "0123456789abcdefghjkmnpqrstvwxyz";

/** 80 bits, so that ids never meet. */
const LENGTH = 16;

/** A new id of a group or a coupon. */
export function newId() {
  const random = crypto.getRandomValues(new Uint8Array(LENGTH));
  return Array.from(random, (byte) => SYMBOLS[byte & 31]).join("");
}
