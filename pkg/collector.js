// @ts-check
// The entry point of an edge to which players report about themselves (CMCD), beside `usher/edge`.
import { initSync as start, __wbg_reset_state as startAfresh } from "#wasm/collector";
import { loader, restartable } from "./load.js";

export { mergeCmcd, readCmcd, readMediaRequest } from "#wasm/collector";
export { UsherError } from "./error.js";

/** @typedef {import("#wasm/collector").CmcdBody} CmcdBody */
/** @typedef {import("#wasm/collector").CmcdOutput} CmcdOutput */
/** @typedef {import("#wasm/collector").MediaRequest} MediaRequest */
/** @typedef {import("#wasm/collector").ReportsInput} ReportsInput */

const instantiate = restartable(start, startAfresh);

export const { init } = loader(instantiate, () => new URL("./collector.wasm", import.meta.url));

/**
 * Instantiates a compiled module at once, as a worker does at the first report. Called again, it replaces
 * the instance: the remedy after a trap.
 * @param {WebAssembly.Module} module
 */
export function initSync(module) {
  instantiate({ module });
}
