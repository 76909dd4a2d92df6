// @ts-check
import { remember, remembered } from "./preference.js";

const NEXT = /** @type {const} */ ({ system: "light", light: "dark", dark: "system" });
const ENGLISH = { system: "System", light: "Matinee", dark: "Midnight" };
const SIGN = { system: "◐", light: "☀", dark: "☾" };

/** @returns {keyof typeof NEXT} */
function chosen() {
  const theme = remembered("theme");
  return theme === "light" || theme === "dark" ? theme : "system";
}

/**
 * @typedef {object} ThemeWords
 * @property {(theme: keyof typeof NEXT) => string} label
 * @property {(now: string, next: string) => string} sentence
 * @property {(act: () => void) => void} [onLanguage] calls back when the words have changed
 */

/** @type {ThemeWords} */
const WORDS = {
  label: (theme) => ENGLISH[theme],
  sentence: (now, next) => `Theme: ${now}. Press for ${next}.`,
};

/**
 * Makes a button that goes round the themes: the system's, light, dark.
 *
 * @param {HTMLButtonElement} button
 * @param {ThemeWords} [words]
 * @returns {() => void} goes to the next theme
 */
export function themeToggle(button, { label, sentence, onLanguage } = WORDS) {
  const show = () => {
    const theme = chosen();
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `${SIGN[theme]} ${label(theme)}`;
    button.setAttribute("aria-label", sentence(label(theme), label(NEXT[theme])));
  };
  const next = () => {
    remember("theme", NEXT[chosen()]);
    show();
  };
  button.addEventListener("click", next);
  onLanguage?.(show);
  show();
  return next;
}
