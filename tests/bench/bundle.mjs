// @ts-check
// Bundles of the tools, and what they weigh.
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { moduleBytes } from "../js/module-bytes.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** @type {import("esbuild").BuildOptions} */
const FOR_PAGES = {
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  platform: "browser",
  target: "es2022",
  legalComments: "none",
  logLevel: "error",
  // Usher's module is named to `init`, so its default place beside the script is never asked for.
  define: { "import.meta.url": "location.href" },
};

/** The statistics class is not exported: the published module is loaded with one more line. */
const STATISTICS_CLASS = {
  name: "statistics-class",
  /** @param {import("esbuild").PluginBuild} hooks */
  setup(hooks) {
    hooks.onLoad({ filter: /browser-plugin-media.dist.index\.module\.js$/ }, ({ path }) => ({
      contents: `${readFileSync(path, "utf8")}\nexport { MediaSessionTrackingStats };\n`,
    }));
  },
};

/**
 * A script for a page.
 * @param {string} contents an ES module beside this file
 */
export async function pageScript(contents) {
  const { outputFiles } = await build({ ...FOR_PAGES, stdin: { contents, resolveDir: HERE } });
  return outputFiles?.[0]?.text ?? "";
}

/** Snowplow's media plugin, its statistics class and its tracker without a network, for Node. */
export async function loadSnowplow() {
  const contents = `
    export * from "@snowplow/browser-plugin-media";
    export { MediaSessionTrackingStats } from "@snowplow/browser-plugin-media";
    export { trackerCore } from "@snowplow/tracker-core";`;
  const outfile = fileURLToPath(new URL("../../target/bench/snowplow.mjs", import.meta.url));
  await build({
    stdin: { contents, resolveDir: HERE },
    outfile,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "node20",
    logLevel: "error",
    plugins: [STATISTICS_CLASS],
  });
  return import(pathToFileURL(outfile).href);
}

/** @param {Uint8Array} bytes */
export function brotliBytes(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).length;
}

/**
 * What a page loads for a minimal use of a tool.
 * @param {"usher" | "snowplow" | "mux" | "bitmovin"} tool
 */
async function weigh(tool) {
  const { outputFiles } = await build({ ...FOR_PAGES, entryPoints: [`${HERE}peers/${tool}.js`] });
  const parts = [outputFiles?.[0]?.contents ?? new Uint8Array()];
  if (tool === "usher") parts.push(moduleBytes("player"));
  return {
    raw: parts.reduce((sum, { length }) => sum + length, 0),
    brotli: parts.reduce((sum, bytes) => sum + brotliBytes(bytes), 0),
  };
}

/** @typedef {Record<"usher" | "snowplow" | "mux" | "bitmovin", { raw: number, brotli: number }>} Bundles */

/** @returns {Promise<Bundles>} */
export async function weighAll() {
  const [usher, snowplow, mux, bitmovin] = await Promise.all([
    weigh("usher"),
    weigh("snowplow"),
    weigh("mux"),
    weigh("bitmovin"),
  ]);
  return { usher, snowplow, mux, bitmovin };
}
