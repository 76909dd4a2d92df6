// @ts-check
import shaka from "shaka-player/dist/shaka-player.compiled.js";
import { attachShaka } from "usher/shaka";
import { present } from "./stage.mjs";

present(async (options, video) => {
  const player = new shaka.Player();
  player.configure({ abr: { enabled: false }, streaming: { bufferingGoal: 10 } });
  const attachment = attachShaka(player, options);
  await player.attach(video);
  return {
    video,
    attachment,
    load: (name) => player.load(addressOf(name)),
    force: (heightPx) => {
      const track = player.getVariantTracks().find(({ height }) => height === heightPx);
      if (track) player.selectVariantTrack(track);
    },
    leave: () => player.destroy(),
  };
});

/** @param {string} name */
function addressOf(name) {
  return name === "broken"
    ? "/players/films/broken/dash/film.mpd"
    : `/players/films/dash/${name}/film.mpd`;
}
