// @ts-check
// What this browser remembers for the page. Storage may be refused or full: then it is
// remembered until the page closes, and nothing else breaks.

/** @type {Map<string, string>} */
const here = new Map();

/**
 * @param {string} name
 * @returns {string | null}
 */
export function remembered(name) {
  const key = `cultflicks.${name}`;
  try {
    return localStorage.getItem(key) ?? here.get(key) ?? null;
  } catch {
    return here.get(key) ?? null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  const key = `cultflicks.${name}`;
  here.set(key, value);
  try {
    localStorage.setItem(key, value);
  } catch {
    // Kept in `here` only.
  }
}
