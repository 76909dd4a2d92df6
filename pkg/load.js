// @ts-check
import { UsherError } from "./error.js";

/**
 * Where a module comes from: its URL, a response, its bytes, or the compiled module.
 * @typedef {URL | string | Response | BufferSource | WebAssembly.Module} ModuleSource
 */

/**
 * One memoised `init` for a build. A failed try is forgotten, so that a later one may succeed.
 * @param {(options: { module: WebAssembly.Module }) => unknown} instantiate
 * @param {() => URL} beside the module's place beside the script, asked for only when it is needed
 */
export function loader(instantiate, beside) {
  /** @type {Promise<void> | null} */
  let ready = null;
  return {
    /**
     * Loads the module once; every later call gives the same promise.
     *
     * @param {ModuleSource | Promise<ModuleSource>} [source] the file beside this script by default
     * @returns {Promise<void>}
     * @throws {UsherError} `csp_blocks_wasm`, `module_unreachable` or `module_invalid`
     */
    init(source) {
      ready ??= compile(source ?? beside()).then(
        (module) => void instantiate({ module }),
        (error) => {
          ready = null;
          throw error;
        },
      );
      return ready;
    },
  };
}

/**
 * The glue starts its module once; called again this gives it a fresh instance.
 * @param {(options: { module: WebAssembly.Module }) => unknown} start
 * @param {() => void} startAfresh
 * @param {() => void} [onFresh] told of every instance
 */
export function restartable(start, startAfresh, onFresh) {
  let started = false;
  return (/** @type {{ module: WebAssembly.Module }} */ options) => {
    if (started) startAfresh();
    else start(options);
    started = true;
    onFresh?.();
  };
}

/**
 * @param {ModuleSource | Promise<ModuleSource>} given
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(given) {
  const source = await given;
  if (source instanceof WebAssembly.Module) return source;
  const bytes =
    source instanceof URL || typeof source === "string" || source instanceof Response
      ? await download(source)
      : source;
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    const text = String(error);
    if (/content security|\bcsp\b|unsafe-eval/i.test(text)) {
      const remedy = "add 'wasm-unsafe-eval' to script-src of the page's Content-Security-Policy";
      throw new UsherError("csp_blocks_wasm", remedy, null, error);
    }
    throw new UsherError("module_invalid", `expected a WebAssembly module: ${text}`, null, error);
  }
}

/** @param {URL | string | Response} source */
async function download(source) {
  const address = source instanceof Response ? source.url : String(source);
  /** @type {unknown} */
  let cause;
  try {
    const response = source instanceof Response ? source : await fetch(source);
    if (response.ok) return await response.arrayBuffer();
    cause = `status ${response.status}`;
  } catch (error) {
    cause = error;
  }
  const message = `\`${address}\` does not load (${cause}): pass its URL or its bytes to init`;
  throw new UsherError("module_unreachable", message, null, cause);
}
