// @ts-check
// The module's decisions as they are answered.
import {
  DEVICE_CLASSES,
  NOTICES,
  countryCode,
  decideCatalogue,
  decideTitles,
  explainDecision,
  reasonsOf,
} from "usher/rights";
import { callModule } from "../rights-module.js";
import { Refused } from "../refusal.js";
import { compiledRights } from "./session.js";

/** @typedef {import("usher/rights").Catalogue} Catalogue */
/** @typedef {import("usher/rights").EntitlementViewer} Viewer */
/** @typedef {import("usher/rights").EntitlementCircumstances & { device_id: string }} Circumstances */
/** @typedef {import("usher/rights").EntitlementDecision} Decision */

/** Titles that are explained at once: each is some twenty steps. */
const EXPLAINED_MAX = 20;

/** The name of the grant that is a title's being free. */
const FREE = "free";

/**
 * Decides with what is compiled for a token: by numbers, for one title without anything that is read or written
 * besides.
 * @param {import("./knowledge.js").Rights} known
 * @param {import("./session.js").Session} session
 * @param {Circumstances} circumstances
 * @param {string[]} titles
 */
export function decideCompiled(known, session, { country, device_class, device_id, now }, titles) {
  const { grants } = session.ent;
  const catalogue = known.catalogue.value;
  const rights = compiledRights(session, known);
  const place = DEVICE_CLASSES.indexOf(device_class);
  return callModule(() => {
    const code = country === undefined ? -1 : countryCode(country);
    const device = rights.device(device_id);
    return titles.map((title) => {
      const bits = rights.decide(catalogue.title(title), code, place, device, now);
      return { title, ...decisionOf(rights, bits, grants) };
    });
  });
}

/**
 * What was decided last, as `decideTitles` tells it.
 * @param {import("usher/rights").Rights} rights
 * @param {number} bits
 * @param {{ id: string }[]} grants
 * @returns {Decision}
 */
function decisionOf(rights, bits, grants) {
  const noticed = rights.notices;
  const notices = noticed === 0 ? [] : NOTICES.filter((_, place) => noticed & (1 << place));
  if (bits !== 0) {
    const opens_at = rights.opensAt;
    const reasons = reasonsOf(bits);
    return { allow: false, reasons, notices, ...(opens_at < 0 ? {} : { opens_at }) };
  }
  return {
    allow: true,
    reasons: [],
    notices,
    grant: grants[rights.grant]?.id ?? FREE,
    max_height: rights.maxHeight,
    ads: rights.ads,
    expires_at: rights.expiresAt,
    recheck_at: rights.recheckAt,
  };
}

/**
 * Decides for a viewer of whom nothing is compiled.
 * @param {Catalogue} catalogue
 * @param {Viewer} viewer
 * @param {Circumstances} circumstances
 * @param {string[]} titles
 */
export function decideGiven(catalogue, viewer, circumstances, titles) {
  const decided = callModule(() => decideTitles(catalogue, viewer, circumstances, titles));
  return decided.map((decision, index) => ({ title: titles[index], ...decision }));
}

/**
 * Decides on the whole catalogue at once.
 * @param {Catalogue} catalogue
 * @param {Viewer} viewer
 * @param {Circumstances} circumstances
 */
export function decideWhole(catalogue, viewer, circumstances) {
  const { allowed, max_height, ads, denied, recheck_at } = callModule(() =>
    decideCatalogue(catalogue, viewer, circumstances),
  );
  return { allowed: { title: allowed, max_height, ads }, denied, recheck_at };
}

/**
 * Decides, and says for each rule what it made of it: in codes, of which whoever shows them makes sentences.
 * @param {Catalogue} catalogue
 * @param {Viewer} viewer
 * @param {Circumstances} circumstances
 * @param {string[]} titles
 */
export function explained(catalogue, viewer, circumstances, titles) {
  if (titles.length > EXPLAINED_MAX) {
    const message = `expected at most ${EXPLAINED_MAX} titles to be explained at once`;
    throw new Refused("invalid_value", message, "titles");
  }
  return titles.map((title) => {
    const request = { ...circumstances, title };
    const { decision, steps } = callModule(() => explainDecision(catalogue, viewer, request));
    return { title, ...decision, steps };
  });
}
