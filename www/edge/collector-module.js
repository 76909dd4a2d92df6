// @ts-check
import { initSync } from "usher/collector";
import module from "./collector.wasm";
import { startModuleWhenCalled } from "./module.js";

/**
 * Calls a function of `usher/collector`. Instantiated by the first call: an isolate to which no player
 * reports does without.
 */
export const callCollector = startModuleWhenCalled(() => initSync(module));
