// @ts-check
import Hls from "hls.js";
import { attachHls } from "usher/hls";
import { present } from "./stage.mjs";

present((options, video) => {
  const hls = new Hls({ startLevel: 0, maxBufferLength: 10 });
  // Before it has an element: the session begins when it does.
  const attachment = attachHls(hls, options);
  hls.attachMedia(video);
  return {
    video,
    attachment,
    load: (name) => hls.loadSource(addressOf(name)),
    force: (heightPx) => {
      hls.nextLevel = hls.levels.findIndex(({ height }) => height === heightPx);
    },
    leave: () => hls.destroy(),
  };
});

/** @param {string} name */
function addressOf(name) {
  return name === "broken" ? "/players/films/broken/hls/film.m3u8" : `/films/${name}/film.m3u8`;
}
