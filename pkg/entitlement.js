// @ts-check
// The entry point for pages that ask what a viewer may watch, and play what is gated. The module of rights is
// loaded only when something is decided.
export { Entitlement } from "../www/player/entitlement.js";
export { RightsApi, RightsRefusal } from "../www/player/entitlement-api.js";
export { Obligations } from "../www/player/entitlement-obligations.js";
export { StreamSession, startStream } from "../www/player/entitlement-stream.js";
export {
  TEXTS,
  decisionTexts,
  noticeText,
  obligationTexts,
  reasonText,
  ruleText,
} from "./entitlement-texts.js";
export { UsherError } from "./error.js";

/** @typedef {import("../www/player/entitlement.js").EntitlementOptions} EntitlementOptions */
/** @typedef {import("../www/player/entitlement.js").Knowledge} Knowledge */
/** @typedef {import("../www/player/entitlement.js").PageDecision} PageDecision */
/** @typedef {import("../www/player/entitlement-api.js").RightsOptions} RightsOptions */
/** @typedef {import("../www/player/entitlement-api.js").OpenStream} OpenStream */
/** @typedef {import("../www/player/entitlement-api.js").KnownDevice} KnownDevice */
/** @typedef {import("../www/player/entitlement-obligations.js").Owed} Owed */
/** @typedef {import("../www/player/entitlement-stream.js").StreamEnd} StreamEnd */
