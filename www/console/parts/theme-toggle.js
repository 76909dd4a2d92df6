// @ts-check
import { remember, remembered } from "./preference.js";

const NEXT = /** @type {const} */ ({ system: "light", light: "dark", dark: "system" });
const LABEL = { system: "System", light: "Matinee", dark: "Midnight" };
const SIGN = { system: "◐", light: "☀", dark: "☾" };

/** @returns {keyof typeof NEXT} */
function chosen() {
  const theme = remembered("theme");
  return theme === "light" || theme === "dark" ? theme : "system";
}

/**
 * Makes a button that goes round the themes: the system's, light, dark.
 *
 * @param {HTMLButtonElement} button
 * @returns {() => void} goes to the next theme
 */
export function themeToggle(button) {
  const show = () => {
    const theme = chosen();
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `${SIGN[theme]} ${LABEL[theme]}`;
    button.setAttribute("aria-label", `Theme: ${LABEL[theme]}. Press for ${LABEL[NEXT[theme]]}.`);
  };
  const next = () => {
    remember("theme", NEXT[chosen()]);
    show();
  };
  button.addEventListener("click", next);
  show();
  return next;
}
