// @ts-check
// The tools beside Usher: installed here and for the bench alone, run as they are published, never copied.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, utimesSync } from "node:fs";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Licences under which a package may be run here. */
const LICENCES = ["MIT", "BSD-3-Clause", "Apache-2.0", "0BSD", "ISC"];

/** Gets what `package-lock.json` names, unless it is there. */
export function installPeers() {
  const [lock, installed] = [`${HERE}package-lock.json`, `${HERE}node_modules/.package-lock.json`];
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.error("bench: npm install in tests/bench, once");
  // Not `npm ci`: it wants every platform's binaries in the lock file, and npm writes those of this one only.
  const options = [
    "install",
    "--no-save",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const { status } = spawnSync("npm", options, { cwd: HERE, stdio: ["ignore", 2, 2] });
  if (status !== 0)
    throw new Error("npm install failed in tests/bench; run it there with a network");
  utimesSync(installed, new Date(), new Date());
}

/**
 * The version of a package, once its licence is known to allow running it.
 * @param {string} name
 * @returns {{ name: string, version: string, licence: string }}
 */
export function peer(name) {
  const text = readFileSync(`${HERE}node_modules/${name}/package.json`, "utf8");
  const { version, license } = JSON.parse(text);
  if (!LICENCES.includes(license)) throw new Error(`\`${name}\` has the licence \`${license}\``);
  return { name, version, licence: license };
}
