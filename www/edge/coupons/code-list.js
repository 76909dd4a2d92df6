// @ts-check
import { codeState, mintTaggedCodes } from "usher/office";
import { callModule } from "../office-module.js";
import { Refused } from "../refusal.js";
import { taken } from "../store-answer.js";
import {
  CODE_SHARDS,
  codeShardOf,
  codesAt,
  directoryOf,
  groupAt,
  groupShardOf,
} from "./objects.js";

/** @typedef {import("./directory/coupons.js").CodeSource & { shards: number }} CodeSource */
/** @typedef {{ code: string, revoked: boolean }} IssuedCode */

/**
 * Where a list of codes goes on: the number of the coupon, the part of its codes, and what came last in that.
 * @typedef {[coupon: number, part: number, after: number | string]} Place
 */

/**
 * A code as an operator sees it.
 * @typedef {object} CodeRow
 * @property {string} code
 * @property {string} coupon
 * @property {string} state
 * @property {number} redemptions
 * @property {any} last of them
 */

/** Where the first code of a list stands. @type {Place} */
export const START = [0, 0, ""];

const NO_USE = { confirmed: false, held: false, reversed: false };

/** All codes of a group, coupon by coupon, those that nobody used as well. */
export class CodeList {
  #env;
  #group;
  #coupon;
  #search;

  /**
   * @param {import("../coupons.js").CouponsEnv} env
   * @param {string} group
   * @param {string | null} coupon of this one alone
   * @param {string} search with which the codes begin
   */
  constructor(env, group, coupon, search) {
    this.#env = env;
    this.#group = group;
    this.#coupon = coupon;
    this.#search = search;
  }

  /**
   * @param {Place} place
   * @param {number} limit
   * @returns {Promise<{ rows: CodeRow[], next: Place | null }>}
   */
  async page(place, limit) {
    const directory = directoryOf(this.#env);
    /** @type {CodeRow[]} */
    const rows = [];
    for (let [number, part, after] = place; ; [number, part, after] = [number + 1, 0, ""]) {
      const source = taken(await directory.codeSource(this.#group, this.#coupon, number));
      if (source === null) return { rows, next: null };
      if (source.number !== number) [number, part, after] = [source.number, 0, ""];
      for (; part < partsOf(source); [part, after] = [part + 1, ""]) {
        const wanted = limit - rows.length;
        if (wanted === 0) return { rows, next: [number, part, after] };
        const found = await this.#codes(source, part, after, wanted);
        rows.push(...(await this.#standing(source, found)));
        const last = found.at(-1);
        if (last !== undefined && found.length === wanted) {
          return { rows, next: [number, part, last.place] };
        }
      }
    }
  }

  /**
   * @param {CodeSource} source
   * @param {number} part
   * @param {number | string} after
   * @param {number} limit
   * @returns {Promise<(IssuedCode & { place: number | string })[]>}
   */
  async #codes(source, part, after, limit) {
    const { coupon, code, ranges } = source;
    const search = this.#search;
    if (code !== null) {
      if (after !== "" || !code.startsWith(search)) return [];
      const revoked = await codesAt(this.#env, codeShardOf(code)).revokedOf([code]);
      return [{ code, revoked: revoked.length > 0, place: code }];
    }
    const range = ranges[part];
    if (range !== undefined) return this.#tagged(range, Number(after), limit);
    const codes = codesAt(this.#env, part);
    if (search !== "") {
      const found = await codes.search(coupon, search, String(after), limit);
      return found.map((one) => ({ ...one, place: one.code }));
    }
    const found = await codes.list(coupon, Number(after), limit);
    return found.map((one) => ({ ...one, place: one.number }));
  }

  /**
   * Makes tagged codes again.
   * @param {import("./directory/ranges.js").SerialRange} range
   * @param {number} after so many of the range
   * @param {number} limit
   */
  async #tagged({ slot, first, last }, after, limit) {
    const start = first + after;
    const count = Math.min(limit, last - start + 1);
    if (count <= 0) return [];
    const keys = keysBy(this.#env.COUPON_KEYS, slot);
    const lines = callModule(() => mintTaggedCodes({ keys, first: start, count }));
    const codes = new TextDecoder().decode(lines).split("\n");
    const revoked = await this.#revoked(codes);
    return codes
      .map((code, index) => ({ code, revoked: revoked.has(code), place: after + index + 1 }))
      .filter(({ code }, index) => code.startsWith(this.#search) || index === count - 1);
  }

  /** @param {string[]} codes */
  async #revoked(codes) {
    const parts = Array.from({ length: CODE_SHARDS }, () => /** @type {string[]} */ ([]));
    for (const code of codes) parts[codeShardOf(code)]?.push(code);
    const found = await Promise.all(
      parts.map((part, shard) =>
        part.length === 0 ? [] : codesAt(this.#env, shard).revokedOf(part),
      ),
    );
    return new Set(found.flat());
  }

  /**
   * Where codes stand: what their shards of the group know of them.
   * @param {CodeSource} source
   * @param {IssuedCode[]} codes
   * @returns {Promise<CodeRow[]>}
   */
  async #standing({ coupon, shards }, codes) {
    const parts = Array.from({ length: shards }, () => /** @type {string[]} */ ([]));
    for (const { code } of codes) parts[groupShardOf(code, shards)]?.push(code);
    const found = await Promise.all(
      parts.map((part, shard) =>
        part.length === 0 ? [] : groupAt(this.#env, this.#group, shard).histories(part),
      ),
    );
    const histories = new Map(found.flat().map((history) => [history.code, history]));
    return codes
      .filter(({ code }) => code.startsWith(this.#search))
      .map(({ code, revoked }) => standing(code, coupon, revoked, histories.get(code)));
  }
}

/**
 * @param {string} code
 * @param {string} coupon
 * @param {boolean} revoked
 * @param {import("./group.js").CodeHistory | undefined} history
 * @returns {CodeRow}
 */
export function standing(code, coupon, revoked, history) {
  const { confirmed, held, reversed } = history ?? NO_USE;
  // Most codes of most lists: the module need not be asked a million times.
  const isUnused = !revoked && history === undefined;
  const state = isUnused
    ? "unused"
    : callModule(() => codeState(revoked, confirmed, held, reversed));
  return {
    code,
    coupon,
    state,
    redemptions: history?.redemptions ?? 0,
    last: history?.last ?? null,
  };
}

/** @param {CodeSource} source */
function partsOf({ code, ranges }) {
  if (code !== null) return 1;
  return ranges.length > 0 ? ranges.length : CODE_SHARDS;
}

/**
 * The same keys with the one of a slot in front, which mints.
 * @param {string | null | undefined} keys
 * @param {number} slot
 */
function keysBy(keys, slot) {
  const all = (keys ?? "").split(",");
  const first = all.filter((key) => key.startsWith(`${slot}:`));
  if (first.length === 0) {
    const message = `COUPON_KEYS has no key \`${slot}\`, expected the one that made the codes`;
    throw new Refused("not_configured", message);
  }
  return [...first, ...all.filter((key) => !key.startsWith(`${slot}:`))].join(",");
}
