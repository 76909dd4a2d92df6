// @ts-check
import { Refused } from "./refusal.js";

const KEY = /^[\x21-\x7e]{1,200}$/;

/**
 * The key under which a request is done once, however often it is sent; null without one.
 * @param {Request} request
 * @returns {string | null}
 */
export function idempotencyKeyOf(request) {
  const key = request.headers.get("idempotency-key");
  if (key === null || key === "") return null;
  if (KEY.test(key)) return key;
  throw new Refused(
    "invalid_value",
    "expected 1 to 200 visible characters of ASCII",
    "Idempotency-Key",
  );
}
