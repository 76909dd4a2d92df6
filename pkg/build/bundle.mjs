// @ts-check
// Bundles one entry point of the package: `node pkg/build/bundle.mjs player|edge|office`
// makes pkg/dist/<entry>.js, with its source map.
import { bundle } from "./script.mjs";

const [entry] = process.argv.slice(2);

await bundle({
  entryPoints: [`pkg/${entry}.js`],
  outfile: `pkg/dist/${entry}.js`,
  minify: true,
  // The same file is loaded by browsers, Node and workerd.
  platform: "neutral",
});
