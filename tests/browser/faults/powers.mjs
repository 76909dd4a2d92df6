// @ts-check
// What each browser can be made to do.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { eventually } from "../../edge/api.mjs";

/** @typedef {import("./row.mjs").Row} Row */
/** @typedef {import("./row.mjs").Tab} Tab */

/**
 * @typedef {object} Powers
 * @property {(row: Row, away: boolean) => Promise<void>} offline
 * @property {(tab: Tab) => Promise<void>} crash ends the tab's renderer as a fault of its own would
 * @property {(page: import("playwright-core").Page, bytes: number) => Promise<void>} [quota] limits what
 *   the origin may store
 */

/** @type {Powers} */
export const CHROMIUM = {
  offline: (row, away) => row.context.setOffline(away),
  crash: async ({ page }) => {
    const devTools = await page.context().newCDPSession(page);
    const crashed = new Promise((resolve) => page.once("crash", resolve));
    // It never answers.
    void devTools.send("Page.crash").catch(() => {});
    await crashed;
    await page.close();
  },
  quota: async (page, quotaSize) => {
    const devTools = await page.context().newCDPSession(page);
    const { origin } = new URL(page.url());
    await devTools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize });
  },
};

/** @type {Powers} */
export const FIREFOX = {
  // Connections are refused: what a browser finds when the way to the edge is gone.
  offline: (row, away) => (away ? row.proxy.goOffline() : row.proxy.listen()),
  crash: async ({ page }) => {
    const firefox = /** @type {any} */ (page).browser().process().pid;
    process.kill(contentOf(firefox), "SIGKILL");
    // There is nothing in the tab any more, or nobody who could say.
    await eventually(async () => {
      const isThere = await page.evaluate(() => "stage" in globalThis).catch(() => false);
      assert.equal(isThere, false);
    });
  },
};

/**
 * The process in which a Firefox plays: of those that have tabs the one that did most.
 * @param {number} firefox
 */
function contentOf(firefox) {
  const pids = readdirSync("/proc").map(Number).filter(Boolean);
  const [busiest] = pids
    .map((pid) => ({ pid, ticks: ticksOf(pid, firefox) }))
    .sort((a, b) => b.ticks - a.ticks);
  if (!busiest?.ticks) throw new Error(`expected a tab of the process \`${firefox}\``);
  return busiest.pid;
}

/**
 * Processor time of a process that has tabs of a Firefox; 0 of any other.
 * @param {number} pid
 * @param {number} firefox
 */
function ticksOf(pid, firefox) {
  try {
    const read = (/** @type {string} */ file) => readFileSync(`/proc/${pid}/${file}`, "utf8");
    const words = read("cmdline").split(/[\0 ]/);
    const isContent = read("comm") === "Web Content\n" && words.includes(String(firefox));
    // `utime`, the 14th field; the name before may hold anything.
    const [, fields = ""] = /.*\) (.*)/s.exec(read("stat")) ?? [];
    return isContent ? Number(fields.split(" ")[11]) : 0;
  } catch {
    // It ended meanwhile.
    return 0;
  }
}
