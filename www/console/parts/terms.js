// @ts-check
import { make } from "./element.js";

/**
 * Fills a `<dl>` with names and what stands under them; what is empty is left out.
 *
 * @param {HTMLElement} list
 * @param {[string, string | Node | null | undefined][]} terms
 */
export function showTerms(list, terms) {
  const rows = terms.filter(([, value]) => value !== null && value !== undefined && value !== "");
  list.replaceChildren(
    ...rows.map(([name, value]) => {
      const row = make("div");
      const shown = make("dd");
      shown.append(value ?? "");
      row.append(make("dt", "", name), shown);
      return row;
    }),
  );
}
