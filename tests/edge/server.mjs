// @ts-check
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import workerd from "workerd";
import { freshSigningKey } from "./signing-key.mjs";

/** The demo as it was built. */
export const DEMO = fileURLToPath(new URL("../../target/demo", import.meta.url));

/** The operator key of a server that a test starts. */
export const OPERATOR_KEY = "operator-key-of-the-tests-0123456789";

const SIGNING_KEY = freshSigningKey();
const CATALOGUE_KEY = freshSigningKey();

/** The keys of coupons of a server that a test starts. */
export const COUPON_ENVIRONMENT = {
  COUPON_KEYS: `0:${randomBytes(32).toString("base64url")}`,
  COUPON_SIGNING_KEY: `tests:${SIGNING_KEY.seed}`,
  COUPON_PUBLIC_KEYS: `tests:${SIGNING_KEY.publicKey}`,
};

/** The keys of rights of a server that a test starts. */
export const RIGHTS_ENVIRONMENT = {
  CATALOGUE_SIGNING_KEY: `tests:${CATALOGUE_KEY.seed}`,
  CATALOGUE_PUBLIC_KEYS: `tests:${CATALOGUE_KEY.publicKey}`,
  ENTITLEMENT_SIGNING_KEYS: `tests:${freshSigningKey().seed}`,
  CAT_KEYS: `tests:${randomBytes(32).toString("base64url")}`,
  RECEIPT_KEYS: `tests:${randomBytes(32).toString("base64url")}`,
};

/** Views need no token, and tests may be quick, unless one says otherwise. */
const ENVIRONMENT = {
  UNSIGNED_VIEWS: "allowed",
  OPERATOR_KEY,
  VIEWER_REQUESTS_PER_SECOND: "1000000",
  ...COUPON_ENVIRONMENT,
  ...RIGHTS_ENVIRONMENT,
};

const READY_MS_MAX = 30_000;

/**
 * @typedef {object} ServerOptions
 * @property {number} [port] 0 or none: a free one
 * @property {string} [state] folder of the state; none: a fresh one, removed by `stop`
 * @property {string} [demo] folder of the built demo, if not the demo itself
 * @property {Record<string, string | undefined>} [environment] variables beside those of this process;
 *   undefined takes one away
 */

/**
 * @typedef {object} Server
 * @property {string} url without a slash at the end
 * @property {number} port
 * @property {number} pid of the process that runs now
 * @property {string} state
 * @property {() => number} memoryPeakBytes the most that the process has held so far
 * @property {() => Promise<void>} kill9 ends the process in the middle of whatever it does
 * @property {() => Promise<void>} stop ends the process in good order
 * @property {() => Promise<void>} restart starts it again, on the same port and state
 * @property {() => string} log what it has written so far
 */

/**
 * Starts the demo in a workerd of its own.
 * @param {ServerOptions} [options]
 * @returns {Promise<Server>}
 */
export async function startServer({ port = 0, state, demo = DEMO, environment = {} } = {}) {
  const folder = resolve(state ?? mkdtempSync(join(tmpdir(), "usher-state-")));
  mkdirSync(folder, { recursive: true });
  let log = "";
  /** @param {string} text */
  const write = (text) => {
    log += text;
  };
  let running = await start(port, folder, demo, environment, write);
  const chosen = running.port;

  /** @param {NodeJS.Signals} signal */
  const end = async (signal) => {
    const { child } = running;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  return {
    url: `http://127.0.0.1:${chosen}`,
    port: chosen,
    get pid() {
      return running.child.pid ?? 0;
    },
    state: folder,
    memoryPeakBytes: () => memoryPeakBytes(running.child),
    kill9: () => end("SIGKILL"),
    stop: async () => {
      await end("SIGTERM");
      if (state === undefined) rmSync(folder, { recursive: true, force: true });
    },
    restart: async () => {
      // Two processes on one state folder are not supported: the old one ends first.
      await end("SIGTERM");
      running = await start(chosen, folder, demo, environment, write);
    },
    log: () => log,
  };
}

/**
 * @param {number} port
 * @param {string} state
 * @param {string} demo
 * @param {Record<string, string | undefined>} environment
 * @param {(text: string) => void} write
 */
async function start(port, state, demo, environment, write) {
  const child = spawn(
    workerd.default,
    [
      "serve",
      join(demo, "usher.capnp"),
      `--socket-addr=http=127.0.0.1:${port}`,
      `--directory-path=state=${state}`,
      `--directory-path=public=${join(demo, "public")}`,
      "--control-fd=3",
    ],
    {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: { ...process.env, ...ENVIRONMENT, ...environment },
    },
  );
  const killed = () => child.kill("SIGKILL");
  process.once("exit", killed);
  child.once("exit", () => process.off("exit", killed));
  let written = "\n";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      written += text;
      write(text);
    });
  }
  const bound = await portOf(child, () => written);
  await ready(`http://127.0.0.1:${bound}/healthz`, child);
  // A test that failed and stopped nothing must not keep its process alive.
  for (const handle of [child, ...child.stdio]) /** @type {any} */ (handle)?.unref();
  return { child, port: bound };
}

/**
 * What Linux counts as the process's peak of resident memory.
 * @param {import("node:child_process").ChildProcess} child
 */
function memoryPeakBytes({ pid }) {
  const [, kibibytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}

/**
 * The port that workerd reports when it listens.
 * @param {import("node:child_process").ChildProcess} child
 * @param {() => string} log
 * @returns {Promise<number>}
 */
function portOf(child, log) {
  return new Promise((found, failed) => {
    let text = "";
    child.once("error", failed);
    child.once("exit", (code, signal) =>
      failed(new Error(`workerd ended: ${signal ?? code}${log()}`)),
    );
    const control = /** @type {import("node:stream").Readable} */ (child.stdio[3]);
    control.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      const match = /"socket":"http","port":(\d+)/.exec(text);
      if (match !== null) found(Number(match[1]));
    });
  });
}

/**
 * @param {string} url
 * @param {import("node:child_process").ChildProcess} child
 */
async function ready(url, child) {
  const end = performance.now() + READY_MS_MAX;
  while (performance.now() < end && child.exitCode === null && child.signalCode === null) {
    const response = await fetch(url).catch(() => null);
    await response?.arrayBuffer();
    if (response?.ok) return;
  }
  throw new Error(`no answer from ${url}`);
}
