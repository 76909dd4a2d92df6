// @ts-check
// Gives imports and exports of a module names of one letter, in the module and in its glue: names such as
// `__wbg_currentTime_5acf805e7b52f9c5` are in both, and their digits do not compress.
// `wasm-opt --minify-imports-and-exports-and-modules ... | node pkg/build/names.mjs <glue.js> <module name>`
import { readFileSync, writeFileSync } from "node:fs";

const [glue = "", moduleName = ""] = process.argv.slice(2);

/** @type {{ imports: [module: string, name: string, short: string][], exports: [name: string, short: string][] }} */
const names = JSON.parse(readFileSync(0, "utf8"));
const imports = new Map(names.imports.map(([, name, short]) => [name, short]));
const exports = new Map(names.exports);

const text = readFileSync(glue, "utf8")
  // The one module that everything is imported from; wasm-opt calls it `a`.
  .replace(JSON.stringify(moduleName), '"a"')
  .replace(/^( +)(\w+)(?=: function)/gm, (_, indent, name) => indent + rename(imports, name))
  .replace(/\bwasm\.(\w+)/g, (_, name) => `wasm.${rename(exports, name)}`);
writeFileSync(glue, text);

/**
 * @param {Map<string, string>} short
 * @param {string} name
 */
function rename(short, name) {
  const found = short.get(name);
  // wasm-bindgen writes the glue in another way than this file knows: better no module than a broken one.
  if (found === undefined) throw new Error(`\`${name}\` is in ${glue} but not in the module`);
  return found;
}
