// @ts-check
// How long a token takes to check and to make, beside @eyevinn/cat and jose in the same run: tokens of the same claims,
// of which all answers are equal. Every signature is verified: no token comes twice where one would be remembered.
import { pathToFileURL } from "node:url";
import {
  checkCat,
  init,
  mintCat,
  signEntitlementToken,
  verifyEntitlementToken,
} from "usher/rights";
import { moduleBytes } from "../js/module-bytes.mjs";
import { median } from "./median.mjs";
import { table } from "./table.mjs";

const ROUNDS = 9;
const TOKENS_PER_ROUND = 400;
const NOW = Math.floor(Date.now() / 1000);

const SECRET = Buffer.alloc(32, 7);
const CAT_KEYS = `k1:${SECRET.toString("base64url")}`;
const REQUEST = { url: "https://cdn.example/vod/t1/seg.m4s", method: "GET", now: NOW };

/** Claims of an entitlement token. @param {string} jti */
const claimsOf = (jti) => ({
  iss: "demo",
  aud: "usher",
  sub: "anna",
  jti,
  iat: NOW,
  exp: NOW + 3600,
  epoch: 0,
  ent: {
    account: { status: "active" },
    max_rating: 18,
    grants: [{ id: "g1", kind: "plan", plan: "family", from: NOW - 1000, to: NOW + 1_000_000 }],
    devices: ["tv", "phone"],
  },
});

/**
 * @typedef {object} TokenRow
 * @property {string} what
 * @property {string} peer
 * @property {number} usherUs of one, the median of the rounds
 * @property {number} leastUs of the fastest round, in which least else ran on the machine
 * @property {number} peerUs
 * @property {number} ratio the median of those of each round
 */

/** @typedef {{ rows: TokenRow[], knownUs: number, answers: number }} TokenFigures */

/** @returns {Promise<TokenFigures>} */
export async function measureTokens() {
  await init(moduleBytes("rights"));
  const cat = await catRows();
  const rows = [];
  let answers = cat.answers;
  for (const alg of /** @type {const} */ (["HS256", "ES256", "EdDSA"])) {
    const one = await jwtRow(alg);
    rows.push(one.row);
    answers += one.answers;
  }
  return { rows: [...cat.rows, ...rows], knownUs: await knownUs(), answers };
}

async function catRows() {
  const { CAT } = await import("@eyevinn/cat");
  const peer = new CAT({ keys: { k1: SECRET }, expectCwtTag: true });
  /** @param {object} change */
  const made = async (change) => {
    const claims = { iss: "demo", exp: NOW + 120, catu: { path: { "prefix-match": "/vod/t1/" } } };
    const how = /** @type {const} */ ({ type: "mac", alg: "HS256", kid: "k1" });
    return String(await peer.generateFromJson(/** @type {any} */ ({ ...claims, ...change }), how));
  };
  const token = await made({});
  const broken = Buffer.from(token, "base64");
  broken.writeUInt8(broken.readUInt8(broken.length - 1) ^ 1, broken.length - 1);
  const tokens = [
    token,
    await made({ exp: NOW - 1 }),
    await made({ iss: "other" }),
    await made({ catu: { path: { "prefix-match": "/vod/t2/" } } }),
    broken.toString("base64url"),
  ];
  const url = new URL(REQUEST.url);
  const byPeer = async (/** @type {string} */ one) => {
    const found = await peer.validate(one, "mac", { issuer: "demo", url });
    if (found.error) throw found.error;
  };
  const byUsher = (/** @type {string} */ one) =>
    checkCat(CAT_KEYS, one, REQUEST, { issuer: "demo" });
  for (const [index, one] of tokens.entries()) {
    const own = one.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const expected = index === 0;
    equal([await accepts(() => byPeer(one)), await accepts(() => byUsher(own))], expected, one);
  }
  const claims = { iss: "demo", exp: NOW + 120, catu: { path: { prefix: "/vod/t1/" } } };
  const own = token.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const many = Array(TOKENS_PER_ROUND * 10).fill(own);
  const few = Array(TOKENS_PER_ROUND).fill(token);
  return {
    answers: tokens.length,
    rows: [
      await row("CAT HS256, check", "@eyevinn/cat", many, byUsher, few, byPeer),
      await row(
        "CAT HS256, make",
        "@eyevinn/cat",
        many,
        () => mintCat(CAT_KEYS, claims),
        few,
        () => made({}),
      ),
    ],
  };
}

/** @param {"HS256" | "ES256" | "EdDSA"} alg */
async function jwtRow(alg) {
  const { jwtVerify } = await import("jose");
  const { keyset, secret, key } = await keysOf(alg);
  const signer = { kid: "k1", alg, key: secret };
  /** @param {object} change */
  const signed = (change) => signEntitlementToken({ ...claimsOf("t"), ...change }, signer);
  const byUsher = (/** @type {string} */ one) =>
    verifyEntitlementToken(one, keyset, { issuer: "demo", audience: "usher", now: NOW });
  const byPeer = (/** @type {string} */ one) =>
    jwtVerify(one, key, { algorithms: [alg], issuer: "demo", audience: "usher" });
  const good = await signed({});
  const [header = "", , signature = ""] = good.split(".");
  const other = Buffer.from(JSON.stringify(claimsOf("other"))).toString("base64url");
  const none = Buffer.from('{"alg":"none","kid":"k1","typ":"JWT"}').toString("base64url");
  const tokens = [
    good,
    await signed({ exp: NOW - 1, iat: NOW - 10 }),
    await signed({ iss: "other" }),
    await signed({ aud: "other" }),
    `${header}.${other}.${signature}`,
    `${none}.${other}.`,
  ];
  for (const [index, one] of tokens.entries()) {
    equal([await accepts(() => byPeer(one)), await accepts(() => byUsher(one))], index === 0, one);
  }
  const all = await Promise.all(
    Array.from({ length: TOKENS_PER_ROUND * (ROUNDS + 1) }, (_, index) =>
      signed({ jti: `t${index}` }),
    ),
  );
  return {
    answers: tokens.length,
    row: await row(`JWT ${alg}, check`, "jose", all, byUsher, all, byPeer, true),
  };
}

/**
 * A keyset of one key, the key that signs, and the one that verifies.
 * @param {"HS256" | "ES256" | "EdDSA"} alg
 */
async function keysOf(alg) {
  const { subtle } = crypto;
  if (alg === "HS256") {
    const how = { name: "HMAC", hash: "SHA-256" };
    const key = await subtle.importKey("raw", SECRET, how, true, ["sign", "verify"]);
    return { keyset: keysetOf(alg, SECRET), secret: key, key };
  }
  const how = alg === "ES256" ? { name: "ECDSA", namedCurve: "P-256" } : { name: "Ed25519" };
  const made = await subtle.generateKey(how, true, ["sign", "verify"]);
  const { privateKey: secret, publicKey: key } = /** @type {CryptoKeyPair} */ (made);
  const raw = Buffer.from(await subtle.exportKey("raw", key));
  return { keyset: keysetOf(alg, raw), secret, key };
}

/**
 * @param {string} alg
 * @param {Buffer} key
 */
const keysetOf = (alg, key) =>
  JSON.stringify({ keys: [{ kid: "k1", alg, key: key.toString("base64url") }] });

/** A token that was verified before. */
async function knownUs() {
  const { keyset, secret } = await keysOf("EdDSA");
  const token = await signEntitlementToken(claimsOf("t"), { kid: "k1", alg: "EdDSA", key: secret });
  const expected = { issuer: "demo", audience: "usher", now: NOW };
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(
      await timed(Array(TOKENS_PER_ROUND).fill(token), (one) =>
        verifyEntitlementToken(one, keyset, expected),
      ),
    );
  }
  return Math.min(...rounds);
}

/**
 * Both in turns, so that what else the machine does meets both.
 * @param {string} what
 * @param {string} peer
 * @param {string[]} own tokens for Usher: of a round if each may come twice, else of all
 * @param {(token: string) => unknown} usher
 * @param {string[]} others
 * @param {(token: string) => unknown} other
 * @param {boolean} [isOnce]
 * @returns {Promise<TokenRow>}
 */
async function row(what, peer, own, usher, others, other, isOnce = false) {
  const [ushers, peers, ratios] = [[], [], []].map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    const from = round * TOKENS_PER_ROUND;
    const part = (/** @type {string[]} */ tokens) =>
      isOnce ? tokens.slice(from, from + TOKENS_PER_ROUND) : tokens;
    const [mine, theirs] = [await timed(part(own), usher), await timed(part(others), other)];
    // The first round warms up.
    if (round === 0) continue;
    ushers?.push(mine);
    peers?.push(theirs);
    ratios?.push(theirs / mine);
  }
  return {
    ...{ what, peer, usherUs: median(ushers ?? []), leastUs: Math.min(...(ushers ?? [])) },
    ...{ peerUs: median(peers ?? []), ratio: median(ratios ?? []) },
  };
}

/**
 * Microseconds of one.
 * @param {string[]} tokens
 * @param {(token: string) => unknown} judge
 */
async function timed(tokens, judge) {
  const beganMs = performance.now();
  for (const token of tokens) {
    const judged = judge(token);
    if (judged instanceof Promise) await judged;
  }
  return ((performance.now() - beganMs) / tokens.length) * 1000;
}

/** @param {() => unknown} judge */
async function accepts(judge) {
  try {
    await judge();
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {boolean[]} answers
 * @param {boolean} expected
 * @param {string} token
 */
function equal(answers, expected, token) {
  if (answers.every((answer) => answer === expected)) return;
  throw new Error(`the answers to \`${token}\` are ${answers.join(" and ")}, expected ${expected}`);
}

/**
 * @param {TokenFigures | undefined} figures
 * @param {(name: string) => string} version
 */
export function tokenTable(figures, version) {
  if (!figures) return "";
  const rows = figures.rows.map(({ what, peer, usherUs, leastUs, peerUs, ratio }) => [
    what,
    usherUs.toFixed(1),
    leastUs.toFixed(1),
    `${peer} ${version(peer)}`.trim(),
    peerUs.toFixed(1),
    ratio.toFixed(1),
  ]);
  const known = [
    "JWT EdDSA, its signature verified before",
    "",
    figures.knownUs.toFixed(1),
    "",
    "",
    "",
  ];
  return table(
    [
      `tokens, of which ${figures.answers} answers are equal`,
      "Usher, µs",
      "its fastest round",
      "beside",
      "µs",
      "times Usher",
    ],
    [...rows, known],
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { installPeers } = await import("./peers.mjs");
  installPeers();
  console.log(tokenTable(await measureTokens(), () => ""));
}
