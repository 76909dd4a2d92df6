// @ts-check
// Debian's PostgreSQL in a folder of its own, and the receiver before it.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { eventually } from "./api.mjs";

/** Where Debian puts each major version. */
const DEBIAN = "/usr/lib/postgresql";

const RECEIVER = "www/receiver/postgresql/receiver.mjs";
export const SCHEMA = "www/receiver/postgresql/schema.sql";

/** PostgreSQL refuses to run as root, as which containers run their tests: Debian's user does. */
const AS_USER =
  process.getuid?.() === 0
    ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
    : [];

/** The folder of the programs: that in `POSTGRESQL`, or the newest of Debian's. */
export function programs() {
  const given = process.env.POSTGRESQL;
  if (given) return given;
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newest = versions.sort((one, other) => Number(other) - Number(one))[0];
  if (newest === undefined) throw new Error("no PostgreSQL; run `apt-get install postgresql`");
  return join(DEBIAN, newest, "bin");
}

/** @typedef {Awaited<ReturnType<typeof startPostgres>>} Postgres */

/** Starts an empty server that nobody but this machine can reach, with the tables of the receiver. */
export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), "usher-pg-"));
  const [program = "", ...before] = [...AS_USER, join(programs(), "initdb")];
  if (AS_USER.length > 0) execFileSync("chown", ["postgres:postgres", folder]);
  chmodSync(folder, 0o755);
  const options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"];
  execFileSync(program, [...before, ...options, "--pgdata", join(folder, "data")], {
    cwd: folder,
    stdio: "ignore",
  });
  const url = `postgresql://postgres@localhost/postgres?host=${folder}`;
  let child = await start(folder, url);
  execFileSync(join(programs(), "psql"), [url, "--set", "ON_ERROR_STOP=1", "--file", SCHEMA], {
    stdio: ["ignore", "ignore", "inherit"],
  });

  /** @param {NodeJS.Signals} signal */
  const end = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  return {
    url,
    kill9: () => end("SIGKILL"),
    restart: async () => {
      await end("SIGINT");
      child = await start(folder, url);
    },
    stop: async () => {
      await end("SIGQUIT");
      rmSync(folder, { recursive: true, force: true });
    },
    /** @type {(sql: string, values?: unknown[]) => Promise<any[]>} */
    query: (sql, values) =>
      withClient(url, async (client) => (await client.query(sql, values)).rows),
  };
}

/**
 * @param {string} folder
 * @param {string} url
 */
async function start(folder, url) {
  const settings = ["listen_addresses=", `unix_socket_directories=${folder}`, "max_connections=40"];
  const [program = "", ...before] = [...AS_USER, join(programs(), "postgres")];
  const options = ["-D", join(folder, "data"), ...settings.flatMap((each) => ["-c", each])];
  // After a kill -9 it does not start until the last of the old processes is gone.
  return eventually(async () => {
    const child = spawn(program, [...before, ...options], { cwd: folder, stdio: "ignore" });
    const killed = () => child.kill("SIGKILL");
    process.once("exit", killed);
    child.once("exit", () => process.off("exit", killed));
    await eventually(async () => {
      if (child.exitCode !== null) return;
      await withClient(url, (client) => client.query("SELECT 1"));
    });
    if (child.exitCode !== null) throw new Error(`postgres ended: ${child.exitCode}`);
    child.unref();
    return child;
  });
}

/**
 * @template T
 * @param {string} url
 * @param {(client: pg.Client) => Promise<T>} work
 */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  // A server that is killed ends the connection: whoever asks is told by the query.
  client.on("error", () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

/** @typedef {Awaited<ReturnType<typeof startReceiver>>} Receiver */

/**
 * @param {Record<string, string>} environment
 */
export async function startReceiver(environment) {
  let written = "";
  const run = async (/** @type {string} */ port) => {
    const child = spawn(process.execPath, [RECEIVER], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment, PORT: port },
    });
    const killed = () => child.kill("SIGKILL");
    process.once("exit", killed);
    child.once("exit", () => process.off("exit", killed));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        written += text;
      });
    }
    const from = written.length;
    const url = await eventually(async () => {
      const [found] = /http:\S+/.exec(written.slice(from)) ?? [];
      if (found === undefined) throw new Error(`the receiver does not listen: ${written}`);
      return found;
    });
    for (const handle of [child, child.stdout, child.stderr]) /** @type {any} */ (handle).unref();
    return { child, url };
  };
  let { child, url } = await run("0");
  /** @param {NodeJS.Signals} signal */
  const end = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.ref();
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    url,
    log: () => written,
    kill9: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    restart: async () => {
      await end("SIGTERM");
      ({ child } = await run(new URL(url).port));
    },
  };
}
