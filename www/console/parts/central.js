// @ts-check
// Questions to the central store, over HTTP and nothing else.

/**
 * @typedef {object} ViewRecord the part of it that this page shows
 * @property {string} view
 * @property {string} title
 * @property {number} version
 * @property {number} unique_ms
 * @property {number | null} completion
 * @property {boolean} completed
 *
 * @typedef {object} TitleRow
 * @property {string} title
 * @property {number} views
 * @property {number} viewers
 * @property {number} unique_ms
 * @property {number} played_ms
 * @property {number} completed_views
 * @property {number | null} completed_share
 *
 * @typedef {object} TitlePage
 * @property {TitleRow[]} titles
 * @property {string | null} next
 */

const ANSWER_MS_MAX = 10_000;
const TITLES_PAGE = 500;

/** The store answered with an error, or did not answer: then the code is `unreachable`. */
export class CentralError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * @param {string} view
 * @returns {Promise<ViewRecord | null>} null while the store does not know the view
 */
export async function viewRecord(view) {
  try {
    return await ask(`/v1/views/${encodeURIComponent(view)}`);
  } catch (reason) {
    if (reason instanceof CentralError && reason.code === "view_unknown") return null;
    throw reason;
  }
}

/**
 * One page of titles, in the order of their ids.
 *
 * @param {string | null} after the `next` of the page before
 * @param {number} [limit]
 * @returns {Promise<TitlePage>}
 */
export function titlePage(after, limit = TITLES_PAGE) {
  const query = new URLSearchParams({ limit: String(limit) });
  if (after !== null) query.set("after", after);
  return ask(`/v1/titles?${query}`);
}

/**
 * @param {string} title
 * @returns {Promise<TitleRow | null>}
 */
export async function titleRow(title) {
  /** @type {string | null} */
  let after = null;
  do {
    const page = await titlePage(after);
    const row = page.titles.find((candidate) => candidate.title === title);
    if (row) return row;
    after = page.next;
  } while (after !== null);
  return null;
}

/**
 * Asks for anything.
 *
 * @param {string} address
 * @param {string} [method]
 * @returns {Promise<any>}
 */
export async function ask(address, method = "GET") {
  let response;
  try {
    response = await fetch(address, {
      method,
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
  } catch (reason) {
    const late = reason instanceof DOMException && reason.name === "TimeoutError";
    throw new CentralError(
      "unreachable",
      late ? `no answer within ${ANSWER_MS_MAX / 1000} s` : "the central store does not answer",
    );
  }
  /** @type {any} */
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  throw new CentralError(
    typeof body?.code === "string" ? body.code : `status_${response.status}`,
    typeof body?.message === "string"
      ? body.message
      : `the answer \`${response.status}\` could not be read`,
  );
}
