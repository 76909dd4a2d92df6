// @ts-check
import { initSync } from "usher/rights";
import module from "./rights.wasm";
import { startModuleWhenCalled } from "./module.js";

let starts = 0;

/** Calls a function of `usher/rights`. Instantiated by the first call: an isolate that decides nothing does without. */
export const callModule = startModuleWhenCalled(() => {
  starts += 1;
  initSync(module);
});

/** How often the module was started: handles of an earlier start are gone. */
export function moduleStarts() {
  return starts;
}
