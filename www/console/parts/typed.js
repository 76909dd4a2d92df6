// @ts-check
// What stands in a form, as a server wants it. Nothing is judged: what is no number goes as it was typed, and
// the server says which field it means.

/** @typedef {(name: string) => string} Read the trimmed text of a field */

/**
 * @param {FormData} form
 * @returns {Read}
 */
export function reader(form) {
  return (name) => String(form.get(name) ?? "").trim();
}

/** @param {string} text */
export function whole(text) {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

/** @param {string} text */
export function optionalWhole(text) {
  return text === "" ? undefined : whole(text);
}

/** @param {string} text words between commas, spaces or lines */
export function list(text) {
  return text.split(/[\s,;]+/).filter((each) => each !== "");
}

/** @param {string} text codes of countries */
export function countries(text) {
  return list(text).map((country) => country.toUpperCase());
}

/**
 * Seconds of `h:mm:ss` or `mm:ss`.
 * @param {string} text
 */
export function seconds(text) {
  if (text === "") return undefined;
  const [, hours = "0", minutes = "0", rest = "0"] =
    /^(?:(\d+):)?(\d{1,3}):(\d{2})$/.exec(text) ?? [];
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
  return total > 0 ? total : whole(text);
}
