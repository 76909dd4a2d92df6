// @ts-check
// Two edits at once: what somebody else has saved meanwhile beside what stands in the form, and whose holds.
import { AnswerError } from "./api.js";
import { make } from "./element.js";
import { say, worded } from "./texts.js";

/** @typedef {{ label: import("./texts.js").Key, theirs: string, mine: string }} Difference */

/**
 * Whether an edit was refused because somebody else had made one.
 * @param {unknown} reason
 */
export function isConflict(reason) {
  return reason instanceof AnswerError && /_(changed|conflict)$/.test(reason.code);
}

/**
 * Refuses what is new at the field of its id, where there is one of that id already.
 * @param {unknown} reason
 * @param {string} field
 * @returns {never}
 */
export function throwTaken(reason, field) {
  if (!isConflict(reason)) throw reason;
  throw new AnswerError("taken", say("conflict.taken"), field);
}

/**
 * @param {HTMLElement} place with `role="alert"`
 * @param {Difference[]} differences
 * @param {{ take: () => void, keep: () => void }} ways theirs into the form, or mine over theirs
 */
export function showConflict(place, differences, { take, keep }) {
  const rows = make("dl", "terms");
  for (const { label, theirs, mine } of differences) {
    const row = make("div");
    row.append(
      worded("dt", "", label),
      make("dd", "", say("conflict.theirs", { value: theirs })),
      make("dd", "", say("conflict.mine", { value: mine })),
    );
    rows.append(row);
  }
  const ways = make("p", "row");
  for (const [key, act] of /** @type {const} */ ([
    ["conflict.take", take],
    ["conflict.keep", keep],
  ])) {
    const button = worded("button", "", key);
    button.type = "button";
    button.addEventListener("click", () => {
      hideConflict(place);
      act();
    });
    ways.append(button);
  }
  const text = differences.length > 0 ? "conflict.text" : "conflict.same";
  place.replaceChildren(
    worded("strong", "", "conflict.title"),
    worded("p", "", text),
    ...(differences.length > 0 ? [rows] : []),
    ways,
  );
  place.hidden = false;
  place.focus();
}

/** @param {HTMLElement} place */
export function hideConflict(place) {
  place.hidden = true;
  place.replaceChildren();
}

/**
 * The fields in which two records differ.
 *
 * @param {{ name: string, label: import("./texts.js").Key }[]} fields
 * @param {Record<string, any>} theirs
 * @param {Record<string, any>} mine
 * @returns {Difference[]}
 */
export function differences(fields, theirs, mine) {
  return fields
    .filter(({ name }) => JSON.stringify(theirs[name] ?? []) !== JSON.stringify(mine[name] ?? []))
    .map(({ name, label }) => ({
      label,
      theirs: written(theirs[name]),
      mine: written(mine[name]),
    }));
}

/** @param {any} value */
function written(value) {
  if (value === undefined || value === null || value === "") return "–";
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (!Array.isArray(value)) return String(value);
  if (typeof value[0] === "object") return say("windows.count", { count: value.length });
  return value.join(", ") || "–";
}
