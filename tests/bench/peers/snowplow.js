// @ts-check
// A minimal use of Snowplow's tracker and media plugin. Its plugin for media elements only translates their
// events into these calls, an event a line, as this does.
import {
  endMediaTracking,
  SnowplowMediaPlugin,
  startMediaTracking,
  trackMediaBufferEnd,
  trackMediaBufferStart,
  trackMediaEnd,
  trackMediaPause,
  trackMediaPlay,
  trackMediaPlaybackRateChange,
  trackMediaReady,
  trackMediaSeekEnd,
  trackMediaSeekStart,
  trackMediaVolumeChange,
  updateMediaTracking,
  // @ts-ignore peers are installed for the bench alone
} from "@snowplow/browser-plugin-media";
// @ts-ignore peers are installed for the bench alone
import { newTracker } from "@snowplow/browser-tracker";

const ID = "film";

/**
 * @param {HTMLVideoElement} video
 * @param {string} origin of the collector
 */
export function measure(video, origin) {
  newTracker("bench", origin, {
    appId: "bench",
    eventMethod: "post",
    encodeBase64: false,
    bufferSize: 1,
    plugins: [SnowplowMediaPlugin()],
  });
  /** @returns {any} */
  const player = () => ({
    currentTime: video.currentTime,
    duration: video.duration,
    ended: video.ended,
    livestream: video.duration === Infinity,
    loop: video.loop,
    mediaType: "video",
    muted: video.muted,
    paused: video.paused,
    playbackRate: video.playbackRate,
    volume: Math.round(video.volume * 100),
  });
  let waiting = false;
  /** @type {Record<string, () => void>} */
  const calls = {
    play: () => trackMediaPlay({ id: ID, player: player() }),
    pause: () => trackMediaPause({ id: ID, player: player() }),
    ended: () => trackMediaEnd({ id: ID, player: player() }),
    seeking: () => trackMediaSeekStart({ id: ID, player: player() }),
    seeked: () => trackMediaSeekEnd({ id: ID, player: player() }),
    timeupdate: () => updateMediaTracking({ id: ID, player: player() }),
    ratechange: () =>
      trackMediaPlaybackRateChange({ id: ID, player: player(), newRate: video.playbackRate }),
    volumechange: () =>
      trackMediaVolumeChange({ id: ID, player: player(), newVolume: player().volume }),
    waiting: () => {
      waiting = true;
      trackMediaBufferStart({ id: ID, player: player() });
    },
    playing: () => {
      if (waiting) trackMediaBufferEnd({ id: ID, player: player() });
      waiting = false;
    },
  };
  startMediaTracking({ id: ID, player: player() });
  trackMediaReady({ id: ID, player: player() });
  for (const type in calls) {
    video.addEventListener(type, () => calls[type]?.());
  }
  return { finish: () => endMediaTracking({ id: ID }) };
}
