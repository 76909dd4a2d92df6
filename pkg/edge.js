// @ts-check
// The edge's entry point: what a worker calls.
import { initSync as start, __wbg_reset_state as startAfresh } from "#wasm/edge";
import { loader, restartable } from "./load.js";

export {
  admitRequest,
  addWindows,
  answerBatch,
  checkOperator,
  freezeBatch,
  issueSession,
  mergeCmcd,
  mergeViews,
  readClocks,
  readCmcd,
  readMediaRequest,
  readProvenance,
  readState,
  readViews,
  retryDelayMs,
  rollUp,
  viewerUsage,
} from "#wasm/edge";
export { UsherError } from "./error.js";

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
