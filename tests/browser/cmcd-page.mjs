// @ts-check
// A page in which a player of another project plays a film, told by one key to report to the edge.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DEMO, startServer } from "../edge/server.mjs";
import { MEDIA, TITLES, makeMedia } from "./players/media.mjs";

/** @typedef {"hls" | "shaka" | "shaka-release" | "dash"} Library */

/**
 * What the page knows of its element, in ms: the truth. `ratedMs` is playing time times the
 * rate, `contentMs` the content that was shown, which begins some frames later.
 * @typedef {{ playingMs: number, pausedMs: number, mutedMs: number, ratedMs: number, contentMs: number, seeks: number }} Truth
 */

/**
 * The script of each library, as its package ships it for pages without a bundler. Shaka's release
 * builds leave the state out of every report (their compiler renames the key), its debug builds do not.
 */
const SCRIPTS = {
  hls: "hls.js/dist/hls.min.js",
  shaka: "shaka-player/dist/shaka-player.compiled.debug.js",
  "shaka-release": "shaka-player/dist/shaka-player.compiled.js",
  dash: "dashjs/dist/modern/umd/dash.all.min.js",
};

/** The film that is played. */
export const TITLE = String(TITLES[0]);

/** Starts the real edge with the demo's films, each as HLS and as DASH. */
export async function startFilms() {
  makeMedia();
  const site = `target/media/cmcd-site.${process.pid}`;
  execFileSync("cp", ["-al", DEMO, site]);
  process.once("exit", () => rmSync(site, { recursive: true, force: true }));
  const folder = join(site, "public/films", TITLE, "dash");
  mkdirSync(folder);
  execFileSync("cp", ["-al", `${join(MEDIA, "dash", TITLE)}/.`, folder]);
  return startServer({ demo: site });
}

/**
 * Opens a page of a site that is not the edge's: `localhost` is another origin than `127.0.0.1`, so
 * that the browser asks before it sends a report.
 * @param {import("playwright-core").Browser} browser
 * @param {string} url of the edge
 * @param {Library} library
 * @param {"hls" | "dash"} format
 */
export async function openCmcdPage(browser, url, library, format) {
  // The page's bytes come from nowhere, which to Chromium is the Internet.
  const page = await browser.newPage({ permissions: ["local-network-access"] });
  /** @type {Record<string, string | undefined>} */
  const script = { path: `node_modules/${SCRIPTS[library]}`, contentType: "text/javascript" };
  await page.route("**/cmcd-page/library.js", (route) => route.fulfill(script));
  await page.route("**/cmcd-page/", (route) =>
    route.fulfill({ contentType: "text/html", body: HTML }),
  );
  await page.goto(`${url}/cmcd-page/`);
  await page.evaluate(STAGE);
  const film = `${url}/films/${TITLE}/${format === "hls" ? "film.m3u8" : "dash/film.mpd"}`;
  return { page, film };
}

const HTML = `<!doctype html><meta charset="utf-8" /><title>CMCD</title>
<video id="player" width="320" height="180" playsinline></video>
<script src="library.js"></script>`;

/** Runs in the page: `stage.load(library, film, keys)`, hands for the viewer, and the truth. */
const STAGE = `(() => {
  const video = document.querySelector("video");
  const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const truth = { playingMs: 0, pausedMs: 0, mutedMs: 0, ratedMs: 0, contentMs: 0, seeks: 0 };
  let hasPlayed = false;
  let last = { at: performance.now(), position: 0, paused: true, seeking: false, muted: false, rate: 1 };
  // The element itself, looked at often: what holds is what it said before, and content that moved
  // was shown.
  const look = () => {
    const { currentTime: position, paused, seeking, muted, playbackRate: rate } = video;
    const now = { at: performance.now(), position, paused, seeking, muted, rate };
    const wall = now.at - last.at;
    const moved = (now.position - last.position) * 1000;
    if (moved > 0 && moved < wall * rate + 100 && !seeking && !last.seeking) {
      hasPlayed = true;
      truth.contentMs += moved;
    }
    if (hasPlayed && last.paused) truth.pausedMs += wall;
    if (hasPlayed && !last.paused && !last.seeking) {
      truth.playingMs += wall;
      truth.ratedMs += wall * last.rate;
      if (last.muted) truth.mutedMs += wall;
    }
    last = now;
  };
  setInterval(look, 10);
  for (const event of ["play", "pause", "seeking", "seeked", "playing", "volumechange", "ratechange"]) {
    video.addEventListener(event, look);
  }
  video.addEventListener("seeking", () => (truth.seeks += Number(hasPlayed)));
  globalThis.stage = {
    truth,
    play: async (seconds) => { await video.play(); await wait(seconds); look(); },
    pause: async (seconds) => { look(); video.pause(); await wait(seconds); look(); },
    seek: (seconds) => new Promise((resolve) => {
      look();
      video.addEventListener("seeked", resolve, { once: true });
      video.currentTime = seconds;
    }),
    rate: (rate) => { look(); video.playbackRate = rate; },
    mute: (muted) => { look(); video.muted = muted; },
    wait: async (seconds) => { await wait(seconds); look(); },
    ended: async () => { while (!video.ended) await wait(0.05); look(); },
    load: async (library, film, keys) => {
      if (library === "hls") {
        const hls = new Hls(keys);
        hls.attachMedia(video);
        hls.loadSource(film);
        stage.destroy = () => hls.destroy();
        stage.load = (library, film) => hls.loadSource(film);
      } else if (library.startsWith("shaka")) {
        shaka.polyfill.installAll();
        const player = new shaka.Player();
        await player.attach(video);
        player.configure(keys);
        await player.load(film);
        stage.destroy = () => player.destroy();
      } else {
        const player = dashjs.MediaPlayer().create();
        player.updateSettings({ debug: { logLevel: 1 }, streaming: keys });
        player.initialize(video, film, false);
        stage.destroy = () => player.destroy();
      }
      while (video.readyState < 3) await wait(0.02);
      await wait(0.4);
    },
  };
})()`;
