// @ts-check
// Takes out of a module's glue what is never needed: 0.6 kB after brotli in every viewer's page, and 0.4 kB of
// the edge's.
// `node pkg/build/lean.mjs <folder> <build>`
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "", build = ""] = process.argv.slice(2);

// Used after that, a handle is refused as one that never was.
const FREE = "$1(this.__wbg_ptr, 0);\n        this.__wbg_ptr = 0;";

/** @type {[pattern: RegExp, replacement: string][]} */
const PLAYER = [
  // Handles are freed by hand: their finalizers are not missed.
  [/ {4}__destroy_into_raw\(\) \{[^}]*\}\n/g, ""],
  [/const ptr = this\.__destroy_into_raw\(\);\n\s*(wasm\.\w+)\(ptr, 0\);/g, FREE],
  [/ +\w+Finalization\.register\(.*\n/g, ""],
  [/const \w+Finalization = [^;]*;\n/g, ""],
  [/if \(Symbol\.dispose\) .*\n/g, ""],
  // No string crosses the border, but for the message of a call into itself that no page can make.
  [/throw new Error\(getStringFromWasm0\(arg0, arg1\)\);/, 'throw new Error("usher");'],
  [/function getStringFromWasm0[^]*?\n\}\n/, ""],
  [/let cachedTextDecoder = [^]*?\n\}\n/, ""],
  // Views into the memory are made a few times a second; remembering them is more code.
  [/let cached(\w+?)Memory0 = null;\n/g, ""],
  [
    / {4}if \(cached\w+Memory0 === null[^]*?new (\w+)\(([^]*?)\);\n {4}\}\n.*\n/g,
    "    return new $1($2);\n",
  ],
  // Numbers are converted by the call itself.
  [/ {8}const val\d+ = \+\w+;\n/g, ""],
  [/\bval2, val3, val4, val5, val6\b/, "at_ms, position_s, duration_s, rate, flags"],
  // Nobody holds an object of the page inside the module.
  [/( {8}__wbindgen_init_externref_table: function\(\) \{)[^}]*\}/, "$1}"],
  // Only compiled modules come, and once.
  [
    /let wasmModule, wasmInstance, wasm;[^]*/,
    `let wasm;

export function initSync({ module }) {
    wasm = new WebAssembly.Instance(module, __wbg_get_imports()).exports;
    wasm.__wbindgen_start();
}
`,
  ],
];

/** @type {[pattern: RegExp, replacement: string][]} */
const EDGE = [
  // Nothing asks for a new instance but `__wbg_reset_state` itself.
  [/ {4,8}__wbg_call_guard\(\);\n/g, ""],
  [/function __wbg_call_guard\(\) \{[^]*?\n\}\n/, ""],
  [/.*__wbg_reinit_scheduled = false;\n/g, ""],
  [/.*__wbg_instance_id\b.*\n/g, ""],
  // They are there: `typeof` asks for what another glue has not.
  [/if \(typeof numBytesDecoded .*\n/, ""],
  [/if \(typeof WASM_VECTOR_LEN !== 'undefined'\) /, ""],
  // The memory is another object when it has grown.
  [
    / \|\| cachedDataViewMemory0\.buffer\.detached === true [^{]*\{/,
    " || cachedDataViewMemory0.buffer !== wasm.memory.buffer) {",
  ],
  // A decoder of Safari gives up after 2 GB, which no page brings here.
  [
    /const MAX_SAFARI_DECODE_BYTES [^]*?(function decodeText\(bytes\) \{)[^]*?\n( {4}return )/,
    "$1\n$2",
  ],
  [/if \(!\('encodeInto' in cachedTextEncoder\)\) \{[^]*?\n\}\n/, ""],
  [/ {4}if \(realloc === undefined\) \{[^]*?\n {4}\}\n/, ""],
  // Only compiled modules come, and once.
  [
    /function __wbg_finalize_init[^]*/,
    `export function initSync({ module }) {
    wasmModule = module;
    __wbg_reset_state();
}
`,
  ],
];

/** @type {[pattern: RegExp, replacement: string][]} */
const EDGE_TYPES = [
  [
    /export type SyncInitInput[^]*/,
    "export function initSync(options: { module: WebAssembly.Module }): void;\n",
  ],
];

/** @type {[pattern: RegExp, replacement: string][]} */
const TYPES = [[/ {4}\[Symbol\.dispose\]\(\): void;\n/g, ""], ...EDGE_TYPES];

for (const [file, changes] of /** @type {const} */ ([
  [`${build}.js`, build === "player" ? PLAYER : EDGE],
  [`${build}.d.ts`, build === "player" ? TYPES : EDGE_TYPES],
])) {
  const path = join(folder, file);
  let text = readFileSync(path, "utf8");
  for (const [pattern, replacement] of changes) {
    const lean = text.replace(pattern, replacement);
    // A newer wasm-bindgen that writes otherwise must stop the build.
    if (lean === text) throw new Error(`${pattern} is not in what wasm-bindgen wrote`);
    text = lean;
  }
  writeFileSync(path, text);
}
