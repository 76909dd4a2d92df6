// @ts-check

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];

/**
 * The keys that steer the film.
 *
 * @param {HTMLVideoElement} video
 * @param {() => void} play
 * @returns {import("./shortcuts.js").Shortcut[]}
 */
export function filmKeys(video, play) {
  const by = (/** @type {number} */ seconds) => {
    if (Number.isFinite(video.duration)) {
      video.currentTime = Math.min(Math.max(video.currentTime + seconds, 0), video.duration);
    }
  };
  const faster = (/** @type {number} */ step) => {
    const now = RATES.findIndex((rate) => rate >= video.playbackRate);
    video.playbackRate = RATES[Math.min(Math.max(now + step, 0), RATES.length - 1)] ?? 1;
  };
  return [
    {
      keys: [" ", "k"],
      shown: "Space k",
      does: "play or pause",
      act: () => (video.paused ? play() : video.pause()),
    },
    { keys: ["ArrowLeft"], shown: "←", does: "back 5 s", act: () => by(-5) },
    { keys: ["ArrowRight"], shown: "→", does: "on 5 s", act: () => by(5) },
    { keys: ["j"], shown: "j", does: "back 10 s", act: () => by(-10) },
    { keys: ["l"], shown: "l", does: "on 10 s", act: () => by(10) },
    {
      keys: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
      shown: "0 … 9",
      does: "to that tenth of the film",
      act: (key) => {
        if (Number.isFinite(video.duration))
          video.currentTime = (video.duration * Number(key)) / 10;
      },
    },
    { keys: ["["], shown: "[", does: "slower", act: () => faster(-1) },
    { keys: ["]"], shown: "]", does: "faster", act: () => faster(1) },
    { keys: ["m"], shown: "m", does: "sound on or off", act: () => (video.muted = !video.muted) },
    { keys: ["f"], shown: "f", does: "full screen", act: () => fullScreen(video) },
  ];
}

/** @param {HTMLVideoElement} video */
function fullScreen(video) {
  // A refusal (a frame without the permission) leaves the page as it is.
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  else video.requestFullscreen?.().catch(() => {});
}
