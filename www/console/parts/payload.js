// @ts-check
// The last request body in a form that can be read: each `state` decoded by the edge's own reader.

const SHORT_LIST = /\[\s+((?:"[^"]*"|-?[\d.]+)(?:,\s+(?:"[^"]*"|-?[\d.]+))*)\s+\]/g;

/** @type {Promise<typeof import("usher/edge")> | null} */
let reader = null;

/** The edge build is loaded when somebody first wants to read, not with the page. */
function edge() {
  reader ??= (async () => {
    const module = await import("usher/edge");
    await module.init("/usher/edge.wasm");
    return module;
  })();
  // A failed load may be tried again.
  reader.catch(() => (reader = null));
  return reader;
}

/**
 * @param {string} body as it was sent
 * @returns {Promise<string>}
 */
export async function readable(body) {
  const { readState } = await edge();
  /** @type {{ views: { state: unknown }[] }} */
  const parsed = JSON.parse(body);
  for (const view of parsed.views) {
    if (typeof view.state === "string") view.state = open(readState(fromBase64url(view.state)));
  }
  return pretty(parsed);
}

/**
 * The names and times of its record, which a state does not hold, are left out.
 * @param {import("usher/edge").OpenState} state
 */
function open({ record, ...state }) {
  const { view, viewer, title, first_seen_ms, last_seen_ms, ...figures } = record;
  return { ...state, figures };
}

/** @param {string} body */
export function indented(body) {
  try {
    return pretty(JSON.parse(body));
  } catch {
    return body;
  }
}

/** @param {unknown} value */
function pretty(value) {
  const text = JSON.stringify(
    value,
    (_key, part) => (typeof part === "bigint" || part instanceof Uint8Array ? String(part) : part),
    2,
  );
  // An interval reads better on one line than on four.
  return text.replace(SHORT_LIST, (_all, list) => `[${list.replace(/\s+/g, " ")}]`);
}

/** @param {string} text */
function fromBase64url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
