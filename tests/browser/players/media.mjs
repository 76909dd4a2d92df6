// @ts-check
// Media for the players' tests, made once of the demo's films by ffmpeg, below target/media/.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const FILMS = "target/films";
/** Below it: `dash/<film>/film.mpd`, and the same films with missing parts in `broken/`. */
export const MEDIA = "target/media/films";
const RENDITIONS = ["360p", "180p"];

/** The films that the players play; the second one is the other source. */
export const TITLES = ["fifty-foot-test-card", "love-at-two-frames"];

/** A film of which only so many parts of four seconds are there. */
const BROKEN = "fifty-foot-test-card";
const PARTS = 2;

/** Makes what is missing or was made by another version of this file. */
export function makeMedia() {
  const recipe = readFileSync(fileURLToPath(import.meta.url), "utf8");
  const mark = join(MEDIA, "recipe");
  if (existsSync(mark) && readFileSync(mark, "utf8") === recipe) return;
  rmSync(MEDIA, { recursive: true, force: true });
  // Made beside its place, so that what was interrupted is never taken for whole.
  const made = `${MEDIA}.${process.pid}`;
  for (const title of TITLES) makeDash(title, join(made, "dash", title));
  cpSync(join(FILMS, BROKEN), join(made, "broken/hls"), { recursive: true });
  cpSync(join(made, "dash", BROKEN), join(made, "broken/dash"), { recursive: true });
  removeParts(join(made, "broken"));
  writeFileSync(join(made, "recipe"), recipe);
  renameSync(made, MEDIA);
}

/**
 * The renditions of the demo in one manifest, with one sound; nothing is encoded again.
 * @param {string} title
 * @param {string} folder
 */
function makeDash(title, folder) {
  mkdirSync(folder, { recursive: true });
  const inputs = RENDITIONS.flatMap((name) => [
    "-i",
    resolve(FILMS, title, name, "rendition.m3u8"),
  ]);
  const maps = ["-map", "0:v", "-map", "1:v", "-map", "0:a", "-c", "copy"];
  const sets = ["-adaptation_sets", "id=0,streams=v id=1,streams=a", "-seg_duration", "4"];
  const parts = ["-init_seg_name", "init-$RepresentationID$.m4s"];
  const names = ["-media_seg_name", "part-$RepresentationID$-$Number%02d$.m4s"];
  execFileSync(
    "ffmpeg",
    [
      "-nostdin",
      "-hide_banner",
      "-loglevel",
      "error",
      "-y",
      ...inputs,
      ...maps,
      "-f",
      "dash",
    ].concat(sets, parts, names, "film.mpd"),
    { cwd: folder },
  );
}

/**
 * HLS counts its parts from 0, DASH from 1.
 * @param {string} folder
 */
function removeParts(folder) {
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const [, hls, dash] = /(?:segment-(\d+)|part-\d-(\d+))\.m4s$/.exec(file) ?? [];
    const part = hls === undefined ? Number(dash) - 1 : Number(hls);
    if (part >= PARTS) rmSync(join(folder, file));
  }
}
