// @ts-check
import { refusalOf } from "./refusal.js";

/** The module trapped: what it held is gone, a new instance is ready, nothing of the call counts. */
export class Trapped extends Error {}

/**
 * Wraps calls into a WebAssembly module. Whatever it throws that is not a refusal (a trap, a stack
 * that overflowed) leaves its memory in an unknown state, so the instance is replaced.
 * @param {() => void} start makes a new instance
 * @returns {<T>(call: () => T) => T}
 */
export function startModule(start) {
  start();
  return (call) => {
    try {
      return call();
    } catch (error) {
      if (refusalOf(error) !== null) throw error;
      console.error("the module trapped and was started again:", error);
      start();
      throw new Trapped("the module trapped", { cause: error });
    }
  };
}

/**
 * The same, for a module that many isolates never call.
 * @param {() => void} start
 * @returns {ReturnType<typeof startModule>}
 */
export function startModuleWhenCalled(start) {
  /** @type {ReturnType<typeof startModule> | null} */
  let started = null;
  return (call) => (started ??= startModule(start))(call);
}
