// @ts-check
// The stream that runs, in figures: its token and what the player is held to.
import { element, write } from "./element.js";
import { showTerms } from "./terms.js";
import { language, say } from "./texts.js";

const MS = 1000;

/**
 * @typedef {import("usher/entitlement").StreamSession} StreamSession
 * @typedef {import("usher/entitlement").Obligations} Obligations
 */

/**
 * @param {StreamSession | null} stream
 * @param {Obligations | null} obligations
 */
export function showStream(stream, obligations) {
  element("watch-play", HTMLElement).hidden = stream !== null;
  element("watch-stop", HTMLElement).hidden = stream === null;
  if (stream === null) {
    showTerms(element("watch-stream", HTMLElement), []);
    return;
  }
  const until = new Date(stream.tokenExpiresAt * MS).toLocaleTimeString(language());
  showTerms(element("watch-stream", HTMLElement), [
    [say("watch.stream"), stream.id.slice(0, 8)],
    [say("watch.until"), until],
    [say("watch.renewed"), say("watch.times", { count: stream.renewals })],
    [say("watch.picture"), pictureText(obligations)],
    [say("watch.ads"), say(obligations?.ads ? "watch.ads.yes" : "watch.ads.no")],
  ]);
}

/** @param {Obligations | null} obligations */
function pictureText(obligations) {
  const lines = obligations?.maxHeight ?? null;
  if (lines === null) return say("watch.picture.free");
  return obligations?.capped === false
    ? say("watch.picture.element")
    : say("watch.picture.kept", { lines });
}

/**
 * @param {string} text
 * @param {"" | "good" | "bad"} [kind]
 */
export function tellState(text, kind = "") {
  const place = element("watch-state", HTMLElement);
  place.dataset.kind = kind;
  write(place, text);
}
