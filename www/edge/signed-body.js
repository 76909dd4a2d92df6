// @ts-check
import { verifySignature } from "usher/edge";
import { readBody } from "./body.js";
import { STATEMENT_HEADER, bytesOf, digestOf } from "./statement.js";

/** @typedef {import("./statement.js").Statement} Statement */
/** @typedef {import("./edge.js").EdgeEnv} EdgeEnv */

/**
 * How old what is held may become while the coupons worker is away: who opens a campaign today may rely on
 * yesterday's coupons, and whoever consumes judges them again.
 */
export const AGE_MS_MAX = 24 * 3600 * 1000;

/** How far the clocks of the edge and the coupons worker may be apart. */
const LEEWAY_MS = 5 * 60_000;

/** After which it is asked whether what is held still holds, unless KNOWLEDGE_SECONDS says otherwise. */
const REFRESH_SECONDS = 30;

/**
 * @template T
 * @typedef {object} Held
 * @property {number} version
 * @property {number} madeMs when it was so, by the coupons worker's clock, UTC
 * @property {string} digest
 * @property {T} value
 */

/**
 * A body that the coupons worker signs, as this isolate holds it. One that is not signed, is of another kind or
 * tenant, is too old, or is older than the one that is held is refused, and the one that is held stays.
 * @template T
 */
export class SignedBody {
  #subject;
  #bytesMax;
  #read;
  /** @type {Held<T> | null} */
  #held = null;
  #askedMs = 0;

  /**
   * @param {string} subject which is its path too
   * @param {number} bytesMax
   * @param {(body: Uint8Array) => T} read
   */
  constructor(subject, bytesMax, read) {
    this.#subject = subject;
    this.#bytesMax = bytesMax;
    this.#read = read;
  }

  /**
   * What is held. Asked for the first time it is loaded; later it is refreshed behind the answer.
   * @param {EdgeEnv} env
   * @param {ExecutionContext} ctx
   * @returns {Promise<Held<T> | null>} null if nothing can be had
   */
  async get(env, ctx) {
    const nowMs = Date.now();
    const refreshMs = (Number(env.KNOWLEDGE_SECONDS) || REFRESH_SECONDS) * 1000;
    const held = this.#held;
    if (held === null || nowMs - held.madeMs > AGE_MS_MAX) {
      // Not shared between requests: one that ends would take the others' with it.
      await this.#refresh(env);
      return this.#held !== null && Date.now() - this.#held.madeMs <= AGE_MS_MAX
        ? this.#held
        : null;
    }
    if (nowMs - this.#askedMs >= refreshMs) {
      this.#askedMs = nowMs;
      ctx.waitUntil(this.#refresh(env));
    }
    return held;
  }

  /**
   * What is held after it was asked for again: for whoever has a proof that there is more, or anybody could
   * make the edge ask.
   * @param {EdgeEnv} env
   */
  async renewed(env) {
    await this.#refresh(env);
    return this.#held;
  }

  /** @param {EdgeEnv} env */
  async #refresh(env) {
    this.#askedMs = Date.now();
    try {
      await this.#load(env, this.#held);
    } catch (error) {
      console.error(`${this.#subject} is not taken, what is held stays:`, error);
    }
  }

  /**
   * @param {EdgeEnv} env
   * @param {Held<T> | null} held
   */
  async #load(env, held) {
    const response = await env.COUPONS.fetch(`http://coupons.invalid/v1/${this.#subject}`, {
      headers: {
        authorization: `Bearer ${env.OPERATOR_KEY}`,
        ...(held === null ? {} : { "if-none-match": `"${held.digest}"` }),
      },
    });
    if (response.status !== 200 && response.status !== 304) {
      await response.body?.cancel();
      throw new Error(`the coupons worker answered \`${response.status}\``);
    }
    const statement = await statementIn(env, response.headers.get(STATEMENT_HEADER) ?? "");
    const body = response.status === 200 ? await readBody(response, this.#bytesMax) : null;
    // Meanwhile another request may have brought a newer one.
    held = this.#held;
    const digest = body === null ? held?.digest : await digestOf(body);
    const wrong = faultOf(statement, { subject: this.#subject, tenant: env.TENANT, digest, held });
    if (wrong !== null) throw new Error(wrong);
    const { version, made_ms: madeMs } = statement;
    if (held !== null && held.digest === statement.digest) {
      this.#held = { ...held, version, madeMs: Math.max(madeMs, held.madeMs) };
    } else if (body !== null) {
      this.#held = { version, madeMs, digest: statement.digest, value: this.#read(body) };
    }
  }
}

/**
 * What is wrong with a statement that was signed; null if nothing is.
 * @param {Statement} statement
 * @param {{ subject: string, tenant: string, digest: string | undefined, held: Held<unknown> | null }} expected
 */
function faultOf({ subject, tenant, version, made_ms, digest }, expected) {
  const { held } = expected;
  const nowMs = Date.now();
  if (subject !== expected.subject) return `its subject is \`${subject}\``;
  if (tenant !== expected.tenant) return `it is tenant \`${tenant}\`'s`;
  if (digest !== expected.digest) return "the body is not the one that was signed";
  if (!(nowMs - made_ms <= AGE_MS_MAX)) return `it was made at \`${made_ms}\`, too long ago`;
  if (!(made_ms <= nowMs + LEEWAY_MS)) return `it was made at \`${made_ms}\`, in the future`;
  if (held === null) return null;
  if (!(version >= held.version)) return `version \`${version}\` is older than \`${held.version}\``;
  if (version === held.version && digest !== held.digest)
    return `version \`${version}\` is another`;
  return null;
}

/**
 * A statement, if one of the keys has signed it.
 * @param {EdgeEnv} env
 * @param {string} text
 * @returns {Promise<Statement>}
 */
async function statementIn(env, text) {
  const [encoded = "", kid = "", signature = ""] = text.split(".");
  const bytes = bytesOf(encoded);
  // `verifySignature` refuses a name that no key has.
  const isSigned = await verifySignature(env.COUPON_PUBLIC_KEYS, kid, bytes, bytesOf(signature));
  if (!isSigned) throw new Error("the signature is another");
  return JSON.parse(new TextDecoder().decode(bytes));
}
