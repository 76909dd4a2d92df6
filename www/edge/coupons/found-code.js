// @ts-check
import { readCode } from "usher/office";
import { callModule } from "../office-module.js";
import { Refused } from "../refusal.js";
import { taken } from "../store-answer.js";
import { issuedCode } from "./issued-code.js";
import { directoryOf } from "./objects.js";

/** @typedef {import("./codes.js").FoundCode} FoundCode */

/**
 * The code that is meant by what somebody typed, in any spelling.
 * @param {import("../coupons.js").CouponsEnv} env
 * @param {string} typed
 * @returns {Promise<FoundCode>}
 */
export async function foundCode(env, typed) {
  const read = callModule(() => readCode(typed));
  if (read.code === null || read.generated === null)
    throw mistyped(typed, /** @type {any} */ (read).suggestion ?? null);
  const found = await issuedCode(env, { code: read.code, generated: read.generated });
  if (found !== null) return found;
  if (read.kind === "tagged") {
    const tagged = taken(await directoryOf(env).tagged(read.generated));
    if (tagged !== null) return tagged;
  }
  throw new Refused("code_unknown", `code \`${read.code}\` is not known`, "code");
}

/**
 * @param {string} typed
 * @param {string | null} suggestion
 */
function mistyped(typed, suggestion) {
  const given = typed.slice(0, 80);
  if (suggestion === null) {
    const message = `\`${given}\` is no code, expected 1 to 64 letters, digits or underscores with their check symbol`;
    return new Refused("invalid_value", message, "code");
  }
  return new Refused(
    "invalid_value",
    `\`${given}\` was mistyped, perhaps \`${suggestion}\` is meant`,
    "code",
  );
}
