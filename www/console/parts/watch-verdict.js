// @ts-check
// What was decided, as sentences.
import { element, make, write } from "./element.js";
import { language, say } from "./texts.js";

/** @typedef {import("usher/entitlement").PageDecision} PageDecision */
/** @typedef {typeof import("usher/entitlement")} Sentences */

/** @typedef {{ kind: "asking" } | { kind: "failed", why: string } | { kind: "decided", decision: any, byEdge: boolean, more: Record<string, unknown> }} Verdict */

const STAMPS = /** @type {const} */ ({ asking: "idle", yes: "good", no: "bad", unknown: "wait" });

/**
 * @param {Verdict} verdict
 * @param {Sentences} sentences
 */
export function showVerdict(verdict, sentences) {
  const said = element("watch-said", HTMLElement);
  const by = element("watch-by", HTMLElement);
  const say_ = (/** @type {string[]} */ texts) =>
    said.replaceChildren(...texts.map((text) => make("li", "", text)));
  if (verdict.kind === "decided") {
    const { decision, byEdge, more } = verdict;
    stamp(decision.allow ? "yes" : "no");
    say_(sentences.decisionTexts(decision, more, language()));
    write(by, byText(decision, byEdge));
    return;
  }
  stamp(verdict.kind === "failed" ? "unknown" : "asking");
  say_(verdict.kind === "failed" ? [say("watch.failed", { why: verdict.why })] : []);
  write(by, "");
}

/** @param {keyof typeof STAMPS} name */
function stamp(name) {
  const place = element("watch-stamp", HTMLElement);
  place.dataset.kind = STAMPS[name];
  write(place, say(`watch.stamp.${name}`));
}

/**
 * @param {PageDecision} decision
 * @param {boolean} byEdge
 */
function byText({ offline, version }, byEdge) {
  if (byEdge) return say("watch.by.edge");
  return say(offline ? "watch.by.offline" : "watch.by", { version });
}
