// @ts-check
// Weighs what a page or a worker loads, for each build: `node tests/packaging/size.mjs`.
// Ends with status 1 if a build is over its budget. SIZE_JSON=file also writes the numbers there.
import { pathToFileURL } from "node:url";
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/**
 * Bytes after brotli 11 of the module and of the script with all that it carries: the glue and, for the
 * player, the adapters and the flusher. The collector's is what it weighs and a twentieth more: half of it is
 * what every module with plain data at its border carries, the rest knows the standard and no more is to come.
 */
const BUDGETS = {
  player: 15_000,
  edge: 90_000,
  rights: 60_000,
  collector: 32_000,
  office: 250_000,
};

/** Bytes after brotli 11 that an entry point adds to a page that has the player already. */
const ADAPTER_BUDGET = 1_500;
const ADAPTERS = ["hls", "shaka", "dash", "video-js", "element", "monitor", "cmcd"];

/** The same of what decides and plays what is gated, with its sentences; the edge's build comes when it decides. */
const ENTITLEMENT_BUDGET = 6_200;

/** @typedef {{ raw: number, gzip: number, brotli: number }} Weight */
/** @typedef {Weight & { budget: number, parts: Record<string, Weight> }} Build */

/** @returns {Record<string, Build>} */
export function sizes() {
  return Object.fromEntries([
    ...Object.entries(BUDGETS).map(([name, budget]) =>
      built(name, [`${name}.wasm`, `${name}.js`], budget),
    ),
    ...ADAPTERS.map((name) => built(name, [`${name}.js`], ADAPTER_BUDGET)),
    built("entitlement", ["entitlement.js"], ENTITLEMENT_BUDGET),
  ]);
}

/** @type {(name: string, files: string[], budget: number) => [string, Build]} */
function built(name, files, budget) {
  const parts = Object.fromEntries(files.map((file) => [file, weigh(`pkg/dist/${file}`)]));
  return [name, { ...sum(Object.values(parts)), budget, parts }];
}

/** @param {Record<string, Build>} builds */
export function overBudget(builds) {
  return Object.entries(builds)
    .filter(([, { brotli, budget }]) => brotli > budget)
    .map(
      ([name, { brotli, budget }]) =>
        `\`${name}\` is ${brotli} bytes after brotli, expected at most ${budget}`,
    );
}

/** @param {string} file */
function weigh(file) {
  const bytes = readFileSync(file);
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }).length,
  };
}

/** @param {Weight[]} parts */
function sum(parts) {
  const total = { raw: 0, gzip: 0, brotli: 0 };
  for (const { raw, gzip, brotli } of parts) {
    total.raw += raw;
    total.gzip += gzip;
    total.brotli += brotli;
  }
  return total;
}

/** @param {Record<string, Build>} builds */
function table(builds) {
  const rows = [["build", "part", "raw", "gzip 9", "brotli 11", "budget", "used"]];
  for (const [name, build] of Object.entries(builds)) {
    const used = `${((100 * build.brotli) / build.budget).toFixed(1)} %`;
    for (const [part, { raw, gzip, brotli }] of Object.entries(build.parts)) {
      rows.push(["", part, `${raw}`, `${gzip}`, `${brotli}`, "", ""]);
    }
    rows.push([name, "", ...numbers(build), `${build.budget}`, used]);
  }
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join("  "))
    .join("\n");
}

/** @param {Weight} weight */
function numbers({ raw, gzip, brotli }) {
  return [raw, gzip, brotli].map(String);
}

/** @type {(cell: string, width: number, column: number) => string} */
function pad(cell, width, column) {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const builds = sizes();
  console.log(table(builds));
  if (process.env.SIZE_JSON) {
    writeFileSync(process.env.SIZE_JSON, `${JSON.stringify(builds, null, 2)}\n`);
  }
  const over = overBudget(builds);
  for (const line of over) console.error(`size: ${line}`);
  if (over.length > 0) process.exitCode = 1;
}
