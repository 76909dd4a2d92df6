// @ts-check
// Whether browsers take exactly the signatures that Wycheproof takes: a page verifies its entitlement token by them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "../edge/server.mjs";
import { differences, signatures } from "../edge/wycheproof.mjs";
import { startChromium } from "./chromium.mjs";
import { startFirefox } from "./firefox.mjs";

/** @type {import("../edge/server.mjs").Server} */
let server;

before(async () => {
  server = await startServer();
});
after(() => server.stop());

for (const [name, start] of Object.entries({ chromium: startChromium, firefox: startFirefox })) {
  test(
    `${name}_takes_the_signatures_that_wycheproof_takes_and_no_other`,
    { timeout: 60_000 },
    async (context) => {
      const browser = await start();
      context.after(() => browser.close());
      const page = await browser.newPage();
      await page.goto(`${server.url}/console`);
      const given = { url: "/usher/rights.js", vectors: signatures() };
      assert.deepEqual(await page.evaluate(differences, given), []);
    },
  );
}
