// @ts-check
// A row of filters above a table: every change asks again, letters after a short rest.
import { fieldElement } from "./field.js";

const REST_MS = 200;

/**
 * @param {HTMLFormElement} form is filled
 * @param {import("./field.js").Field[]} fields
 * @param {() => void} onChange
 * @returns {() => Record<string, string>} what is asked for now
 */
export function filterBar(form, fields, onChange) {
  form.replaceChildren(...fields.map(fieldElement));
  let timer = 0;
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    const isTyped = event.target instanceof HTMLInputElement && event.target.type === "text";
    timer = window.setTimeout(onChange, isTyped ? REST_MS : 0);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    onChange();
  });
  return () =>
    Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]),
    );
}
