// @ts-check
import { DurableObject } from "cloudflare:workers";
import { admitRequest } from "usher/edge";
import { Alarm } from "./alarm.js";
import { base64url } from "./base64.js";
import { callModule } from "./edge-module.js";
import { Refused } from "./refusal.js";
import { networkOf } from "./throttle.js";

/**
 * Codes that an account or a device may have refused an hour for long, unless COUPON_FAILURES_PER_HOUR says
 * otherwise: nobody mistypes more. What that leaves to those who guess is in the README.
 */
const ACCOUNT_PER_HOUR = 20;

/** The same of an address, by COUPON_ADDRESS_FAILURES_PER_HOUR: a network may have thousands of viewers. */
const ADDRESS_PER_HOUR = 120;

/** So many hours' failures may come at once. */
const BURST_HOURS = 0.5;

/** Objects a tenant; each source of failures has its place in one of them. */
const SHARDS = 4;

/** Sources that an object remembers; beyond, those go first that are used up first. */
const ROWS_MAX = 100_000;

/** Rows that go at once when there are too many. */
const ROWS_DROPPED = 1_000;

/** How often what is used up is thrown away. */
const PRUNE_MS = 10 * 60_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS failures (source TEXT PRIMARY KEY, used_ms REAL NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS failures_used ON failures (used_ms);
`;

/**
 * Where failures come from.
 * @typedef {object} Source
 * @property {string} name which does not tell whose it is
 * @property {number} perHour failures an hour, for long
 */

/**
 * The failures of accounts, addresses and devices, counted for all isolates in one place. Only a failure
 * is counted: a success takes nothing, and gives nothing back.
 *
 * What came before is counted before the answer is given, right or wrong: whoever tries many codes at
 * once learns of no more than whoever tries one after the other.
 */
export class CouponThrottle extends DurableObject {
  #sql;
  #alarm;
  /** Counted once in the life of the object, since counting looks at all of them. */
  #rows;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("./edge.js").EdgeEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(SCHEMA);
    this.#rows = Number(this.#sql.exec("SELECT count(*) AS rows FROM failures").one()["rows"]);
    this.#alarm = new Alarm(ctx.storage);
    void ctx.blockConcurrencyWhile(() => this.#alarm.load());
  }

  /**
   * Milliseconds that the sources have to wait, the longest of them; 0 if none has to.
   * @param {Source[]} sources
   * @param {boolean} isFailure to be counted, unless its source has to wait
   */
  admit(sources, isFailure) {
    const nowMs = Date.now();
    const waits = sources.map((source) => this.#admit(source, isFailure, nowMs));
    return Math.max(0, ...waits);
  }

  alarm() {
    this.#alarm.rang();
    this.#sql.exec("DELETE FROM failures WHERE used_ms <= ?", Date.now());
    this.#rows -= Number(this.#sql.exec("SELECT changes() AS gone").one()["gone"]);
    if (this.#rows > 0) this.#alarm.arm(Date.now() + PRUNE_MS);
  }

  /**
   * @param {Source} source
   * @param {boolean} isFailure
   * @param {number} nowMs
   */
  #admit({ name, perHour }, isFailure, nowMs) {
    const [row] = this.#sql.exec("SELECT used_ms FROM failures WHERE source = ?", name).toArray();
    const usedMs = Number(row?.["used_ms"] ?? 0);
    const admitted = callModule(() =>
      admitRequest(usedMs, nowMs, perHour / 3600, BURST_HOURS * perHour),
    );
    if (admitted < 0) return -admitted;
    if (isFailure) this.#count(name, admitted, row === undefined, nowMs);
    return 0;
  }

  /**
   * @param {string} name
   * @param {number} usedMs
   * @param {boolean} isNew
   * @param {number} nowMs
   */
  #count(name, usedMs, isNew, nowMs) {
    if (isNew && this.#rows >= ROWS_MAX) {
      this.#sql.exec(
        "DELETE FROM failures WHERE source IN (SELECT source FROM failures ORDER BY used_ms LIMIT ?)",
        ROWS_DROPPED,
      );
      this.#rows -= ROWS_DROPPED;
    }
    this.#rows += Number(isNew);
    this.#sql.exec("INSERT OR REPLACE INTO failures VALUES (?, ?)", name, usedMs);
    this.#alarm.arm(nowMs + PRUNE_MS);
  }
}

/**
 * Who may have failed: the account, the network that asks where the one in front tells it, and the device.
 * @param {import("./edge.js").EdgeEnv} env
 * @param {Request} request
 * @param {string} viewer
 * @param {string | null} device
 * @returns {Promise<Source[]>}
 */
export function sourcesOf(env, request, viewer, device) {
  const perAccount = Number(env.COUPON_FAILURES_PER_HOUR) || ACCOUNT_PER_HOUR;
  const perAddress = Number(env.COUPON_ADDRESS_FAILURES_PER_HOUR) || ADDRESS_PER_HOUR;
  /** @type {[string, string | null, number][]} */
  const given = [
    ["account", viewer, perAccount],
    ["address", networkOf(request), perAddress],
    ["device", device, perAccount],
  ];
  return Promise.all(
    given.flatMap(([kind, value, perHour]) =>
      value === null ? [] : [keyedName(env, kind, value).then((name) => ({ name, perHour }))],
    ),
  );
}

/**
 * Throws `too_many_requests` if one of the sources has failed too often; counts a failure otherwise.
 * @param {import("./edge.js").EdgeEnv} env
 * @param {Source[]} sources
 * @param {boolean} isFailure
 */
export async function admitAnswer(env, sources, isFailure) {
  /** @type {Map<number, Source[]>} */
  const shards = new Map();
  for (const source of sources) {
    // The name is a hash already.
    const shard = source.name.charCodeAt(0) % SHARDS;
    shards.set(shard, [...(shards.get(shard) ?? []), source]);
  }
  const waits = await Promise.all(
    Array.from(shards, ([shard, those]) =>
      env.COUPON_THROTTLE.getByName(`${env.TENANT}/${shard}`).admit(those, isFailure),
    ),
  );
  const waitMs = Math.max(0, ...waits);
  if (waitMs === 0) return;
  const message = "too many codes were refused, try again later";
  throw new Refused("too_many_requests", message, null, Math.ceil(waitMs / 1000));
}

/** @type {{ of: string, key: Promise<CryptoKey> } | null} that of the last environment that asked */
let last = null;

/**
 * A name under the TENANT_KEY: addresses are so few that a plain hash of one is the address.
 * @param {import("./edge.js").EdgeEnv} env
 * @param {string} kind
 * @param {string} value
 */
async function keyedName({ TENANT, TENANT_KEY }, kind, value) {
  const text = new TextEncoder();
  const of = JSON.stringify(["usher coupon throttle 1", TENANT, TENANT_KEY || ""]);
  if (last?.of !== of) {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = crypto.subtle.importKey("raw", text.encode(of), algorithm, false, ["sign"]);
    last = { of, key };
  }
  const name = text.encode(`${kind}\n${value}`);
  const mac = await crypto.subtle.sign("HMAC", await last.key, name);
  return base64url(new Uint8Array(mac, 0, 16));
}
