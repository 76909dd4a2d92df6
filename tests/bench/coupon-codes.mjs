// @ts-check
// A million codes of coupons beside `voucher-code-generator`, and how long one takes to be checked:
// `node tests/bench/coupon-codes.mjs`.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { checkCode, init } from "usher";
import * as edge from "usher/edge";
import * as office from "usher/office";
import { moduleBytes } from "../js/module-bytes.mjs";
import { median } from "./median.mjs";

const CODES = 1_000_000;
const ROUNDS = 5;

/** Calls whose time is taken together, and how often: one alone is shorter than the clock. */
const CALLS = 20_000;
const SAMPLES = 15;

const ORDER = {
  shape: {
    alphabet: null,
    length: null,
    pattern: null,
    prefix: null,
    max_length: null,
    max_fill: null,
  },
  quantity: CODES,
  existing: 0,
  shown: false,
};

/**
 * @typedef {object} CouponCodes
 * @property {number} codes that are made at once
 * @property {number} bytesMs as lines of ASCII
 * @property {number} stringsMs as an array of strings
 * @property {number} peerMs an array of strings of as many random symbols, by the peer
 * @property {number} ratio of the two arrays, the median of the rounds
 * @property {number} filterMs to build the filter of all of them
 * @property {number} filterBytes
 * @property {Record<string, number>} latencyUs of one call
 */

/** @returns {Promise<CouponCodes>} */
export async function measureCouponCodes() {
  await Promise.all([
    init(moduleBytes("player")),
    edge.init(moduleBytes("edge")),
    office.init(moduleBytes("office")),
  ]);
  const peer = createRequire(import.meta.url)("voucher-code-generator");
  const bytesMs = [];
  const stringsMs = [];
  const peerMs = [];
  const ratios = [];
  /** @type {Uint8Array} */
  let lines = new Uint8Array();
  // By turns, so that what else the machine does meets both.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const bytes = timed(() => (lines = office.generateCodes(ORDER)));
    const strings = timed(() => distinct(office.codeList(office.generateCodes(ORDER))));
    const others = timed(() => peer.generate({ length: 12, count: CODES, charset: CHARSET }));
    // The first round compiles.
    if (round === 0) continue;
    bytesMs.push(bytes);
    stringsMs.push(strings);
    peerMs.push(others);
    ratios.push(others / strings);
  }
  const filterMs = timed(() => office.buildCodeFilter(lines));
  const filter = office.buildCodeFilter(lines);
  return {
    codes: CODES,
    bytesMs: median(bytesMs),
    stringsMs: median(stringsMs),
    peerMs: median(peerMs),
    ratio: median(ratios),
    filterMs,
    filterBytes: filter.length,
    latencyUs: latencies(office.codeList(lines).slice(0, CALLS), filter),
  };
}

/** The symbols of our codes, for the peer. */
const CHARSET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** @param {string[]} codes */
function distinct(codes) {
  if (codes.length !== CODES) throw new Error(`${codes.length} codes, expected ${CODES}`);
  return codes;
}

/**
 * @param {string[]} codes
 * @param {Uint8Array} filterBytes
 */
function latencies(codes, filterBytes) {
  const typed = codes.map((code) => code.replace(/(....)/g, "$1-").toLowerCase());
  const mistyped = codes.map((code) => code.slice(1) + code.slice(0, 1));
  const keys = `3:${Buffer.alloc(32, 7).toString("base64url")}`;
  const tagged = office.codeList(office.mintTaggedCodes({ keys, first: 0, count: CALLS }));
  const filter = new edge.CodeFilter(filterBytes);
  return {
    "player, `checkCode`": latencyUs(typed, checkCode),
    "player, `checkCode`, mistyped": latencyUs(mistyped, checkCode),
    "edge, `readCode`": latencyUs(typed, edge.readCode),
    "edge, `verifyTaggedCode`": latencyUs(tagged, (code) => edge.verifyTaggedCode(keys, code)),
    "edge, `CodeFilter.mayContain`": latencyUs(codes, (code) => filter.mayContain(code)),
  };
}

/**
 * The median of a call, in microseconds.
 * @param {string[]} inputs
 * @param {(input: string) => unknown} call
 */
function latencyUs(inputs, call) {
  const samples = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const ms = timed(() => {
      for (const input of inputs) call(input);
    });
    samples.push((1000 * ms) / inputs.length);
  }
  return median(samples);
}

/** @param {() => unknown} work */
function timed(work) {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { installPeers, peer } = await import("./peers.mjs");
  installPeers();
  peer("voucher-code-generator");
  console.log(JSON.stringify(await measureCouponCodes(), null, 2));
}
