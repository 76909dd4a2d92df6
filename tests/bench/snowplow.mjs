// @ts-check
// Snowplow's media measurement fed with the stream of readings, in two ways.
import { Flag } from "usher";
import { EVENTS } from "./stream.mjs";

/** Snowplow's names of the events, by number; it has none for what only brings the time. */
const TYPES = [
  undefined,
  "play",
  "pause",
  "seek_start",
  "seek_end",
  "playback_rate_change",
  "volume_change",
  "buffer_start",
  "buffer_end",
  "end",
];

/**
 * Every reading to the statistics class itself. The one player object is written over: that spares it
 * what its own plugin spends, which makes a new one for each event.
 * @param {any} snowplow
 * @param {import("./stream.mjs").Stream} stream
 * @param {(index: number) => boolean} begins whether a new view begins with a reading
 */
export function throughStatistics(snowplow, stream, begins) {
  const { length, durationS, positionS, rate, flags, event } = stream;
  let statistics = new snowplow.MediaSessionTrackingStats();
  const player = playerAt(stream, 0);
  player.duration = durationS;
  for (let index = 0; index < length; index += 1) {
    if (begins(index)) statistics = new snowplow.MediaSessionTrackingStats();
    const bits = flags[index] ?? 0;
    player.currentTime = positionS[index] ?? 0;
    player.playbackRate = rate[index] ?? 1;
    player.paused = (bits & Flag.paused) !== 0;
    player.muted = (bits & Flag.muted) !== 0;
    player.ended = (bits & Flag.ended) !== 0;
    statistics.update(TYPES[event[index] ?? 0], player);
  }
  return statistics;
}

/**
 * The same with a player object for each reading, as its plugin makes one for each event.
 * @param {any} snowplow
 * @param {import("./stream.mjs").Stream} stream
 * @param {(index: number) => boolean} begins
 */
export function throughStatisticsAfresh(snowplow, stream, begins) {
  let statistics = new snowplow.MediaSessionTrackingStats();
  for (let index = 0; index < stream.length; index += 1) {
    if (begins(index)) statistics = new snowplow.MediaSessionTrackingStats();
    statistics.update(TYPES[stream.event[index] ?? 0], playerAt(stream, index));
  }
  return statistics;
}

/**
 * Every reading through the public functions of the plugin, as a page calls them, to a tracker that sends
 * nothing.
 * @param {any} snowplow
 * @param {import("./stream.mjs").Stream} stream
 * @param {number} length how many readings of it
 */
export function throughApi(snowplow, stream, length) {
  const id = "film";
  let sent = 0;
  const core = snowplow.trackerCore({ base64: false, callback: () => (sent += 1) });
  const tracker = { id: "bench", core, updatePageActivity: () => {} };
  snowplow.SnowplowMediaPlugin().activateBrowserPlugin(tracker);
  /** @type {Record<number, (args: any) => void>} */
  const calls = {
    [EVENTS.timeupdate]: (args) => snowplow.updateMediaTracking(args),
    [EVENTS.play]: (args) => snowplow.trackMediaPlay(args),
    [EVENTS.pause]: (args) => snowplow.trackMediaPause(args),
    [EVENTS.seeking]: (args) => snowplow.trackMediaSeekStart(args),
    [EVENTS.seeked]: (args) => snowplow.trackMediaSeekEnd(args),
    [EVENTS.ratechange]: (args) =>
      snowplow.trackMediaPlaybackRateChange({ ...args, newRate: args.player.playbackRate }),
    [EVENTS.volumechange]: (args) => snowplow.trackMediaVolumeChange({ ...args, newVolume: 100 }),
    [EVENTS.waiting]: (args) => snowplow.trackMediaBufferStart(args),
    [EVENTS.playing]: (args) => snowplow.trackMediaBufferEnd(args),
    [EVENTS.ended]: (args) => snowplow.trackMediaEnd(args),
  };
  const player = playerAt(stream, 0);
  // Holding repeated events back needs the timers of a page; without it less is done, not more.
  const options = { pings: false, filterOutRepeatedEvents: false };
  snowplow.startMediaTracking({ id, player, ...options });
  for (let index = 0; index < length; index += 1) {
    calls[stream.event[index] ?? 0]?.({ id, player: playerAt(stream, index) });
  }
  snowplow.endMediaTracking({ id });
  return sent;
}

/**
 * @param {import("./stream.mjs").Stream} stream
 * @param {number} index
 */
function playerAt({ durationS, positionS, rate, flags }, index) {
  const bits = flags[index] ?? 0;
  return {
    currentTime: positionS[index] ?? 0,
    duration: durationS,
    ended: (bits & Flag.ended) !== 0,
    livestream: false,
    loop: false,
    mediaType: "video",
    muted: (bits & Flag.muted) !== 0,
    paused: (bits & Flag.paused) !== 0,
    playbackRate: rate[index] ?? 1,
    volume: 100,
  };
}
