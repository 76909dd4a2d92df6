// @ts-check
// The central API's entry point.
import {
  initSync as start,
  spellCode,
  verifyTaggedCode as verifyNumber,
  __wbg_reset_state as startAfresh,
} from "#wasm/office";
import { readSpelled, taggedOf } from "./code.js";
import { loader, restartable } from "./load.js";

export {
  ActivityImport,
  CodeImport,
  addWindows,
  appendAudit,
  arriveBatch,
  buildCodeFilter,
  changeCoupon,
  checkAssetMove,
  checkAudit,
  checkCoupon,
  checkOperatorKey,
  checkSenderKey,
  coarsenRecords,
  codeState,
  composeOffer,
  couponGrant,
  exportCodes,
  exportReport,
  freezePlays,
  generateCodes,
  isNearEnd,
  keyedName,
  ledgerGaps,
  mintTaggedCodes,
  mintingSlot,
  nextJobStep,
  nextSerial,
  openView,
  openViewer,
  orderCodes,
  planCodes,
  readAuditRequest,
  readBatch,
  readBatchKey,
  readCoupon,
  readCouponGroup,
  readOfferRequest,
  readWindows,
  reasonText,
  redeem,
  resolveCoupon,
  retention,
  reverseCoupon,
  sealBatch,
  signingKeys,
  tellRedemptions,
  uniteViewers,
} from "#wasm/office";
export { UsherError } from "./error.js";

/** @typedef {import("#wasm/office").CodeShape} CodeShape */
/** @typedef {import("#wasm/office").CodePlan} CodePlan */
/** @typedef {import("#wasm/office").Coupon} Coupon */
/** @typedef {import("#wasm/office").Making} Making */
/** @typedef {import("#wasm/office").GroupDraft} GroupDraft */
/** @typedef {import("#wasm/office").NewCoupon} NewCoupon */
/** @typedef {import("./code.js").ReadCode} ReadCode */
/** @typedef {import("./code.js").TaggedCode} TaggedCode */
/** @typedef {import("#wasm/office").ActivityDay} ActivityDay */
/** @typedef {import("#wasm/office").ActivityReport} ActivityReport */
/** @typedef {import("#wasm/office").ImportedView} ImportedView */
/** @typedef {import("#wasm/office").AnswerRow} AnswerRow */
/** @typedef {import("#wasm/office").BatchAnswer} BatchAnswer */
/** @typedef {import("#wasm/office").BatchOperation} BatchOperation */
/** @typedef {import("#wasm/office").BatchResult} BatchResult */
/** @typedef {import("#wasm/office").CustomerRow} CustomerRow */
/** @typedef {import("#wasm/office").Redemption} Redemption */
/** @typedef {import("#wasm/office").SumRow} SumRow */
/** @typedef {import("#wasm/office").Tally} Tally */
/** @typedef {import("#wasm/office").TallyRow} TallyRow */

const instantiate = restartable(start, startAfresh);

export const { init } = loader(instantiate, () => new URL("./office.wasm", import.meta.url));

/**
 * Instantiates a compiled module at once, as a worker does at its start. Called again, it replaces
 * the instance: the remedy after a trap.
 * @param {WebAssembly.Module} module
 */
export function initSync(module) {
  instantiate({ module });
}

/**
 * The codes that `generateCodes` and `mintTaggedCodes` give as bytes.
 * @param {Uint8Array} lines
 */
export function codeList(lines) {
  return new TextDecoder().decode(lines).split("\n");
}

/**
 * Reads a code as it was typed.
 * @param {string} text
 */
export function readCode(text) {
  return readSpelled(spellCode(`${text}`));
}

/**
 * Who has made a tagged code, in any spelling in ASCII; null if none of the keys has.
 * @param {string} keys `slot:base64url[,slot:base64url...]`
 * @param {string} code
 */
export function verifyTaggedCode(keys, code) {
  return taggedOf(verifyNumber(keys, code));
}
