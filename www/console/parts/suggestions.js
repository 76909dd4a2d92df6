// @ts-check
// What a field offers while typing: the names that a server has, asked for when they are needed.
import { address, call } from "./api.js";

const OFFERED_MAX = 50;
const REST_MS = 150;

/**
 * Offers the ids of plans in all fields of this name.
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export async function suggestPlans(form, name) {
  const rows = await call("/v1/plans").then(
    (page) => /** @type {{ id: string }[]} */ (page.rows),
    () => [],
  );
  offer(
    form,
    name,
    rows.map(({ id }) => [id, ""]),
  );
}

/**
 * Offers titles as they are searched for by what stands in the field.
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export function suggestTitles(form, name) {
  asYouType(form, name, async (q) => {
    const page = await call(address("/v1/catalogue/titles", { q, limit: OFFERED_MAX }));
    return page.rows.map((/** @type {{ id: string, name: string }} */ row) => [row.id, row.name]);
  });
}

/**
 * Offers the viewers that have an account.
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export function suggestViewers(form, name) {
  asYouType(form, name, async (q) => {
    const page = await call(address("/v1/accounts", { q, limit: OFFERED_MAX }));
    return page.rows.map((/** @type {{ viewer: string }} */ row) => [row.viewer, ""]);
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {(typed: string) => Promise<[string, string][]>} ask
 */
function asYouType(form, name, ask) {
  const input = form.querySelector(`[name="${name}"]`);
  if (!(input instanceof HTMLInputElement)) return;
  let timer = 0;
  const search = () => {
    clearTimeout(timer);
    timer = window.setTimeout(async () => {
      // Without an answer nothing is suggested and everything can be typed.
      const found = await ask(input.value.trim()).catch(() => null);
      if (found) offer(form, name, found);
    }, REST_MS);
  };
  input.addEventListener("focus", search);
  input.addEventListener("input", search);
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {[string, string][]} rows a value and what is said of it
 */
function offer(form, name, rows) {
  const input = form.querySelector(`[name="${name}"]`);
  const list = input instanceof HTMLInputElement ? input.list : null;
  list?.replaceChildren(...rows.map(([value, label]) => new Option(label || value, value)));
}
