// @ts-check
import puppeteer from "puppeteer-core";

/**
 * Starts Debian's Firefox, or the one that `FIREFOX` names; it plays without a gesture. The pages
 * answer to what the tests use of Playwright's.
 * @returns {Promise<import("playwright-core").Browser>}
 */
export async function startFirefox() {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX || "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: {
      "media.autoplay.default": 0,
      // It talks to nobody but the page's server.
      "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false,
    },
  });
  return /** @type {any} */ (browser);
}
