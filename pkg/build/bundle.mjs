// @ts-check
// Bundles one entry point of the package: `node pkg/build/bundle.mjs player|edge|rights|collector|office|hls|...`
// makes pkg/dist/<entry>.js, with its source map.
import { resolve } from "node:path";
import { bundle } from "./script.mjs";

const [entry] = process.argv.slice(2);

/**
 * The adapters share the player's entry point: a page that uses one loads one session and one module. What
 * decides loads that of rights when it is needed.
 * @type {import("esbuild").Plugin}
 */
const sharedEntries = {
  name: "shared-entries",
  setup({ onResolve }) {
    onResolve({ filter: /\/(player|rights)\.js$/ }, ({ kind, resolveDir, path }) => {
      if (kind === "entry-point") return undefined;
      const name = ["player", "rights"].find(
        (shared) => resolve(resolveDir, path) === resolve(`pkg/${shared}.js`),
      );
      return name === undefined ? undefined : { path: `./${name}.js`, external: true };
    });
  },
};

await bundle({
  entryPoints: [`pkg/${entry}.js`],
  outfile: `pkg/dist/${entry}.js`,
  minify: true,
  // The same file is loaded by browsers, Node and workerd.
  platform: "neutral",
  plugins: [sharedEntries],
});
