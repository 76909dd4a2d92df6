// @ts-check
// Replays every case below a folder through the wasm package: `node tests/conformance/run.mjs folder`.
// A line a failing case, then `N passed, M failed`.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { init } from "usher";
import { couponFailures, initCoupons } from "./coupons.mjs";
import { engagementFailures } from "./engagement.mjs";

/** @typedef {{ key: string, expected: unknown, got: unknown }} Failure */

/**
 * How a case of each format is judged: what differs from what is expected. A file is one case, or has several in
 * its list `cases`.
 * @type {Record<string, (one: any) => Failure[]>}
 */
const FORMATS = { "usher-case/1": engagementFailures, "usher-coupon-cases/1": couponFailures };

/**
 * Judges every case of a folder.
 * @param {string} folder
 * @param {(line: string) => void} print takes a line a failing case
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function judge(folder, print) {
  await init(readFileSync(fileURLToPath(import.meta.resolve("usher/player.wasm"))));
  await initCoupons();
  const counts = { passed: 0, failed: 0 };
  for (const file of jsonFiles(folder)) {
    for (const { id, failures } of judgeFile(file, relative(folder, file))) {
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
  const format = FORMATS[document?.format] ?? (() => [unsupported(document?.format)]);
  if (!Array.isArray(document?.cases)) {
    return [{ id: document?.id ?? name, failures: attempt(format, document) }];
  }
  return document.cases.map((/** @type {any} */ one, /** @type {number} */ index) => ({
    id: one?.id ?? `${name}#${index + 1}`,
    failures: attempt(format, one),
  }));
}

/**
 * @param {(one: any) => Failure[]} format
 * @param {any} one
 */
function attempt(format, one) {
  try {
    return format(one);
  } catch (error) {
    const { code, message, field } = /** @type {any} */ (error);
    return [
      { key: "run", expected: "no error", got: code ? { code, message, field } : `${error}` },
    ];
  }
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
  const { passed, failed } = await judge(folder, console.log);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}
