// @ts-check
// Views without any SDK: the real hls.js, Shaka Player and dash.js play real HLS and DASH in Chromium
// and report to the real edge. With CMCD_VECTORS=folder each writes what it sent there, as it was sent.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { eventually, request } from "../edge/api.mjs";
import { startChromium } from "./chromium.mjs";
import { openCmcdPage, startFilms, TITLE } from "./cmcd-page.mjs";

/** @typedef {import("./cmcd-page.mjs").Library} Library */
/** @typedef {import("./cmcd-page.mjs").Truth} Truth */

const ERROR_MS_MAX = 300;

/** How the configuration of a library is called, and where it goes. */
const KEYS = {
  hls: (/** @type {any} */ target) => ({ cmcd: target.hls }),
  shaka: (/** @type {any} */ target) => ({ cmcd: target.shaka }),
  "shaka-release": (/** @type {any} */ target) => ({ cmcd: target.shaka }),
  dash: (/** @type {any} */ target) => ({ cmcd: target.dash }),
};

/** @type {[name: string, library: Library, format: "hls" | "dash"][]} */
const PLAYERS = [
  ["hls.js-hls", "hls", "hls"],
  ["shaka-player-hls", "shaka", "hls"],
  ["shaka-player-dash", "shaka", "dash"],
  ["dash.js-dash", "dash", "dash"],
];

/** What the viewer does; `stage` is the page's. */
const VIEWING = `async () => {
  await stage.play(3);
  await stage.pause(1.5);
  await stage.play(1.5);
  await stage.seek(30);
  await stage.wait(1.5);
  stage.mute(true);
  await stage.wait(1);
  stage.mute(false);
  stage.rate(2);
  await stage.wait(1.5);
  stage.rate(1);
  await stage.pause(0.8);
  await stage.play(1);
  await stage.pause(0);
}`;

/** Seeks while the film is paused, waits, and goes on. */
const PAUSED_SEEK = `async () => {
  await stage.play(2);
  await stage.pause(0.5);
  await stage.seek(40);
  await stage.wait(2);
  await stage.play(2);
  await stage.pause(0);
}`;

/** @type {import("../edge/server.mjs").Server} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {string[]} */
const table = [];

before(async () => {
  [server, browser] = await Promise.all([startFilms(), startChromium()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  console.log(
    [
      "player: playing, truth; paused, truth; times rate, truth, content shown; seeks; start-up (ms)",
      ...table,
    ].join("\n"),
  );
});

/**
 * Plays a film by a script; gives the truth, what was sent and answered, and the view at the centre.
 * @param {string} viewer
 * @param {Library} library
 * @param {"hls" | "dash"} format
 * @param {string} script
 * @param {{ requests?: boolean }} [options]
 */
async function watch(viewer, library, format, script, options = {}) {
  const { page, film } = await openCmcdPage(browser, server.url, library, format);
  /** @type {{ url: string, body: string, status: number }[]} */
  const sent = [];
  page.on("response", (response) => {
    const call = response.request();
    if (!response.url().includes("/v1/cmcd") || call.method() !== "POST") return;
    sent.push({ url: response.url(), body: call.postData() ?? "", status: response.status() });
  });
  const endpoint = `${server.url.replace("127.0.0.1", "localhost")}/v1/cmcd`;
  const target = await page.evaluate(
    async ({ viewer, title, endpoint, options }) => {
      // Behind a variable, so that it is the page that resolves it.
      const entry = "/usher/cmcd.js";
      const { cmcdTarget } = await import(entry);
      return cmcdTarget({ viewer, title, endpoint, ...options });
    },
    { viewer, title: TITLE, endpoint, options },
  );
  /** @type {Truth} */
  const truth = await page.evaluate(`(async () => {
    await stage.load(${JSON.stringify(library)}, ${JSON.stringify(film)}, ${JSON.stringify(KEYS[library](target))});
    await (${script})();
    const truth = { ...stage.truth };
    await stage.wait(0.3);
    await stage.destroy();
    return truth;
  })()`);
  await page.close();
  assert.deepEqual(
    sent.filter(({ status }) => status !== 200),
    [],
  );
  // All of it once more, and in another order: nothing may change.
  const again = await Promise.all(
    [...sent].reverse().map(({ url, body }) => request(url, { method: "POST", body })),
  );
  const lines = again.reduce((sum, { body }) => sum + body.lines, 0);
  const views = [...new Set(again.flatMap(({ body }) => body.views))];
  for (const { body } of again) {
    assert.equal(body.repeated, body.lines, JSON.stringify(body));
  }
  const record = await eventually(async () => {
    const { body } = await request(`${server.url}/v1/views/${views.at(-1)}`);
    assert.equal(body.version, lines);
    return body;
  });
  return { truth, sent, views, record };
}

/**
 * @param {string} name
 * @param {number} figure
 * @param {number} truth
 */
function assertClose(name, figure, truth) {
  assert.ok(Math.abs(figure - truth) <= ERROR_MS_MAX, `${name}: ${figure} for ${truth}`);
}

describe("one key makes a view of what a player plays:", { concurrency: 2 }, () => {
  for (const [name, library, format] of PLAYERS) {
    test(name, async () => {
      const viewer = `viewer-${name}`;
      const { truth, sent, views, record } = await watch(viewer, library, format, VIEWING);
      assert.equal(views.length, 1);
      table.push(
        `${name}: ${record.playing_ms}, ${truth.playingMs.toFixed(0)}; ${record.paused_ms}, ${truth.pausedMs.toFixed(0)}; ${record.played_ms}, ${truth.ratedMs.toFixed(0)}, ${truth.contentMs.toFixed(0)}; ${record.seeks}; ${record.startup_ms}`,
      );
      assertClose("playing_ms", record.playing_ms, truth.playingMs);
      assertClose("paused_ms", record.paused_ms, truth.pausedMs);
      assert.equal(record.seeks, truth.seeks);
      assert.equal(record.stalls, 0);
      assert.equal(record.source, "cmcd");
      assert.equal(record.viewer, viewer);
      assert.equal(record.title, TITLE);
      // No playhead is reported, so nothing is claimed that needs one.
      assert.deepEqual(
        [record.unique_ms, record.completion, record.duration_ms, record.milestones],
        [0, null, null, []],
      );
      if (library === "shaka") assertClose("muted_ms", record.muted_ms, truth.mutedMs);
      if (library === "hls") assertClose("played_ms", record.played_ms, truth.ratedMs);
      assert.ok(record.delivery.requests > 2);
      assert.equal(record.delivery.failed_requests, 0);
      keepVector(name, viewer, sent, truth);
    });
  }
});

describe("a seek while paused is not playing:", { concurrency: 2 }, () => {
  for (const [name, library, format] of PLAYERS) {
    test(name, async () => {
      const viewer = `paused-${name}`;
      const { truth, sent, record } = await watch(viewer, library, format, PAUSED_SEEK);
      // Shaka does not tell when it goes on: what it cannot prove is left out, and said.
      if (library === "shaka") {
        assert.ok(record.playing_ms <= truth.playingMs + ERROR_MS_MAX, `${record.playing_ms}`);
        assertClose("both", record.playing_ms + record.suspended_ms, truth.playingMs + 2000);
      } else {
        assertClose("playing_ms", record.playing_ms, truth.playingMs);
        assertClose("paused_ms", record.paused_ms, truth.pausedMs);
      }
      keepVector(`${name}-paused-seek`, viewer, sent, truth);
    });
  }
});

test("of Shaka's release build, which names no state, no playing is claimed", async () => {
  const { truth, record } = await watch("release", "shaka-release", "dash", VIEWING);
  assert.ok(truth.playingMs > 5000);
  assert.equal(record.playing_ms, 0);
  assert.ok(record.suspended_ms > 0);
  assert.ok(record.delivery.requests > 2);
});

test("the media route counts what players say beside their requests", async () => {
  const before = await requestsOf(TITLE);
  /** @type {Record<string, number>} */
  const said = {};
  for (const [library, format, keys] of /** @type {const} */ ([
    ["hls", "hls", { cmcd: { contentId: TITLE, sessionId: "v1-query" } }],
    ["hls", "hls", { cmcd: { contentId: TITLE, sessionId: "v1-headers", useHeaders: true } }],
    ["shaka", "dash", { cmcd: { enabled: true, contentId: TITLE, useHeaders: true } }],
    ["dash", "dash", { cmcd: { enabled: true, cid: TITLE } }],
    ["dash", "dash", { cmcd: { enabled: true, cid: TITLE, version: 2 } }],
  ])) {
    const { page, film } = await openCmcdPage(browser, server.url, library, format);
    page.on("request", (call) => {
      const tells = call.url().includes("CMCD=") || "cmcd-session" in call.headers();
      const version = call.url().includes("v%3D2") ? "v2" : "v1";
      if (tells && call.url().includes("/films/")) said[version] = (said[version] ?? 0) + 1;
    });
    const given = [library, film, keys].map((value) => JSON.stringify(value)).join(", ");
    await page.evaluate(`stage.load(${given})`);
    // Until its buffer is full: a request that is broken off may be counted or not.
    await page.waitForLoadState("networkidle");
    await page.evaluate("stage.destroy()");
    await page.close();
  }
  const counted = await eventually(async () => {
    const now = await requestsOf(TITLE);
    assert.equal(now.requests - before.requests, (said["v1"] ?? 0) + (said["v2"] ?? 0));
    return now;
  });
  assert.equal(counted.version_2 - before.version_2, said["v2"]);
  assert.equal(counted.malformed, before.malformed);
  assert.ok(counted.startups > before.startups);
});

/** @param {string} title */
async function requestsOf(title) {
  const { body } = await request(`${server.url}/v1/cmcd/requests`);
  const none = { requests: 0, version_2: 0, startups: 0, starved: 0, malformed: 0 };
  return body.titles.find((/** @type {any} */ counts) => counts.title === title) ?? none;
}

/**
 * @param {string} name
 * @param {string} viewer
 * @param {{ url: string, body: string }[]} sent
 * @param {Truth} truth
 */
function keepVector(name, viewer, sent, truth) {
  const folder = process.env.CMCD_VECTORS;
  if (!folder) return;
  const library = /^(.*)-(?:hls|dash)/.exec(name)?.[1] ?? "";
  const { version } = JSON.parse(
    readFileSync(`node_modules/${packageOf(library)}/package.json`, "utf8"),
  );
  const vector = {
    source: `${library} ${version} in Chromium, recorded by tests/browser/cmcd.test.mjs`,
    target: {
      viewer,
      title: TITLE,
      player: new URL(sent[0]?.url ?? "").searchParams.get("player"),
    },
    truth: Object.fromEntries(
      Object.entries(truth).map(([key, value]) => [key, Math.round(value)]),
    ),
    bodies: sent.map(({ body }) => body),
  };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(vector, null, 2)}\n`);
}

/** @param {string} library */
function packageOf(library) {
  return library === "dash.js" ? "dashjs" : library;
}
