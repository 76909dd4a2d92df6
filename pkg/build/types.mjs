// @ts-check
// Writes pkg/dist/types/: the declarations of the entry points, which tsc reads from their JSDoc, and
// those of the modules, which wasm-bindgen generated.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const TYPES = "pkg/dist/types";
const DISPOSABLE = '/// <reference lib="esnext.disposable" />';
const BUILDS = ["player", "edge", "rights", "collector", "office"];

// Made beside the old ones and put in their place at the end, so that no reader sees half of them and
// none outlives its source.
const made = `target/types.${process.pid}`;
try {
  if (declare()) {
    BUILDS.forEach(copyGenerated);
    declarationsBelow(made).forEach(leadToGenerated);
    rmSync(TYPES, { recursive: true, force: true });
    mkdirSync(dirname(TYPES), { recursive: true });
    renameSync(made, TYPES);
  } else {
    process.exitCode = 1;
  }
} finally {
  rmSync(made, { recursive: true, force: true });
}

function declare() {
  const project = ["--project", "pkg/build/types.tsconfig.json", "--outDir", made];
  return spawnSync("node_modules/.bin/tsc", project, { stdio: "inherit" }).status === 0;
}

/**
 * Handles have `Symbol.dispose`, which a project with an older library of types would not know.
 * @param {string} build
 */
function copyGenerated(build) {
  const text = readFileSync(`pkg/wasm/${build}.d.ts`, "utf8");
  mkdirSync(join(made, "pkg/wasm"), { recursive: true });
  writeFileSync(join(made, `pkg/wasm/${build}.d.ts`), `${DISPOSABLE}\n${text}`);
}

/**
 * `#wasm/player` means something only where the sources lie; the package ships declarations and bundles.
 * @param {string} file
 */
function leadToGenerated(file) {
  const folder = relative(dirname(file), join(made, "pkg/wasm"));
  const prefix = folder.startsWith(".") ? folder : `./${folder}`;
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/(["'])#wasm\/(\w+)\1/g, `"${prefix}/$2.js"`));
}

/** @param {string} folder */
function declarationsBelow(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => join(folder, name));
}
