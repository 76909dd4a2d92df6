// @ts-check
// What can be said about a code before anybody is asked: its form, and which symbol is wrong.
import { checkCode } from "usher";
import { make, write } from "./element.js";
import { onLanguage, say } from "./texts.js";

/**
 * A place under the field of a code, which says what is known of it.
 *
 * @param {HTMLElement} place with role="status"
 * @param {HTMLInputElement} input
 */
export function codeShape(place, input) {
  let draw = () => {};
  onLanguage(() => draw());
  /**
   * @param {"good" | "bad" | "idle"} kind
   * @param {() => void} drawn
   */
  const show = (kind, drawn) => {
    place.dataset.kind = kind;
    if (kind === "bad") input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    draw = drawn;
    draw();
  };
  const clear = () => show("idle", () => place.replaceChildren());
  return {
    clear,
    /**
     * @param {() => string} sentence
     * @param {"good" | "bad" | "idle"} [kind]
     */
    tell: (sentence, kind = "idle") => show(kind, () => write(place, sentence())),
    /**
     * Says what is wrong with the form of a code, and nothing else.
     *
     * @returns {boolean} whether anybody needs to be asked
     */
    check() {
      const text = input.value;
      if (text.trim() === "") {
        clear();
        return false;
      }
      const checked = checkCode(text);
      if (checked.ok) {
        clear();
        return true;
      }
      show("bad", () => place.replaceChildren(...faultParts(text, checked)));
      return false;
    },
  };
}

/**
 * @param {string} text
 * @param {import("usher").CheckedCode} checked
 * @returns {(Node | string)[]}
 */
function faultParts(text, { reason, wrong_symbol: at }) {
  const isShort = reason === "malformed" && at === null;
  if (isShort) return [make("span", "", say("shape.malformed"))];
  const symbol = at === null ? "" : String.fromCodePoint(text.codePointAt(at) ?? 0);
  const key = reason === "malformed" ? "shape.symbol" : "shape.check_symbol";
  const parts = [make("span", "", say(key, { symbol }))];
  if (at !== null) {
    const typed = make("code", "typed");
    typed.append(text.slice(0, at), make("mark", "", symbol), text.slice(at + symbol.length));
    parts.push(typed);
  }
  return parts;
}

/** @param {string} code generated */
export function inFours(code) {
  return (code.match(/.{1,4}/g) ?? [code]).join("-");
}
