// @ts-check
// What every player's page offers to the tests, on `stage`, besides `usherSession`.
import { init } from "usher";

/**
 * @typedef {object} Stage
 * @property {HTMLVideoElement} video
 * @property {import("usher/hls").Attachment} attachment
 * @property {(name: string) => unknown} load plays another film: its folder, below the player's
 * @property {(heightPx: number) => void} force plays another rendition from now on
 * @property {() => unknown} leave the player gives its element up
 */

/**
 * @param {(options: import("usher").SessionOptions, video: HTMLVideoElement) => Stage | Promise<Stage>} open
 */
export async function present(open) {
  await init("/usher/player.wasm");
  const video = /** @type {HTMLVideoElement} */ (document.querySelector("#player"));
  let title = "lobby";
  const stage = await open({ viewer: "anna", title: () => title }, video);
  const { load } = stage;
  stage.load = (name) => {
    title = name;
    return load(name);
  };
  Object.defineProperty(globalThis, "usherSession", { get: () => stage.attachment.session });
  Object.assign(globalThis, { stage });
}
