// @ts-check
import { GROUPS } from "./windows.js";
import { invalid, limitIn, wholeIn } from "../query.js";

const DEVICES = ["unknown", "desktop", "mobile", "tablet", "tv"];

/**
 * @param {URLSearchParams} query
 * @returns {import("./windows.js").WindowQuery}
 */
export function windowsIn(query) {
  const group = query.get("group") ?? "window";
  const groups = /** @type {import("./windows.js").Group[]} */ (Object.keys(GROUPS));
  const found = groups.find((each) => each === group);
  if (found === undefined) throw invalid("group", group, groups.join(", "));
  const country = query.get("country");
  if (country !== null && !/^(?:[A-Z0-9]{2}|unknown)$/.test(country)) {
    throw invalid("country", country, "two capital letters or unknown");
  }
  const device = query.get("device");
  if (device !== null && !DEVICES.includes(device)) {
    throw invalid("device", device, DEVICES.join(", "));
  }
  return {
    group: found,
    title: query.get("title"),
    from: wholeIn(query, "from"),
    to: wholeIn(query, "to"),
    country: country === "unknown" ? "" : country,
    device,
    after: query.get("after"),
    limit: limitIn(query),
  };
}

/**
 * The shard and epoch after which a part of the ledger begins.
 * @param {URLSearchParams} query
 * @returns {[string, number]}
 */
export function shardIn(query) {
  const after = query.get("after") ?? ".0";
  const [, shard, epoch] = /^([A-Za-z0-9-]{0,32})\.(\d{1,16})$/.exec(after) ?? [];
  if (shard === undefined) throw invalid("after", after, "the `next` of an answer");
  return [shard, Number(epoch)];
}
