// @ts-check
// The central API's entry point.
import { initSync as start, __wbg_reset_state as startAfresh } from "#wasm/office";
import { loader, restartable } from "./load.js";

export {
  ActivityImport,
  addWindows,
  appendAudit,
  arriveBatch,
  checkAudit,
  checkOperatorKey,
  checkSenderKey,
  coarsenRecords,
  freezePlays,
  keyedName,
  ledgerGaps,
  openView,
  openViewer,
  readAuditRequest,
  readBatch,
  readBatchKey,
  readWindows,
  retention,
  sealBatch,
  uniteViewers,
} from "#wasm/office";
export { UsherError } from "./error.js";

/** @typedef {import("#wasm/office").ActivityDay} ActivityDay */
/** @typedef {import("#wasm/office").ActivityReport} ActivityReport */
/** @typedef {import("#wasm/office").ImportedView} ImportedView */

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
