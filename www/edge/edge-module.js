// @ts-check
import { initSync } from "usher/edge";
import module from "./edge.wasm";
import { startModule } from "./module.js";

/** Calls a function of `usher/edge`; the worker and its objects share one instance an isolate. */
export const callModule = startModule(() => initSync(module));
