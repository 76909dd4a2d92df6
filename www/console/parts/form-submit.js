// @ts-check
// Sends a form once at a time, and shows what comes back at the field that it is about.
import { make, write } from "./element.js";
import { clearFaults, showFault } from "./field.js";
import { troubleText } from "./row-table.js";
import { word, worded } from "./texts.js";

/** @typedef {import("./texts.js").Key} Key */

/**
 * Adds the button to a form, with a place for complaints that belong to no field.
 *
 * @param {HTMLFormElement} form
 * @param {Key} label
 * @param {(values: FormData) => Promise<void>} send
 */
export function formSubmit(form, label, send) {
  const line = make("p", "row submit");
  const button = worded("button", "primary", label);
  const fault = make("span", "fault");
  fault.setAttribute("role", "alert");
  line.append(button, fault);
  form.append(line);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    clearFaults(form);
    write(fault, "");
    const values = new FormData(form);
    button.disabled = true;
    word(button, "sending");
    try {
      await send(values);
    } catch (reason) {
      const field = /** @type {any} */ (reason)?.field ?? null;
      const message = troubleText(reason);
      if (!showFault(form, field, message)) {
        write(fault, field ? `${field}: ${message}` : message);
      }
    } finally {
      button.disabled = false;
      word(button, label);
    }
  });
}
