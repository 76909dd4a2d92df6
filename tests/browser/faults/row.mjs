// @ts-check
// One row of the fault table: tabs of one browser profile behind a proxy of their own.
import assert from "node:assert/strict";
import { eventually } from "../../edge/api.mjs";
import { ARRIVAL_MS_MAX } from "./verdict.mjs";

/** @typedef {import("playwright-core").BrowserContext} Context */
/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./proxy.mjs").Arrival} Arrival */

/** What the browser itself writes about a request that failed; no page can keep it from that. */
const BROWSERS_OWN = /^Failed to load resource/;

/** A tab on the stage. */
export class Tab {
  /**
   * @param {Page} page
   * @param {Row} row
   */
  constructor(page, row) {
    this.page = page;
    this.row = row;
  }

  /** Plays for so long and goes on. @param {number} seconds */
  play(seconds) {
    return this.#stage("play", seconds);
  }

  pause() {
    return this.#stage("pause");
  }

  /** Another film: the view ends and the next begins. */
  change() {
    return this.#stage("change");
  }

  burst() {
    return this.#stage("burst");
  }

  /** @returns {Promise<import("usher").Session["delivery"]>} */
  delivery() {
    return this.page.evaluate(() => /** @type {any} */ (globalThis).stage.delivery);
  }

  /** What the element says it has played goes into the truth of the row. */
  async read() {
    this.row.learn(await this.page.evaluate(() => /** @type {any} */ (globalThis).stage.read()));
  }

  /** Goes to another page while it does whatever it does. */
  async leave() {
    await this.read();
    await this.page.evaluate(() => /** @type {any} */ (globalThis).stage.leave()).catch(() => {});
    await this.page.waitForFunction(() => location.pathname === "/elsewhere");
  }

  async close() {
    await this.read();
    await this.page.close();
  }

  async reload() {
    await this.read();
    await this.page.reload();
    await this.ready();
  }

  /** Waits until the film can play and is measured. */
  async ready() {
    await this.page.waitForFunction(() => "stage" in globalThis);
    await this.read();
  }

  /**
   * @param {"play" | "pause" | "change" | "burst"} verb
   * @param {number} [seconds]
   */
  #stage(verb, seconds = 0) {
    return this.page.evaluate(
      (/** @type {[string, number]} */ [name, given]) =>
        /** @type {any} */ (globalThis).stage[name](given),
      /** @type {[string, number]} */ ([verb, seconds]),
    );
  }
}

export class Row {
  /** @type {Map<string, number>} what the elements played, in ms, by view; or a tool's events */
  truth = new Map();
  /** @type {string[]} what pages wrote to the console or threw */
  noise = [];
  /** @type {Page[]} */
  #pages = [];

  /**
   * @param {string} name
   * @param {Context} context
   * @param {import("./proxy.mjs").FaultProxy} proxy
   * @param {Record<string, string>} [stage] what else the stage is told
   */
  constructor(name, context, proxy, stage = {}) {
    this.name = name;
    this.context = context;
    this.proxy = proxy;
    this.stage = stage;
    this.title = name.replace(/\W+/g, "-");
    proxy.onTruth = (told) => this.learn(told);
  }

  get arrivals() {
    return this.proxy.arrivals;
  }

  /** @param {[string, number][]} told */
  learn(told) {
    for (const [record, ms] of told) {
      this.truth.set(record, Math.max(ms, this.truth.get(record) ?? 0));
    }
  }

  /**
   * Opens a tab whose film can play and is measured.
   * @param {{ intervalMs?: number, before?: (page: Page) => Promise<void> }} [options] `before` acts on a page
   *   of the same origin first
   */
  async open({ intervalMs = 1000, before } = {}) {
    const page = this.#listen(await this.context.newPage());
    if (before) {
      await page.goto(`${this.proxy.url}/elsewhere`);
      await before(page);
    }
    const query = new URLSearchParams({ viewer: this.title, title: this.title, ...this.stage });
    query.set("interval", String(intervalMs));
    await page.goto(`${this.proxy.url}/stage?${query}`);
    const tab = new Tab(page, this);
    await tab.ready();
    return tab;
  }

  /**
   * Duplicates a tab as a viewer does: the new one has a copy of its session storage.
   * @param {Tab} tab
   */
  async duplicate(tab) {
    const opened = new Promise((resolve) => tab.page.once("popup", resolve));
    await tab.page.evaluate(() => void open(location.href));
    const twin = new Tab(this.#listen(await opened), this);
    await twin.ready();
    return twin;
  }

  /** @param {number} count */
  arrived(count) {
    return eventually(async () => {
      assert.ok(this.arrivals.length >= count, `${this.arrivals.length} of ${count} requests`);
    }, ARRIVAL_MS_MAX);
  }

  /**
   * Plays the row and judges it.
   * @param {(typeof import("./rows.mjs").ROWS)[string]} act
   * @param {import("./powers.mjs").Powers} powers
   * @param {(row: Row, expected: import("./rows.mjs").Expected) => Promise<void>} judge
   */
  async run(act, powers, judge) {
    try {
      await this.proxy.listen();
      await judge(this, await act(this, powers));
    } finally {
      await this.#stop();
    }
  }

  async #stop() {
    for (const page of this.#pages) await page.close().catch(() => {});
    await this.context.close().catch(() => {});
    await this.proxy.stop();
  }

  /** @param {Page} page */
  #listen(page) {
    this.#pages.push(page);
    page.on("pageerror", (error) => this.noise.push(String(error)));
    page.on("console", (line) => {
      if (!BROWSERS_OWN.test(line.text())) this.noise.push(line.text());
    });
    return page;
  }
}
