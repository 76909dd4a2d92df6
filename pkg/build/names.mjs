// @ts-check
// Gives the imports and exports of a module names of one letter, in its glue too: names such as
// `__wbg_currentTime_5acf805e7b52f9c5` stand in both files, and their digits do not compress.
// `wasm-opt --minify-imports-and-exports-and-modules ... | node pkg/build/names.mjs <folder> <build>`
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "", build = ""] = process.argv.slice(2);

/** @type {{ imports: [module: string, name: string, short: string][], exports: [name: string, short: string][] }} */
const { imports, exports } = JSON.parse(readFileSync(0, "utf8"));
const shortExports = new Map(exports);

const script = join(folder, `${build}.js`);
let text = readFileSync(script, "utf8");
for (const [module, name, short] of imports) {
  replace(new RegExp(`^( +)${name}:`, "m"), `$1${short}:`);
  // All come from one module, which wasm-opt calls `a`.
  if (text.includes(JSON.stringify(module))) text = text.replace(JSON.stringify(module), '"a"');
}
text = text.replace(/\bwasm\.(\w+)/g, (all, name) => {
  const short = shortExports.get(name);
  return short ? `wasm.${short}` : all;
});
writeFileSync(script, text);

// Nobody may count on the names of the exports now; the functions around them are the interface.
const types = join(folder, `${build}.d.ts`);
text = readFileSync(types, "utf8");
replace(/(?<=export interface InitOutput \{)[^}]*/, " readonly [short: string]: unknown ");
writeFileSync(types, text);

/**
 * @param {RegExp} pattern
 * @param {string} replacement
 */
function replace(pattern, replacement) {
  // A newer wasm-bindgen that writes otherwise must stop the build: a module without its glue is useless.
  if (!pattern.test(text)) throw new Error(`${pattern} is not in what wasm-bindgen wrote`);
  text = text.replace(pattern, replacement);
}
