// @ts-check
// The edge's entry point: what a worker calls.
import {
  initSync as start,
  mayContain,
  spellCode,
  verifyTaggedCode as verifyNumber,
  __wbg_reset_state as startAfresh,
} from "#wasm/edge";
import { readSpelled, taggedOf } from "./code.js";
import { loader, restartable } from "./load.js";

export {
  addWindows,
  admitRequest,
  admitSession,
  answerBatch,
  checkCoupon,
  checkOperator,
  freezeBatch,
  issueSession,
  mergeViews,
  readClocks,
  readProvenance,
  readState,
  readViews,
  retryDelayMs,
  rollUp,
  viewerUsage,
} from "#wasm/edge";
export { previewCoupon, verifyOffer, verifySignature } from "./signature.js";
export { UsherError } from "./error.js";

/** @typedef {import("./code.js").ReadCode} ReadCode */
/** @typedef {import("./code.js").TaggedCode} TaggedCode */
/** @typedef {import("#wasm/edge").OpenState} OpenState */
/** @typedef {import("#wasm/edge").ViewRecord} ViewRecord */
/** @typedef {import("#wasm/edge").ViewsBody} ViewsBody */
/** @typedef {import("#wasm/edge").MergeInput} MergeInput */
/** @typedef {import("#wasm/edge").MergeOutput} MergeOutput */
/** @typedef {import("#wasm/edge").Refusal} Refusal */
/** @typedef {import("#wasm/edge").RollUpInput} RollUpInput */
/** @typedef {import("#wasm/edge").RollUpOutput} RollUpOutput */
/** @typedef {import("#wasm/edge").OpenWindow} OpenWindow */
/** @typedef {import("#wasm/edge").KnownView} KnownView */
/** @typedef {import("#wasm/edge").Sender} Sender */
/** @typedef {import("#wasm/edge").Offer} Offer */

const instantiate = restartable(start, startAfresh);

export const { init } = loader(instantiate, () => new URL("./edge.wasm", import.meta.url));

/**
 * Instantiates a compiled module at once, as a worker does at its start. Called again, it replaces
 * the instance: the remedy after a trap.
 * @param {WebAssembly.Module} module
 */
export function initSync(module) {
  instantiate({ module });
}

/** Which codes may be used or revoked. A newer one takes its place. */
export class CodeFilter {
  /**
   * @param {Uint8Array} bytes what `buildCodeFilter` made
   * @throws {{ code: string, message: string, field: null }} if they are anything else
   */
  constructor(bytes) {
    mayContain(bytes, "");
    /** @readonly */
    this.bytes = bytes;
  }

  /**
   * Whether a code may be used or revoked. False is certain.
   * @param {string} code as it is stored
   */
  mayContain(code) {
    return mayContain(this.bytes, code);
  }

  /** Nothing is held in the module: what else a handle needs, this one does not. */
  free() {}
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
