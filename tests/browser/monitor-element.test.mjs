// @ts-check
// <usher-monitor>: whatever the order in which its parts come, one session measures one element.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";
import { centralRecord } from "./player-page.mjs";

/**
 * What the experiments have at hand in the page.
 * @typedef {object} Lab
 * @property {(html: string) => any} put the first element of it, on the page
 * @property {(monitor: any) => Promise<any>} session resolves when the monitor has one
 * @property {(monitor: any) => Promise<void>} none resolves when the monitor has none
 * @property {() => Promise<void>} settle lets everything that is due happen
 * @property {(video: any) => Promise<void>} play half a second of the film
 * @property {() => Promise<unknown>} define imports the element
 * @property {string} film
 */

const ATTRIBUTES = `viewer="anna" title-id="plan-9" module="/usher/player.wasm"`;

describe("<usher-monitor>", () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /**
   * @param {(lab: Lab, attributes: string) => unknown} experiment
   * @param {{ late?: boolean }} [options] whether the experiment itself imports the element
   * @returns {Promise<any>}
   */
  async function observe(experiment, { late = false } = {}) {
    const page = await browser.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(`${server.url}/console`);
    const result = await page.evaluate(`(async () => {
      const define = () => import("/usher/element.js");
      if (!${late}) await define();
      const settle = () => new Promise((resolve) => setTimeout(resolve, 50));
      const until = async (condition) => {
        while (!condition()) await settle();
        return condition();
      };
      const lab = {
        define,
        settle,
        film: "/films/fifty-foot-test-card/film.mp4",
        put: (html) => {
          document.body.insertAdjacentHTML("beforeend", html);
          return document.body.lastElementChild;
        },
        session: (monitor) => until(() => monitor.session),
        none: (monitor) => until(() => !monitor.session),
        play: async (video) => {
          await video.play();
          await new Promise((resolve) => setTimeout(resolve, 500));
          video.pause();
          await settle();
        },
      };
      return (${experiment})(lab, ${JSON.stringify(ATTRIBUTES)});
    })()`);
    assert.deepEqual(errors, []);
    await page.close();
    return result;
  }

  test("sends the session token that it has when one is needed", async () => {
    const token = await observe(async ({ put, session, play, film }, attributes) => {
      const monitor = put(
        `<usher-monitor ${attributes}><video src="${film}"></video></usher-monitor>`,
      );
      const one = await session(monitor);
      // It need not be there when the session begins, and does not begin another.
      monitor.setAttribute("token", "e30.e30.bm8");
      await play(monitor.querySelector("video"));
      void one.flush();
      while (!one.delivery.lastBody) await new Promise((resolve) => setTimeout(resolve, 10));
      return monitor.session === one && JSON.parse(one.delivery.lastBody).token;
    });
    assert.equal(token, "e30.e30.bm8");
  });

  test("measures the media element inside it, and tells what the session tells", async () => {
    const seen = await observe(async ({ put, session, play, film }, attributes) => {
      const monitor = put(`<usher-monitor ${attributes} interval="1000"></usher-monitor>`);
      /** @type {string[]} */
      const events = [];
      for (const type of ["session", "engagement", "delivery", "milestone", "view", "refused"]) {
        monitor.addEventListener(type, () => events.push(type));
      }
      monitor.innerHTML = `<p><video src="${film}"></video></p>`;
      const one = await session(monitor);
      const video = monitor.querySelector("video");
      await play(video);
      await one.flush();
      const { uniqueMs } = one.engagement;
      return {
        viewId: one.viewId,
        uniqueMs,
        playedMs: video.played.end(0) * 1000,
        events: [...new Set(events)].sort(),
      };
    });
    assert.ok(Math.abs(seen.uniqueMs - seen.playedMs) <= 50, `${seen.uniqueMs}, ${seen.playedMs}`);
    assert.ok(["delivery", "engagement", "session"].every((type) => seen.events.includes(type)));
    assert.ok(!seen.events.includes("refused"));
    const record = await centralRecord(
      server.url,
      seen.viewId,
      (r) => r.unique_ms === seen.uniqueMs,
    );
    assert.equal(record.unique_ms, seen.uniqueMs);
    assert.equal(record.title, "plan-9");
    assert.equal(record.viewer, "anna");
  });

  test("is upgraded late, with its media element there already", async () => {
    const upgraded = await observe(
      async ({ put, define, session, film }, attributes) => {
        const monitor = put(
          `<usher-monitor ${attributes}><video src="${film}"></video></usher-monitor>`,
        );
        const before = monitor.session;
        await define();
        return [before === undefined, (await session(monitor)).viewId.length];
      },
      { late: true },
    );
    assert.deepEqual(upgraded, [true, 32]);
  });

  test("waits for what is missing: the media element, the title, the viewer", async () => {
    const steps = await observe(async ({ put, session, settle }) => {
      const monitor = put(`<usher-monitor module="/usher/player.wasm"></usher-monitor>`);
      const steps = [];
      for (const step of [
        () => monitor.append(document.createElement("video")),
        () => monitor.setAttribute("viewer", "anna"),
        () => monitor.setAttribute("title-id", "plan-9"),
      ]) {
        await settle();
        steps.push(monitor.session === null);
        step();
      }
      await session(monitor);
      return steps;
    });
    assert.deepEqual(steps, [true, true, true]);
  });

  test("keeps its session when it is moved, and ends it when it is removed", async () => {
    const seen = await observe(async ({ put, session, settle, none, play, film }, attributes) => {
      const monitor = put(
        `<usher-monitor ${attributes}><video src="${film}"></video></usher-monitor>`,
      );
      const place = put("<section></section>");
      const first = await session(monitor);
      place.append(monitor);
      await settle();
      const moved = monitor.session === first;
      const video = monitor.querySelector("video");
      await play(video);
      const playedMs = video.played.end(0) * 1000;
      monitor.remove();
      await none(monitor);
      // Back again: a fresh session on the same element.
      place.append(monitor);
      const second = await session(monitor);
      return {
        moved,
        fresh: second !== first && second.viewId !== first.viewId,
        difference: first.engagement.uniqueMs - playedMs,
      };
    });
    assert.equal(seen.moved, true);
    assert.equal(seen.fresh, true);
    assert.ok(Math.abs(seen.difference) <= 50);
  });

  test("follows its media element: another one, none, one that `for` names", async () => {
    const seen = await observe(async ({ put, session, none, settle }, attributes) => {
      const monitor = put(`<usher-monitor ${attributes}><video></video></usher-monitor>`);
      const first = await session(monitor);
      const [old] = monitor.children;
      old.replaceWith(document.createElement("audio"));
      await settle();
      const second = monitor.session;
      monitor.replaceChildren();
      await none(monitor);
      monitor.setAttribute("for", "elsewhere");
      await settle();
      const waits = monitor.session === null;
      // It comes later, and elsewhere; an element that is none is not taken for one.
      const place = put(`<div><p id="other"></p></div>`);
      place.insertAdjacentHTML("beforeend", `<video id="elsewhere"></video>`);
      const third = await session(monitor);
      monitor.setAttribute("for", "other");
      await none(monitor);
      return [second !== first, waits, third !== second];
    });
    assert.deepEqual(seen, [true, true, true]);
  });

  test("begins another view with another title, and another session with another viewer", async () => {
    const seen = await observe(async ({ put, session, settle }, attributes) => {
      const monitor = put(`<usher-monitor ${attributes}><video></video></usher-monitor>`);
      const first = await session(monitor);
      const { viewId } = first;
      let views = 0;
      monitor.addEventListener("view", () => (views += 1));
      monitor.setAttribute("title-id", "plan-10");
      await settle();
      const same = monitor.session === first && first.viewId !== viewId;
      monitor.setAttribute("viewer", "bert");
      await settle();
      return [same, views, monitor.session !== first && monitor.session !== null];
    });
    assert.deepEqual(seen, [true, 1, true]);
  });

  test("says what is wrong: a taken element, a title that cannot be, no module", async () => {
    const codes = await observe(async ({ put, session, settle }, attributes) => {
      /** @type {string[]} */
      const codes = [];
      document.addEventListener(
        "refused",
        (event) => {
          codes.push(/** @type {CustomEvent} */ (event).detail.code);
        },
        true,
      );
      const monitor = put(`<usher-monitor ${attributes} for="one"></usher-monitor>`);
      put(`<video id="one"></video>`);
      await session(monitor);
      put(`<usher-monitor ${attributes} for="one"></usher-monitor>`);
      await settle();
      monitor.setAttribute("title-id", "x".repeat(201));
      await settle();
      return codes;
    });
    assert.deepEqual(codes, ["already_attached", "invalid_value"]);
    const unreachable = await observe(
      async ({ put, define }) => {
        const monitor = put(`<usher-monitor module="/nowhere.wasm"></usher-monitor>`);
        const refused = new Promise((resolve) =>
          monitor.addEventListener("refused", (/** @type {CustomEvent} */ event) =>
            resolve(event.detail.code),
          ),
        );
        await define();
        return refused;
      },
      { late: true },
    );
    assert.equal(unreachable, "module_unreachable");
  });
});
