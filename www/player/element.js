// @ts-check

/**
 * What an event of a media element means:
 * `read` take a reading; `settle` take one and send; `source` the content has changed.
 * @type {Record<string, "read" | "settle" | "source">}
 */
const MEANINGS = {
  loadedmetadata: "read",
  durationchange: "read",
  play: "read",
  playing: "read",
  timeupdate: "read",
  waiting: "read",
  seeking: "read",
  seeked: "read",
  ratechange: "read",
  volumechange: "read",
  error: "read",
  pause: "settle",
  ended: "settle",
  emptied: "source",
};

/** A playing element is read at least this often, so that a stall is seen though no event tells. */
const POLL_MS = 250;

/**
 * Listens to a media element until it is detached.
 * @param {HTMLMediaElement} video
 * @param {(meaning: "read" | "settle" | "source") => void} emit
 * @returns {() => void} detach
 */
export function attachElement(video, emit) {
  let readAt = 0;
  /** @param {"read" | "settle" | "source"} meaning */
  const tell = (meaning) => {
    readAt = performance.now();
    emit(meaning);
  };
  /** @param {Event} event */
  const listen = (event) => tell(MEANINGS[event.type] ?? "read");
  for (const type in MEANINGS) video.addEventListener(type, listen);
  const poll = setInterval(() => {
    if (!video.paused && performance.now() - readAt >= POLL_MS) tell("read");
  }, POLL_MS);
  return () => {
    clearInterval(poll);
    for (const type in MEANINGS) video.removeEventListener(type, listen);
  };
}
