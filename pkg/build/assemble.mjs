// @ts-check
// Puts the demo together in target/demo/: the workers with their modules and workerd's configuration, and
// in public/ the pages and the package as a site serves them. The folder runs wherever workerd runs.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { bundle } from "./script.mjs";

const DEMO = "target/demo";
const PUBLIC = join(DEMO, "public");
const PAGES = "www/console";
const WORKERS = "www/edge";
const FILMS = "films";

/**
 * A page loads the shipped files of the package, not a copy inside its bundle: what it runs is what
 * `make size` weighs, and the module lies beside the script that looks for it.
 * @type {import("esbuild").Plugin}
 */
const packageAsServed = {
  name: "package-as-served",
  setup({ onResolve }) {
    onResolve({ filter: /^usher$/ }, () => ({ path: "/usher/player.js", external: true }));
    // What a page imports only when it is needed is a file of its own anyway.
    onResolve({ filter: /^usher\/\w+$/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path: `/${path}.js`, external: true } : null,
    );
    onResolve({ filter: /^\/usher\// }, ({ path }) => ({ path, external: true }));
  },
};

// What an older version left would be served for ever. The films are large and have their own rule.
for (const name of existsSync(PUBLIC) ? readdirSync(PUBLIC) : []) {
  if (name !== FILMS) rmSync(join(PUBLIC, name), { recursive: true });
}
mkdirSync(PUBLIC, { recursive: true });

await bundleWorkers();
await bundlePages();
copyPages();
cpSync("pkg/dist", join(PUBLIC, "usher"), {
  recursive: true,
  filter: (source) => basename(source) !== "types",
});

/** Each worker in one file; the modules and what workerd provides are named in usher.capnp. */
async function bundleWorkers() {
  await bundle({
    entryPoints: ["edge", "central", "coupons", "catalogue", "demo"].map((worker) =>
      join(WORKERS, `${worker}.js`),
    ),
    outdir: DEMO,
    platform: "neutral",
    conditions: ["workerd"],
    external: ["cloudflare:*", "*.wasm"],
  });
  for (const module of ["edge.wasm", "rights.wasm", "collector.wasm", "office.wasm"]) {
    copyFileSync(join("pkg/dist", module), join(DEMO, module));
  }
  copyFileSync(join(WORKERS, "usher.capnp"), join(DEMO, "usher.capnp"));
}

/** The scripts that a page names, each with what it imports. */
async function bundlePages() {
  await bundle({
    entryPoints: pageScripts(),
    outdir: PUBLIC,
    outbase: PAGES,
    platform: "browser",
    minify: true,
    plugins: [packageAsServed],
  });
}

function pageScripts() {
  const scripts = new Set();
  for (const page of pageFiles().filter((file) => extname(file) === ".html")) {
    for (const [, name] of readFileSync(page, "utf8").matchAll(
      /["'](?:\.?\/)?([\w/-]+\.js)["']/g,
    )) {
      const script = join(PAGES, name ?? "");
      if (existsSync(script)) scripts.add(script);
    }
  }
  return [...scripts].sort();
}

/** Everything that is neither a script nor for the build. */
function copyPages() {
  for (const file of pageFiles().filter((name) => !/\.(js|mjs|ts|md)$|tsconfig/.test(name))) {
    const copy = join(PUBLIC, relative(PAGES, file));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(file, copy);
  }
}

function pageFiles() {
  return readdirSync(PAGES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.startsWith(join(PAGES, "film/")))
    .sort();
}
