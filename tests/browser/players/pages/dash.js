// @ts-check
import { MediaPlayer } from "dashjs";
import { attachDash } from "usher/dash";
import { present } from "./stage.mjs";

present((options, video) => {
  const player = MediaPlayer().create();
  player.updateSettings({
    streaming: {
      abr: { autoSwitchBitrate: { video: false }, initialBitrate: { video: 100 } },
      buffer: { fastSwitchEnabled: true },
      retryIntervals: { MediaSegment: 100 },
    },
  });
  player.initialize();
  const attachment = attachDash(player, options);
  player.attachView(video);
  player.setAutoPlay(false);
  return {
    video,
    attachment,
    load: (name) => player.attachSource(addressOf(name)),
    force: (heightPx) => {
      const wanted = player
        .getRepresentationsByType("video")
        .find(({ height }) => height === heightPx);
      if (wanted) player.setRepresentationForTypeById("video", wanted.id, true);
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
