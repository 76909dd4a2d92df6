// @ts-check
// What viewers do to a film: each script runs inside the page, with the element and two verbs.

/**
 * @typedef {object} Hands
 * @property {HTMLVideoElement} video
 * @property {(seconds: number) => Promise<void>} seek resolves when the target is shown
 * @property {(seconds: number) => Promise<void>} wait
 */

/** @type {Record<string, (hands: Hands) => Promise<void>>} */
export const SCRIPTS = {
  straight: async ({ video, wait }) => {
    await video.play();
    await wait(5);
    video.pause();
  },
  "skip while playing": async ({ video, seek, wait }) => {
    await video.play();
    await wait(2);
    await seek(40);
    await wait(2);
    video.pause();
  },
  "seek to end": async ({ video, seek, wait }) => {
    await video.play();
    await wait(1.3);
    await seek(video.duration - 1);
    while (!video.ended) await wait(0.1);
  },
  "four 0.5 s peeks": async ({ video, seek, wait }) => {
    for (const place of [9.75, 19.75, 29.75, 39.75]) {
      await seek(place);
      await video.play();
      await wait(0.5);
      video.pause();
    }
  },
  "2x": async ({ video, wait }) => {
    video.playbackRate = 2;
    await video.play();
    await wait(3);
    video.pause();
  },
  rewind: async ({ video, seek, wait }) => {
    await video.play();
    await wait(4);
    await seek(1);
    await wait(2);
    video.pause();
  },
  loop: async ({ video, seek, wait }) => {
    video.loop = true;
    await seek(video.duration - 1.5);
    await video.play();
    await wait(4);
    video.pause();
  },
  "paused seek": async ({ video, seek, wait }) => {
    await video.play();
    await wait(2);
    video.pause();
    await seek(30);
    await video.play();
    await wait(2);
    video.pause();
  },
  scrub: async ({ seek, wait }) => {
    for (const place of [10, 20, 50]) await seek(place);
    await wait(0.2);
  },
};

/**
 * Runs a script in a page.
 * @param {import("playwright-core").Page} page
 * @param {(hands: Hands) => Promise<void>} script
 */
export async function run(page, script) {
  await page.evaluate(`(async () => {
    const video = document.querySelector("#player");
    const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const seek = (seconds) => new Promise((resolve) => {
      video.addEventListener("seeked", resolve, { once: true });
      video.currentTime = seconds;
    });
    await (${script})({ video, wait, seek });
    // An event that is on its way is the page's own business, not the script's.
    await wait(0.05);
  })()`);
}
