// @ts-check
// The fault table in Chromium: whatever goes wrong on the way, the centre has what the element played.
import { after, before, describe, test } from "node:test";
import { startServer } from "../../edge/server.mjs";
import { startChromium } from "../chromium.mjs";
import { CHROMIUM } from "./powers.mjs";
import { FaultProxy } from "./proxy.mjs";
import { ROWS } from "./rows.mjs";
import { Row } from "./row.mjs";
import { WINDOWS, judgeAt, tableOf } from "./verdict.mjs";

/** Rows that run beside each other; each waits most of the time. */
const ROWS_AT_ONCE = 4;

describe(
  "in Chromium nothing is lost and nothing counted twice after",
  { concurrency: ROWS_AT_ONCE },
  () => {
    /** @type {import("../../edge/server.mjs").Server} */
    let server;
    /** @type {import("playwright-core").Browser} */
    let browser;
    /** @type {import("./verdict.mjs").Verdict[]} */
    const verdicts = [];

    before(async () => {
      [server, browser] = await Promise.all([
        startServer({ environment: WINDOWS }),
        startChromium(),
      ]);
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
      console.log(tableOf("Chromium", verdicts));
    });

    for (const [name, act] of Object.entries(ROWS)) {
      test(name, { timeout: 180_000 }, async () => {
        const row = new Row(name, await browser.newContext(), new FaultProxy(server.url));
        await row.run(act, CHROMIUM, judgeAt(server.url, verdicts));
      });
    }
  },
);
