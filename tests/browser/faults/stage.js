// @ts-check
// The page of the fault rows: a film that needs no network once it is there, and Usher on it, or
// another tool.

// Behind variables, so that it is the page that resolves them.
const [USHER, TOOL] = ["/usher/player.js", "/tool.js"];
const FILM = "/films/love-at-two-frames/film.mp4";

const video = /** @type {HTMLVideoElement} */ (document.querySelector("#player"));
const query = new URLSearchParams(location.search);

/** @type {Map<string, number>} what was there to be told: views and what the element played of them */
const truth = new Map();
/** @type {any} */
let session = null;

function read() {
  const { played } = video;
  let playedMs = 0;
  for (let index = 0; index < played.length; index += 1) {
    playedMs += (played.end(index) - played.start(index)) * 1000;
  }
  if (session) truth.set(session.viewId, playedMs);
  return [...truth];
}

const wait = (/** @type {number} */ seconds) =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

const paused = () =>
  new Promise((resolve) => {
    video.addEventListener("pause", resolve, { once: true });
    video.pause();
  });

// Before Usher listens, so that nothing plays between its reading and this one.
const tell = () => navigator.sendBeacon("/truth", JSON.stringify(read()));
document.addEventListener("visibilitychange", () => document.hidden && tell());
addEventListener("pagehide", tell);

// A film in memory plays on whatever becomes of the network.
const film = await (await fetch(FILM)).blob();

async function change() {
  // In mid-play a source change takes with it what played since the last poll of 250 ms: that is a
  // limit of the measurement, not of the delivery.
  if (!video.paused) await paused();
  read();
  const ready = new Promise((resolve) => {
    video.addEventListener("canplay", resolve, { once: true });
  });
  video.src = URL.createObjectURL(film);
  await ready;
}

if (query.has("tool")) {
  const { measure } = await import(TOOL);
  // Some must be there before the film is.
  await measure(video, location.origin, (/** @type {string} */ event) => truth.set(event, 0));
  await change();
} else {
  await change();
  const { attach, init } = await import(USHER);
  await init();
  session = attach(video, {
    viewer: query.get("viewer"),
    title: query.get("title"),
    intervalMs: Number(query.get("interval")),
  });
}

Object.assign(globalThis, {
  stage: {
    read,
    change,
    pause: () => video.pause(),
    /** @param {number} seconds it goes on playing when they are over */
    async play(seconds) {
      await video.play();
      await wait(seconds);
    },
    /** What a restless viewer does, all at once; it ends playing. */
    async burst() {
      for (const place of [5, 20, 35, 50, 12, 28]) {
        video.currentTime = place;
        await video.play();
        video.playbackRate = place > 20 ? 1.5 : 1;
        video.muted = !video.muted;
        await wait(0.3);
        video.pause();
        await video.play();
        await wait(0.1);
      }
    },
    /** Goes away in the middle of what it does. */
    leave: () => location.assign("/elsewhere"),
    get delivery() {
      return session.delivery;
    },
  },
});

export {};
