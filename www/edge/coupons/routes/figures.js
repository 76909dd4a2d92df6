// @ts-check
import { invalid, limitIn, wholeIn } from "../../query.js";
import { json } from "../../refusal.js";
import { taken } from "../../store-answer.js";
import { FIGURES_BY } from "../directory/figures.js";
import { directoryOf } from "../objects.js";

/** @typedef {import("../../coupons.js").Route} Route */

/**
 * `GET /v1/coupon-figures?by=day|group|type|coupon&from=&to=&group=&coupon=`.
 * @type {Route}
 */
export async function getFigures(_request, env, _name, query) {
  const given = query.get("by") ?? "day";
  const names = /** @type {(keyof typeof FIGURES_BY)[]} */ (Object.keys(FIGURES_BY));
  const by = names.find((name) => name === given);
  if (by === undefined) throw invalid("by", given, names.join(", "));
  const filter = {
    from: wholeIn(query, "from"),
    to: wholeIn(query, "to"),
    group: query.get("group"),
    coupon: query.get("coupon"),
    after: by === "day" ? wholeIn(query, "after") : query.get("after"),
    limit: limitIn(query),
  };
  return json(taken(await directoryOf(env).figuresBy(by, filter)));
}
