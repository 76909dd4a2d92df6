// @ts-check
// The demo with a page for each player, as a site that the real edge serves.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { DEMO, startServer } from "../../edge/server.mjs";
import { MEDIA, TITLES, makeMedia } from "./media.mjs";

const PAGES = "tests/browser/players/pages";
const VIDEO = `<div><video id="player" width="320" height="180" playsinline></video></div>`;

/**
 * A page loads the shipped files of the package, as a visitor does.
 * @type {import("esbuild").Plugin}
 */
const packageAsServed = {
  name: "package-as-served",
  setup({ onResolve }) {
    onResolve({ filter: /^usher(\/|$)/ }, ({ path }) => {
      const entry = path === "usher" ? "player" : path.slice("usher/".length);
      return { path: `/usher/${entry}.js`, external: true };
    });
  },
};

/**
 * Starts the edge with the site; `/players/<name>.html` plays with that player.
 * @param {Record<string, string>} [environment] variables of the server
 * @returns {Promise<import("../../edge/server.mjs").Server>}
 */
export async function startSite(environment = {}) {
  makeMedia();
  // Each test file has its own, and only links to the films.
  const site = `target/media/site.${process.pid}`;
  execFileSync("cp", ["-al", DEMO, site]);
  process.once("exit", () => rmSync(site, { recursive: true, force: true }));
  const folder = join(site, "public/players");
  mkdirSync(folder);
  execFileSync("cp", ["-al", MEDIA, join(folder, "films")]);
  // Beside the HLS of the films, so that what is gated is played as DASH too.
  for (const title of TITLES) {
    execFileSync("cp", [
      "-al",
      `${join(MEDIA, "dash", title)}/.`,
      join(site, "public/films", title),
    ]);
  }
  await bundlePages(folder);
  return startServer({ demo: site, environment });
}

/** @param {string} folder */
async function bundlePages(folder) {
  const scripts = readdirSync(PAGES).filter((file) => file.endsWith(".js"));
  await build({
    entryPoints: scripts.map((file) => join(PAGES, file)),
    outdir: folder,
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    // React mounts everything twice only while it is developed with.
    define: { "process.env.NODE_ENV": '"development"' },
    plugins: [packageAsServed],
  });
  for (const name of scripts.map((file) => basename(file, ".js"))) {
    const html = `<!doctype html><meta charset="utf-8" /><title>${name}</title>
${name === "react" ? `<div id="root"></div>` : VIDEO}
<script type="module" src="/players/${name}.js"></script>`;
    writeFileSync(join(folder, `${name}.html`), html);
  }
}
