// @ts-check
import { DurableObject } from "cloudflare:workers";
import { buildCodeFilter, isNearEnd } from "usher/office";
import { callModule } from "../office-module.js";
import { digestOf } from "../statement.js";
import { CODE_SHARDS, codesAt, directoryOf, groupAt } from "./objects.js";

/** Used and revoked codes in a filter; beyond, the rest is left out: who consumes knows them still. */
const CODES_MAX = 2_000_000;

/** Codes that an object is asked for at a time. */
const PAGE_ROWS = 10_000;

/** No filter is built sooner after the last one. */
const INTERVAL_MS = 5_000;

/** Nor sooner than so many times as long as the last one took. */
const REST = 10;

/** Bytes of a row. */
const PIECE_BYTES = 1024 * 1024;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS filter (
    one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, made_ms INTEGER NOT NULL,
    digest TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS pieces (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
`;

/** @typedef {{ version: number, madeMs: number, digest: string, body: Uint8Array }} Filter */

/**
 * The filter of the used and revoked codes of a tenant: collected from the objects that know them when it is
 * asked for, kept for those who ask meanwhile and for when one of them is away.
 * @extends {DurableObject<import("../coupons.js").CouponsEnv>}
 */
export class CouponFilter extends DurableObject {
  #sql;
  /** @type {Filter | null} */
  #kept;
  /** @type {Promise<Filter> | null} */
  #building = null;
  #nextMs = 0;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("../coupons.js").CouponsEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(SCHEMA);
    this.#kept = this.#load();
  }

  /** @returns {Promise<Filter>} */
  async filter() {
    const kept = this.#kept;
    if (kept !== null && Date.now() < this.#nextMs) return kept;
    this.#building ??= this.#build().finally(() => {
      this.#building = null;
    });
    try {
      return await this.#building;
    } catch (error) {
      if (kept === null) throw error;
      console.error("the filter of used codes could not be built, the last one stays:", error);
      return kept;
    }
  }

  async #build() {
    const madeMs = Date.now();
    try {
      const lines = new TextEncoder().encode((await collected(this.env)).join("\n"));
      const body = callModule(() => buildCodeFilter(lines));
      const digest = await digestOf(body);
      const version = (this.#kept?.version ?? 0) + Number(this.#kept?.digest !== digest);
      this.#store({ version, madeMs, digest, body });
      return /** @type {Filter} */ (this.#kept);
    } finally {
      const tookMs = Date.now() - madeMs;
      this.#nextMs = madeMs + tookMs + Math.max(INTERVAL_MS, REST * tookMs);
    }
  }

  /** @param {Filter} filter */
  #store(filter) {
    const { version, madeMs, digest, body } = filter;
    this.ctx.storage.transactionSync(() => {
      this.#sql.exec("INSERT OR REPLACE INTO filter VALUES (1, ?, ?, ?)", version, madeMs, digest);
      if (version === this.#kept?.version) return;
      this.#sql.exec("DELETE FROM pieces");
      for (let at = 0; at < body.byteLength; at += PIECE_BYTES) {
        const piece = body.slice(at, at + PIECE_BYTES);
        this.#sql.exec("INSERT INTO pieces (bytes) VALUES (?)", piece.buffer);
      }
    });
    this.#kept = filter;
  }

  /** @returns {Filter | null} */
  #load() {
    const [row] = this.#sql.exec("SELECT version, made_ms, digest FROM filter").toArray();
    if (row === undefined) return null;
    const pieces = this.#sql.exec("SELECT bytes FROM pieces ORDER BY number").toArray();
    const parts = pieces.map(({ bytes }) => new Uint8Array(/** @type {ArrayBuffer} */ (bytes)));
    const body = new Uint8Array(parts.reduce((size, { byteLength }) => size + byteLength, 0));
    let at = 0;
    for (const part of parts) {
      body.set(part, at);
      at += part.byteLength;
    }
    const { version, made_ms, digest } = row;
    return { version: Number(version), madeMs: Number(made_ms), digest: String(digest), body };
  }
}

/**
 * All codes that are used, held or revoked, and the ids of coupons that are used up soon, as far as there is
 * room: small letters and digits, which no code is.
 * @param {import("../coupons.js").CouponsEnv} env
 */
async function collected(env) {
  /** @type {Set<string>} */
  const codes = new Set();
  const knowledge = /** @type {any} */ (await directoryOf(env).knowledge(-1));
  for (const { id, shards } of knowledge?.groups ?? []) {
    for (let shard = 0; shard < Number(shards); shard += 1) {
      const group = groupAt(env, String(id), shard);
      await collect(codes, (after) => group.used(after, PAGE_ROWS));
    }
  }
  for (const { id, group, limits } of knowledge?.coupons ?? []) {
    // Limits of all codes together are of groups in one piece.
    if (!limits?.max_redemptions && !limits?.budget_minor) continue;
    const counts = await groupAt(env, group, 0).counts(id);
    if (counts !== null && callModule(() => isNearEnd({ limits, counts }))) codes.add(id);
  }
  for (let shard = 0; shard < CODE_SHARDS; shard += 1) {
    const store = codesAt(env, shard);
    await collect(codes, (after) => store.revoked(after, PAGE_ROWS));
  }
  if (codes.size >= CODES_MAX)
    console.error(`more than \`${CODES_MAX}\` codes are used or revoked`);
  return [...codes];
}

/**
 * @param {Set<string>} codes
 * @param {(after: string) => PromiseLike<string[]>} list codes in their order
 */
async function collect(codes, list) {
  let after = "";
  while (codes.size < CODES_MAX) {
    const page = await list(after);
    for (const code of page) codes.add(code);
    const last = page.at(-1);
    if (page.length < PAGE_ROWS || last === undefined) return;
    after = last;
  }
}
