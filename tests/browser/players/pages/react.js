// @ts-check
// A page in React's strict mode, where every effect runs, is undone, and runs again.
import Hls from "hls.js";
import { createElement, StrictMode, useEffect, useRef } from "react";
import { createRoot } from "react-dom/client";
import { attach, init } from "usher";
import "usher/element";
import { attachHls } from "usher/hls";

/** @typedef {{ film: string }} Props */

const viewer = "anna";
/** What was attached, in turn. @type {(import("usher").Session | import("usher/hls").Attachment)[]} */
const attached = [];

/** @param {Props} props */
function Film({ film }) {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  useEffect(() => {
    const session = attach(/** @type {HTMLVideoElement} */ (video.current), {
      viewer,
      title: film,
    });
    attached.push(session);
    return () => session.destroy();
  }, [film]);
  return createElement("video", { ref: video, id: "player", src: `/films/${film}/film.mp4` });
}

/** @param {Props} props */
function HlsFilm({ film }) {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  useEffect(() => {
    const hls = new Hls();
    const attachment = attachHls(hls, { viewer, title: film });
    attached.push(attachment);
    hls.loadSource(`/films/${film}/film.m3u8`);
    hls.attachMedia(/** @type {HTMLVideoElement} */ (video.current));
    return () => {
      attachment.destroy();
      hls.destroy();
    };
  }, [film]);
  return createElement("video", { ref: video, id: "player" });
}

/** @param {Props} props */
function MonitoredFilm({ film }) {
  const source = `/films/${film}/film.mp4`;
  const settings = { viewer, "title-id": film, module: "/usher/player.wasm" };
  return createElement(
    "usher-monitor",
    settings,
    createElement("video", { id: "player", src: source }),
  );
}

await init("/usher/player.wasm");
const root = createRoot(document.querySelector("#root"));
const kinds = { Film, HlsFilm, MonitoredFilm };
Object.assign(globalThis, {
  stage: {
    attached,
    attach,
    /** @param {keyof typeof kinds} kind @param {string} film */
    show: (kind, film) =>
      root.render(createElement(StrictMode, null, createElement(kinds[kind], { film }))),
    leave: () => root.unmount(),
  },
});
