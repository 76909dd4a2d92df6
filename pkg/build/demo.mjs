// @ts-check
// Serves target/demo/ on one port until it is stopped: `PORT=8787 STATE=folder node pkg/build/demo.mjs`.
import { spawn, spawnSync } from "node:child_process";
import { createPrivateKey, createPublicKey, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import workerd from "workerd";

const ANSWER_MS_MAX = 20_000;
const STOP_MS_MAX = 5_000;
const FREE_MS_MAX = 2_000;

const port = portFrom(process.env.PORT ?? "8787");
const state = resolve(process.env.STATE ?? "target/state");
if (!(await becomesFree(port))) {
  fail(
    `port \`${port}\` is taken by ${holder(port)}; stop it or choose another, as in \`make demo PORT=${port + 1}\``,
  );
}
mkdirSync(state, { recursive: true });

// Windows of a minute that close soon after: whoever watches the demo sees them arrive.
const windows = { WINDOW_SECONDS: "60", WINDOW_GRACE_SECONDS: "5" };
// Rights too: tokens are renewed, and places are free again, while somebody looks.
const rights = { heartbeat_s: 10, lease_s: 30, cat_life_s: 60, device_cooling_s: 60 };
const environment = {
  ...windows,
  RIGHTS: JSON.stringify(rights),
  ...keysIn(state),
  ...process.env,
};

// Where Linux offers it, workerd dies with this process, so that after kill -9 the port is free at once.
const tied = spawnSync("setpriv", ["--pdeathsig", "KILL", "true"]).status === 0;
const [program, ...words] = tied
  ? ["setpriv", "--pdeathsig", "KILL", workerd.default]
  : [workerd.default];
const server = spawn(
  String(program),
  [
    ...words,
    "serve",
    "target/demo/usher.capnp",
    `--socket-addr=http=127.0.0.1:${port}`,
    `--directory-path=state=${state}`,
    `--directory-path=public=${resolve("target/demo/public")}`,
  ],
  // A group of its own: Ctrl-C reaches this process only, which then lets workerd finish its writes.
  { stdio: ["ignore", "inherit", "inherit"], detached: true, env: environment },
);
let stopping = false;
server.on("error", (error) =>
  fail(`workerd could not be started: ${error.message}; delete node_modules and run make again`),
);
server.on("exit", (code, signal) => {
  if (stopping) process.exit(0);
  fail(`workerd stopped by itself (${signal ?? code}); it says why above`);
});
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
  process.on(signal, stop);
process.on("exit", () => server.kill("SIGKILL"));

if (await answers(port)) {
  console.log(`player page  http://localhost:${port}/`);
  console.log(`console      http://localhost:${port}/console`);
  console.log(`coupons      http://localhost:${port}/coupons`);
  console.log(`catalogue    http://localhost:${port}/catalogue`);
} else {
  fail(
    `nothing answered on port \`${port}\` within ${ANSWER_MS_MAX / 1000} s; see above what workerd says`,
  );
}

function stop() {
  if (stopping) return;
  stopping = true;
  server.kill("SIGTERM");
  setTimeout(() => process.exit(0), STOP_MS_MAX);
}

/**
 * The keys of this demo, made once for its state: pages send signed views, and nobody else's. A state of
 * before there were some of them gets those. One that stands in the environment comes before them.
 * @param {string} folder
 */
function keysIn(folder) {
  const file = join(folder, "keys.json");
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const keys = { ...freshKeys(), ...kept };
  if (Object.keys(keys).length > Object.keys(kept).length) {
    // Whole or not at all: without the old ones nothing that was signed would hold.
    writeFileSync(`${file}.new`, JSON.stringify(keys), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return keys;
}

function freshKeys() {
  const key = () => randomBytes(32).toString("base64url");
  const [seed, catalogueSeed, entitlementSeed] = [
    randomBytes(32),
    randomBytes(32),
    randomBytes(32),
  ];
  return {
    SESSION_KEYS: `demo:${key()}`,
    OPERATOR_KEY: key(),
    BATCH_KEY: key(),
    COUPON_KEYS: `0:${key()}`,
    COUPON_SIGNING_KEY: `demo:${seed.toString("base64url")}`,
    COUPON_PUBLIC_KEYS: `demo:${publicKeyOf(seed)}`,
    CATALOGUE_SIGNING_KEY: `demo:${catalogueSeed.toString("base64url")}`,
    CATALOGUE_PUBLIC_KEYS: `demo:${publicKeyOf(catalogueSeed)}`,
    ENTITLEMENT_SIGNING_KEYS: `demo:${entitlementSeed.toString("base64url")}`,
    CAT_KEYS: `demo:${key()}`,
    RECEIPT_KEYS: `demo:${key()}`,
  };
}

/**
 * The public key of an Ed25519 seed, in base64url. Through DER: in Node 20 a generated pair may wait for ever
 * for itself when it is exported as JWK.
 * @param {Buffer} seed
 */
function publicKeyOf(seed) {
  // PKCS #8 of Ed25519 (RFC 8410, section 7).
  const key = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return spki.subarray(-32).toString("base64url");
}

/** @param {string} text */
function portFrom(text) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 65535) return number;
  return fail(`PORT is \`${text}\`; set it to a number from 1 to 65535`);
}

/**
 * A process that was just stopped may still hold the port for a moment.
 * @param {number} port
 */
async function becomesFree(port) {
  const end = performance.now() + FREE_MS_MAX;
  while (!(await isFree(port))) {
    if (performance.now() > end) return false;
    await sleep(100);
  }
  return true;
}

/** @param {number} port */
function isFree(port) {
  return new Promise((free) => {
    const probe = createServer();
    probe.once("error", () => free(false));
    probe.listen({ port, host: "127.0.0.1" }, () => probe.close(() => free(true)));
  });
}

/**
 * Who holds the port, where the machine has a program that knows.
 * @param {number} port
 */
function holder(port) {
  const { stdout } = spawnSync("ss", ["-Hltnp", `sport = :${port}`], { encoding: "utf8" });
  const [, name, id] = /\(\("([^"]+)",pid=(\d+)/.exec(stdout ?? "") ?? [];
  return name ? `\`${name}\` (process ${id})` : "another process";
}

/** @param {number} port */
async function answers(port) {
  const end = performance.now() + ANSWER_MS_MAX;
  while (performance.now() < end && !stopping) {
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return true;
    } catch {
      await sleep(50);
    }
  }
  return stopping;
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`demo: ${message}`);
  process.exit(1);
}
