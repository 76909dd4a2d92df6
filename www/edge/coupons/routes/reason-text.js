// @ts-check
import { reasonText } from "usher/office";
import { readBody } from "../../body.js";
import { callModule } from "../../office-module.js";
import { Refused, json } from "../../refusal.js";

/** Bytes of the body of `POST /v1/coupon-reason-text`. */
const BODY_BYTES_MAX = 16 * 1024;

/**
 * `POST /v1/coupon-reason-text` `{ reason, parameters, language }`: a reason in words, for the edge, whose
 * module has no room for them.
 * @type {import("../../coupons.js").Route}
 */
export async function postReasonText(request) {
  const body = await readBody(request, BODY_BYTES_MAX);
  /** @type {any} */
  let given;
  try {
    given = JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new Refused("malformed_json", "expected JSON in UTF-8");
  }
  return json(callModule(() => reasonText(given)));
}
