// @ts-check
// The operator's catalogue in a browser: how its tests open it, read it and fill it in.
import assert from "node:assert/strict";
import { eventually } from "../edge/api.mjs";

/** What is shown comes by one answer; on a busy machine that takes its time. */
const SHOWN_MS_MAX = 20_000;

/**
 * @typedef {object} Opened
 * @property {import("playwright-core").Page} page
 * @property {(selector: string) => Promise<string>} shown the text of an element
 * @property {(selector: string, text: RegExp) => Promise<void>} says waits for a text
 * @property {(form: string, values: Record<string, string>) => Promise<void>} fill fields by their names
 * @property {(form: string, field: string) => Promise<string>} fault the complaint at a field
 * @property {(hash: string) => Promise<void>} go to another part of the page
 * @property {(expected?: RegExp) => Promise<void>} close and look at what the browser complained of: it tells of
 *   answers that are refusals
 */

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} address
 * @param {{ width?: number, dark?: boolean, locale?: string }} [as]
 * @returns {Promise<Opened>}
 */
export async function openPage(browser, address, as = {}) {
  const { width = 1280, dark = false, locale = "en" } = as;
  /** @type {string[]} */
  const complaints = [];
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? "dark" : "light",
    timezoneId: "Europe/Madrid",
    locale,
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() !== "log") complaints.push(message.text());
  });
  await page.goto(address);
  const shown = async (/** @type {string} */ selector) =>
    (await page.locator(selector).innerText()).trim();
  return {
    page,
    shown,
    says: (selector, text) =>
      eventually(async () => assert.match(await shown(selector), text), SHOWN_MS_MAX),
    async fill(form, values) {
      for (const [name, value] of Object.entries(values)) {
        const field = page.locator(`${form} [name="${name}"]`).first();
        const kind = await field.evaluate((control) =>
          control instanceof HTMLSelectElement ? "select" : control.getAttribute("type"),
        );
        if (kind === "select") await field.selectOption(value);
        else if (kind === "radio") {
          await page.click(`${form} label:has([name="${name}"][value="${value}"])`);
        } else if (kind === "checkbox") await field.setChecked(value === "on");
        else await field.fill(value);
      }
    },
    async fault(form, field) {
      const fault = page.locator(`${form} [data-field="${field}"] .fault`);
      await fault.waitFor({ state: "visible" });
      const focused = await page.evaluate(() => document.activeElement?.getAttribute("name"));
      assert.equal(focused, field);
      return fault.innerText();
    },
    go: async (hash) => {
      await page.evaluate((to) => void (location.hash = to), hash);
    },
    async close(expected) {
      const unexpected = complaints.filter((text) => !expected?.test(text));
      await context.close();
      assert.deepEqual(unexpected, []);
    },
  };
}
