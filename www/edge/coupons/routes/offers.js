// @ts-check
import { composeOffer, readOfferRequest } from "usher/office";
import { readBody } from "../../body.js";
import { callModule } from "../../office-module.js";
import { json } from "../../refusal.js";
import { taken } from "../../store-answer.js";
import { signatureOf, signerOf } from "../../signing.js";
import { directoryOf } from "../objects.js";

/** Bytes of the body of `POST /v1/coupon-offers`; the module keeps the same limit. */
const BODY_BYTES_MAX = 4 * 1024;

/**
 * `POST /v1/coupon-offers` `{ coupon, code?, expires_ms, customer? }`: a signed offer for a link or a QR
 * code. In the link it stands behind `#`, which no browser sends to a server.
 * @type {import("../../coupons.js").Route}
 */
export async function postOffer(request, env) {
  const body = await readBody(request, BODY_BYTES_MAX);
  const asked = callModule(() => readOfferRequest(body));
  const found = /** @type {any} */ (await directoryOf(env).coupon(asked.coupon));
  const { coupon } = taken(found);
  const signer = await signerOf("COUPON_SIGNING_KEY", env.COUPON_SIGNING_KEY);
  const input = {
    request: asked,
    coupon,
    kid: signer.kid,
    audience: env.TENANT,
    now_ms: Date.now(),
  };
  const message = callModule(() => composeOffer(input));
  const token = `${message}.${await signatureOf(signer, message)}`;
  return json({ token, url: `${new URL(request.url).origin}/#offer=${token}` }, {}, 201);
}
