// @ts-check
// Replays every case below a folder through the wasm package: `node tests/conformance/run.mjs folder`.
// A line a failing case, a line for each reason of which cases were skipped, then `N passed, M failed`.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { init } from "usher";
import { couponFailures, initCoupons } from "./coupons.mjs";
import { decisionFailures, initDecisions } from "./decisions.mjs";
import { engagementFailures } from "./engagement.mjs";
import { initTokens, tokenCases } from "./tokens.mjs";

/** @typedef {{ key: string, expected: unknown, got: unknown }} Failure */

/**
 * How a case of each format is judged: what differs from what is expected. A file is one case, or has several in
 * its list `cases`, which share what else is in it.
 * @type {Record<string, (one: any, document: any) => Failure[]>}
 */
const FORMATS = {
  "usher-case/1": engagementFailures,
  "usher-coupon-cases/1": couponFailures,
  "usher-decision-cases/1": decisionFailures,
};

/**
 * Judges every case of a folder.
 * @param {string} folder
 * @param {(line: string) => void} print takes a line a failing case
 * @param {(reason: string, id: string) => void} [skip] takes each case that is of something that Usher does not do
 * @returns {Promise<{ passed: number, failed: number }>} without those that were skipped
 */
export async function judge(folder, print, skip = () => {}) {
  await init(readFileSync(fileURLToPath(import.meta.resolve("usher/player.wasm"))));
  await initCoupons();
  await initDecisions();
  await initTokens();
  const counts = { passed: 0, failed: 0 };
  for (const file of jsonFiles(folder)) {
    for (const { id, failures: outcome } of judgeFile(file, relative(folder, file))) {
      const failures = await outcome;
      if ("skipped" in failures) {
        skip(failures.skipped, id);
        continue;
      }
      if (failures.length) counts.failed += 1;
      else counts.passed += 1;
      for (const failure of failures) print(line(id, failure));
    }
  }
  return counts;
}

/**
 * @param {string} file
 * @param {string} name
 */
function judgeFile(file, name) {
  /** @type {any} */
  let document;
  try {
    document = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return [{ id: name, failures: [{ key: "json", expected: "valid", got: String(error) }] }];
  }
  const tokens = tokenCases(document);
  if (tokens) return tokens.map(({ id, run }) => ({ id, failures: attemptLater(run) }));
  const format = FORMATS[document?.format] ?? (() => [unsupported(document?.format)]);
  if (!Array.isArray(document?.cases)) {
    return [{ id: document?.id ?? name, failures: attempt(format, document, document) }];
  }
  return document.cases.map((/** @type {any} */ one, /** @type {number} */ index) => ({
    id: one?.id ?? `${name}#${index + 1}`,
    failures: attempt(format, one, document),
  }));
}

/**
 * @param {(one: any, document: any) => Failure[]} format
 * @param {any} one
 * @param {any} document
 */
function attempt(format, one, document) {
  try {
    return format(one, document);
  } catch (error) {
    return failed(error);
  }
}

/** @param {import("./tokens.mjs").Case["run"]} run */
async function attemptLater(run) {
  try {
    return await run();
  } catch (error) {
    return failed(error);
  }
}

/**
 * @param {unknown} error
 * @returns {Failure[]}
 */
function failed(error) {
  const { code, message, field } = /** @type {any} */ (error);
  return [{ key: "run", expected: "no error", got: code ? { code, message, field } : `${error}` }];
}

/** @param {unknown} format */
const unsupported = (format) => ({
  key: "unsupported",
  expected: Object.keys(FORMATS),
  got: format ?? "no format",
});

/**
 * @param {string} id
 * @param {Failure} failure
 */
const line = (id, { key, expected, got }) =>
  `${id}: ${key}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`;

/**
 * @param {string} folder
 * @returns {string[]}
 */
function jsonFiles(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (!folder || !existsSync(folder)) {
    console.error(`conformance: \`${folder ?? ""}\` is not a folder; name one that holds cases`);
    process.exit(2);
  }
  /** @type {Map<string, number>} */
  const skipped = new Map();
  const skip = (/** @type {string} */ reason) =>
    skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  const counts = await judge(folder, console.log, skip);
  for (const [reason, count] of skipped) console.log(`skipped ${count}: ${reason}`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed ? 1 : 0;
}
