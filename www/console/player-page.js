// @ts-check
// The player page of CULTflicks: a film, what was watched of it, and where that went.
import { attach, init } from "usher";
import { catalogue } from "./parts/catalogue.js";
import { CentralPanel } from "./parts/central-panel.js";
import { CouponBox } from "./parts/coupon-box.js";
import { CoverageStrip } from "./parts/coverage-strip.js";
import { DeliveryPanel } from "./parts/delivery-panel.js";
import { clock, NOTHING } from "./parts/duration.js";
import { element, write } from "./parts/element.js";
import { filmKeys } from "./parts/film-keys.js";
import { filmPicker } from "./parts/film-picker.js";
import { Notice } from "./parts/notice.js";
import { Receipt } from "./parts/receipt.js";
import { Screening } from "./parts/screening.js";
import { sessionToken } from "./parts/session-token.js";
import { shortcuts } from "./parts/shortcuts.js";
import { themeToggle } from "./parts/theme-toggle.js";
import { viewer } from "./parts/viewer.js";
import { WatchBox } from "./parts/watch-box.js";

/** @typedef {import("usher").Session} Session */

/** How often a page at rest is redrawn: the paused time goes on. */
const REST_MS = 500;

const video = element("player", HTMLVideoElement);
const notice = new Notice(element("notice", HTMLElement));
const screening = new Screening(video);
const watch = new WatchBox(viewer(), screening);
const strip = new CoverageStrip(element("strip", HTMLElement), (positionMs) => {
  video.currentTime = positionMs / 1000;
});
const nextTheme = themeToggle(element("theme", HTMLButtonElement));
const reload = { label: "Load again", act: () => location.reload() };

shortcuts([
  ...filmKeys(video, () => screening.play()),
  { keys: ["t"], shown: "t", does: "another theme", act: nextTheme },
]);

screening.addEventListener("failed", (event) => {
  const sentence = event instanceof CustomEvent ? event.detail : "";
  notice.show("film", {
    title: "The film does not run.",
    text: `Sorry: ${sentence}.`,
    remedy: reload,
  });
});
screening.addEventListener("refused", () => {
  notice.show("refused", {
    title: "Your browser waits for you.",
    text: "It starts no film with sound by itself.",
    remedy: { label: "Play", act: () => screening.play() },
  });
});
video.addEventListener("playing", () => notice.clear("refused"));
video.addEventListener("loadedmetadata", () => notice.clear("film"));

/** @type {CouponBox | undefined} */
let tickets;
const programme = openProgramme();
const module = init("/usher/player.wasm");
// Its failure is told once the programme is up; until then it must not count as unhandled.
module.catch(() => {});
// The film has its source before the session looks at it: no view begins for an empty screen.
await programme;
try {
  await module;
  tickets = new CouponBox(viewer(), () => video.dataset.title ?? "");
  measure();
} catch (reason) {
  const why = reason instanceof Error ? reason.message : String(reason);
  notice.show("module", {
    title: "The film runs, but nothing is counted.",
    text: `The measuring module did not load: ${why}.`,
    remedy: reload,
  });
  drawFilm();
}

async function openProgramme() {
  try {
    const films = await catalogue();
    /** @type {Promise<void> | undefined} */
    let shown;
    filmPicker(
      element("programme", HTMLFormElement),
      element("films", HTMLElement),
      films,
      (film, delivery) => {
        write(element("film-name", HTMLElement), film.name);
        write(element("film-tagline", HTMLElement), film.tagline);
        document.title = `${film.name} · CULTflicks`;
        shown = watch.show(film, delivery).then(() => tickets?.filmChanged());
      },
    );
    await shown;
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    notice.show("film", {
      title: "There is no film tonight.",
      text: `The programme did not load: ${why}.`,
      remedy: reload,
    });
  }
}

function measure() {
  const title = () => video.dataset.title ?? "untitled";
  const name = viewer();
  const session = attach(video, { viewer: name, title, token: () => sessionToken(name) });
  Object.assign(globalThis, { usherSession: session });

  const receipt = new Receipt(video);
  const leaves = new DeliveryPanel();
  const central = new CentralPanel(session, title);
  session.addEventListener("refused", (event) => {
    /** @type {{ code: string, message: string } | null} */
    const refusal = event instanceof CustomEvent ? event.detail : null;
    notice.show("refused-view", {
      title: "A view was set aside and is not counted.",
      text: refusal
        ? `The edge said: ${refusal.message} (${refusal.code}).`
        : "Too many views wait for the edge.",
    });
  });

  redraw(() => {
    const { engagement, delivery } = session;
    receipt.show(session, engagement);
    drawStrip(engagement.intervals, engagement.rewatched ?? []);
    leaves.show(delivery);
    central.show(engagement, delivery);
  });
}

/** Without a measurement there is still a playhead. */
function drawFilm() {
  redraw(() => drawStrip([], []));
}

/**
 * @param {[number, number][]} unique
 * @param {[number, number][]} rewatched
 */
function drawStrip(unique, rewatched) {
  const durationMs = Number.isFinite(video.duration) ? video.duration * 1000 : 0;
  const positionMs = video.currentTime * 1000;
  strip.show({ durationMs, positionMs, unique, rewatched });
  write(element("position", HTMLElement), clock(positionMs));
  write(element("duration", HTMLElement), durationMs > 0 ? clock(durationMs) : NOTHING);
}

/**
 * Draws with every frame while the film plays, seldom while it rests, never while nobody looks.
 *
 * @param {() => void} draw
 */
function redraw(draw) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = 0;
  let frame = 0;
  const step = () => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    draw();
    if (document.visibilityState === "hidden") return;
    if (video.paused || calm.matches) timer = window.setTimeout(step, REST_MS);
    else frame = requestAnimationFrame(step);
  };
  for (const name of ["play", "pause", "seeking", "seeked", "ended", "durationchange", "emptied"]) {
    video.addEventListener(name, step);
  }
  document.addEventListener("visibilitychange", step);
  step();
}
