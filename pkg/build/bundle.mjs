// @ts-check
// Bundles one entry point of the package: `node pkg/build/bundle.mjs player|edge|office|hls|...`
// makes pkg/dist/<entry>.js, with its source map.
import { resolve } from "node:path";
import { bundle } from "./script.mjs";

const [entry] = process.argv.slice(2);

/**
 * The adapters share the player's entry point: a page that uses one loads one session and one module.
 * @type {import("esbuild").Plugin}
 */
const sharedPlayer = {
  name: "shared-player",
  setup({ onResolve }) {
    onResolve({ filter: /\/player\.js$/ }, ({ kind, resolveDir, path }) =>
      kind !== "entry-point" && resolve(resolveDir, path) === resolve("pkg/player.js")
        ? { path: "./player.js", external: true }
        : undefined,
    );
  },
};

await bundle({
  entryPoints: [`pkg/${entry}.js`],
  outfile: `pkg/dist/${entry}.js`,
  minify: true,
  // The same file is loaded by browsers, Node and workerd.
  platform: "neutral",
  plugins: [sharedPlayer],
});
