// @ts-check

/**
 * What is to be done: `read` take a whole reading; `settle` take one and send; `source` the content
 * has changed; `tick` look at the playhead only.
 * @typedef {"read" | "settle" | "source" | "tick"} Meaning
 */

/**
 * What an event of a media element means. `timeupdate` is left out: it says nothing that the poll
 * does not see, and a whole reading for each would be the most expensive part of an hour.
 * @type {Record<string, Meaning>}
 */
const MEANINGS = {
  loadedmetadata: "read",
  durationchange: "read",
  play: "read",
  playing: "read",
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

/** A playing element is looked at this often, so that a stall is seen though no event tells. */
const POLL_MS = 250;

/** One poll of so many takes a whole reading. */
const POLLS_A_READING = 20;

/**
 * Listens to a media element until it is detached.
 * @param {HTMLMediaElement} video
 * @param {(meaning: Meaning) => void} emit
 * @returns {() => void} detach
 */
export function attachElement(video, emit) {
  let polls = 0;
  /** @param {Event} event */
  const listen = (event) => emit(MEANINGS[event.type] ?? "read");
  for (const type in MEANINGS) video.addEventListener(type, listen);
  const poll = setInterval(() => {
    if (video.paused) return;
    polls += 1;
    // A seek may have moved the playhead before its event comes.
    emit(video.seeking || polls % POLLS_A_READING === 0 ? "read" : "tick");
  }, POLL_MS);
  return () => {
    clearInterval(poll);
    for (const type in MEANINGS) video.removeEventListener(type, listen);
  };
}
