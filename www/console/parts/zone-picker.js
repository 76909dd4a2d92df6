// @ts-check
import { make } from "./element.js";
import { remember, remembered } from "./preference.js";

/**
 * Fills a list with the time zones that this browser knows and tells which one is chosen.
 *
 * @param {HTMLSelectElement} select
 * @param {(zone: string) => void} choose
 * @returns {() => string} the zone that is chosen
 */
export function zonePicker(select, choose) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const last = remembered("zone");
  const known = Intl.supportedValuesOf("timeZone");
  const zones = ["UTC", ...new Set([here, ...known].filter((zone) => zone !== "UTC").sort())];
  select.replaceChildren(
    ...zones.map((zone) => {
      const option = make("option", "", zone.replaceAll("_", " "));
      option.value = zone;
      return option;
    }),
  );
  select.value = last !== null && zones.includes(last) ? last : here;
  select.addEventListener("change", () => {
    remember("zone", select.value);
    choose(select.value);
  });
  return () => select.value;
}
