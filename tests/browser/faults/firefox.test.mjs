// @ts-check
// The rows of the fault table that Firefox can be put through.
import { after, before, describe, test } from "node:test";
import { startServer } from "../../edge/server.mjs";
import { startFirefox } from "../firefox.mjs";
import { FIREFOX } from "./powers.mjs";
import { FaultProxy } from "./proxy.mjs";
import { ROWS } from "./rows.mjs";
import { Row } from "./row.mjs";
import { WINDOWS, judgeAt, tableOf } from "./verdict.mjs";

/** Each row has a Firefox for itself meanwhile, since a page behind another one is slowed down. */
const BROWSERS = 3;

describe("in Firefox nothing is lost and nothing counted twice,", { concurrency: BROWSERS }, () => {
  /** @type {import("../../edge/server.mjs").Server} */
  let server;
  /** @type {any[]} puppeteer's, whose pages answer to what is used of Playwright's */
  let browsers = [];
  /** @type {import("./verdict.mjs").Verdict[]} */
  const verdicts = [];

  before(async () => {
    server = await startServer({ environment: WINDOWS });
    browsers = await Promise.all(Array.from({ length: BROWSERS }, startFirefox));
  });
  after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await server?.stop();
    console.log(tableOf("Firefox", verdicts));
  });

  for (const [name, act] of Object.entries(ROWS)) {
    test(name, { timeout: 180_000 }, async () => {
      const browser = browsers.pop();
      try {
        const context = await browser.createBrowserContext();
        const row = new Row(name, context, new FaultProxy(server.url));
        await row.run(act, FIREFOX, judgeAt(server.url, verdicts));
      } finally {
        browsers.push(browser);
      }
    });
  }
});
