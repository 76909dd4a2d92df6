// @ts-check
import { initSync } from "usher/office";
import module from "./office.wasm";
import { startModule } from "./module.js";

/** Calls a function of `usher/office`. */
export const callModule = startModule(() => initSync(module));
