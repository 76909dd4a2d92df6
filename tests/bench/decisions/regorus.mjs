// @ts-check
// Regorus, an interpreter of Rego: the policy is compiled for its virtual machine once, plans are its data, and a
// question comes as JSON with the title that it is about (50,000 titles as data take it a minute to load). It
// names every reason.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { partsOf } from "./facts.mjs";

const HERE = fileURLToPath(new URL("../regorus/", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const TARGET = `${ROOT}target/regorus`;
const VERSION = /^name = "regorus"\nversion = "(.*)"/m;

/** What is measured: the crate, which is no package. */
export const REGORUS = {
  version: VERSION.exec(readFileSync(`${HERE}Cargo.lock`, "utf8"))?.[1] ?? "?",
  licence: "MIT AND Apache-2.0 AND BSD-3-Clause",
};

/**
 * @param {import("./facts.mjs").Catalogue} catalogue
 * @returns {Promise<import("./facts.mjs").Engine<string>>}
 */
export async function loadRegorus(catalogue) {
  build();
  const { initSync, Policy } = await import(`${TARGET}/glue/regorus.js`);
  initSync({ module: readFileSync(`${TARGET}/glue/regorus_bg.wasm`) });
  const rego = readFileSync(`${HERE}policy.rego`, "utf8");
  const policy = new Policy(rego, "data.usher.reasons", JSON.stringify(dataOf(catalogue)));
  const known = new Map(catalogue.titles.map((title) => [title.id, title]));
  /** @param {string} input @returns {string[]} */
  const reasonsOf = (input) => JSON.parse(policy.decide(input));
  return {
    name: "regorus",
    reasons: true,
    prepare({ viewer, request }) {
      return JSON.stringify({ viewer, request, title: known.get(request.title) });
    },
    decide: (input) => reasonsOf(input).length === 0,
    reasonsOf,
  };
}

/** @param {import("./facts.mjs").Catalogue} catalogue */
function dataOf({ policy }) {
  /** @param {string[]} words */
  const set = (words) => Object.fromEntries(words.map((word) => [word, true]));
  const { plans, past_due_grace_days, fallback_devices, fallback_streams } = policy;
  return {
    grace_s: past_due_grace_days * 86_400,
    fallback_devices,
    fallback_streams,
    plans: Object.fromEntries(plans.map(({ id, devices, streams }) => [id, { devices, streams }])),
    parts: Object.fromEntries(
      plans.map(({ id }) => [
        id,
        partsOf(policy, id).map(({ packs, device_classes, ads }) => ({
          packs: set(packs),
          classes: set(device_classes),
          ads,
        })),
      ]),
    ),
  };
}

/** Makes the module, unless it is there: regorus is published as a crate only. */
function build() {
  if (existsSync(`${TARGET}/glue/regorus.js`)) return;
  console.error("bench: cargo build in tests/bench/regorus, once");
  run("cargo", ["build", "--locked", "--release", "--target", "wasm32-unknown-unknown"], HERE);
  const module = `${TARGET}/wasm32-unknown-unknown/release/regorus_module.wasm`;
  const bindgen = readFileSync(`${ROOT}target/tools/wasm-bindgen`, "utf8").trim();
  const glue = ["--target", "web", "--out-dir", `${TARGET}/glue`, "--out-name", "regorus"];
  run(bindgen, [...glue, module], ROOT);
}

/**
 * @param {string} command
 * @param {string[]} words
 * @param {string} cwd
 */
function run(command, words, cwd) {
  const env = { ...process.env, CARGO_TARGET_DIR: TARGET };
  const { status } = spawnSync(command, words, { cwd, env, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`\`${command}\` failed in \`${cwd}\``);
}
