// @ts-check
import videojs from "video.js";
import { attachVideoJs } from "usher/video-js";
import { present } from "./stage.mjs";

present((options, element) => {
  // Its own streaming engine, also where the browser knows HLS by itself.
  const player = videojs(element, { html5: { vhs: { overrideNative: true } } });
  // Its box took the name of the element.
  player.el().id = "box";
  element.id = "player";
  const attachment = attachVideoJs(player, options);
  return {
    video: element,
    attachment,
    load: (name) => player.src({ src: addressOf(name), type: "application/x-mpegURL" }),
    force: (heightPx) => {
      for (const level of Array.from(/** @type {any} */ (player).qualityLevels().levels_)) {
        level.enabled = level.height === heightPx;
      }
    },
    leave: () => player.dispose(),
  };
});

/** @param {string} name */
function addressOf(name) {
  return name === "broken" ? "/players/films/broken/hls/film.m3u8" : `/films/${name}/film.m3u8`;
}
