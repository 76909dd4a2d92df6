// @ts-check
// The files in which the objects of a stopped server keep what they hold, read and written from beside it.
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const NO_COMMAND = spawnSync("sqlite3", ["--version"]).error !== undefined;

/** For tests that need the command. @type {{ skip: string | false }} */
export const NEEDS_SQLITE = { skip: NO_COMMAND && "there is no command `sqlite3`" };

/**
 * The files of the objects of a class.
 * @param {string} state folder of a server that is stopped
 * @param {string} namespace
 */
export function storeFiles(state, namespace) {
  const folder = join(state, namespace);
  return readdirSync(folder)
    .filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file))
    .map((file) => join(folder, file));
}

/**
 * Runs a statement and gives its rows. Throws what SQLite says against it.
 * @param {string} file
 * @param {string} sql
 * @returns {any[]}
 */
export function inStore(file, sql) {
  const output = execFileSync("sqlite3", ["-bail", "-json", file, sql], { stdio: "pipe" });
  const text = String(output).trim();
  return text === "" ? [] : JSON.parse(text);
}
