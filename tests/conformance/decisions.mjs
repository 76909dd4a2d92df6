// @ts-check
// Cases of `usher-decision-cases/1`: one policy and one list of titles, and for each case a viewer, a request and what
// must be decided. What is judged is judged by the module.
import { Catalogue, decideTitles, init } from "usher/rights";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** @typedef {import("./run.mjs").Failure} Failure */

export async function initDecisions() {
  await init(readFileSync(fileURLToPath(import.meta.resolve("usher/rights.wasm"))));
}

/** The catalogue of the document that was asked of last. */
const last = {
  document: /** @type {unknown} */ (null),
  catalogue: /** @type {Catalogue | null} */ (null),
};

/** @param {any} document */
function catalogueOf(document) {
  if (last.document !== document || last.catalogue === null) {
    const { policy, titles } = document;
    const json = JSON.stringify({ version: 1, policy, titles });
    last.catalogue?.free();
    last.catalogue = new Catalogue(new TextEncoder().encode(json));
    last.document = document;
  }
  return last.catalogue;
}

/**
 * What differs from `expect`, of which only the keys that are there are compared.
 * @param {any} one
 * @param {any} document
 * @returns {Failure[]}
 */
export function decisionFailures({ viewer, request, expect }, document) {
  const [decision] = decideTitles(catalogueOf(document), viewer, request, [request.title]);
  /** @type {Record<string, unknown>} */
  const got = { ...decision };
  return Object.entries(expect).flatMap(([key, expected]) =>
    JSON.stringify(got[key]) === JSON.stringify(expected)
      ? []
      : [{ key, expected, got: got[key] ?? null }],
  );
}
