// @ts-check
import { verifySignature } from "usher/edge";
import { readBody } from "./body.js";
import { STATEMENT_HEADER, bytesOf, digestOf } from "./statement.js";

/** @typedef {import("./statement.js").Statement} Statement */
/** @typedef {import("./edge.js").EdgeEnv} EdgeEnv */
/** @typedef {Pick<ExecutionContext, "waitUntil">} Behind */

/** How far the clocks of the edge and of who signs may be apart. */
const LEEWAY_MS = 5 * 60_000;

/** How long a request waits for the one that loads already, before it loads too: that one may have been given up. */
const LOAD_WAIT_MS_MAX = 5_000;

const LOAD_WAIT_STEP_MS = 10;

/** How often the log says that what is too old is still answered with. */
const STALE_LOG_MS = 60_000;

/**
 * Where a signed body comes from, and what becomes of it.
 * @template T
 * @typedef {object} Source
 * @property {string} subject what its statement says that it is
 * @property {string} [path] where it is fetched, `/v1/` and its subject if not named
 * @property {number} bytesMax
 * @property {(env: EdgeEnv) => Fetcher} from
 * @property {(env: EdgeEnv) => string | null | undefined} publicKeys `kid:base64url[,kid:base64url...]`
 * @property {(env: EdgeEnv) => number} ageMsMax how old what is held may become while who signs it is away
 * @property {(env: EdgeEnv) => boolean} [isOpen] whether what has become too old is still answered with
 * @property {(env: EdgeEnv) => number} refreshMs after which it is asked whether what is held still holds
 * @property {(body: Uint8Array) => T} read throws for a bad one: what is held stays
 * @property {() => number} [starts] how often the module was started that the value has handles of: those of an earlier
 *   start are gone with it
 * @property {(value: T) => void} [free] of one that another has replaced
 */

/**
 * @template T
 * @typedef {object} Held
 * @property {number} version
 * @property {number} madeMs when it was so, by the clock of who signed it, UTC
 * @property {string} digest
 * @property {T} value with handles of the module, if it has some: to be used before the next `await`
 * @property {number} starts of its module until then
 */

/**
 * A body that another worker signs, as this isolate holds it. One that is not signed, is of another kind or
 * tenant, is too old, or is older than the newest that was ever held is refused, and the one that is held stays.
 * @template T
 */
export class SignedBody {
  #source;
  /** @type {Held<T> | null} */
  #held = null;
  /** The newest that was ever held: nothing goes back behind it. @type {Pick<Held<T>, "version" | "digest"> | null} */
  #newest = null;
  #askedMs = 0;
  /** When the log was told last that it is too old. */
  #saidMs = -Infinity;
  /** The load that was begun last, until it is over. @type {{ sinceMs: number } | null} */
  #loading = null;

  /** @param {Source<T>} source */
  constructor(source) {
    this.#source = source;
  }

  /**
   * What is held, if it is young enough; it is refreshed behind the answer. No promise: most requests wait for
   * nothing.
   * @param {EdgeEnv} env
   * @param {Behind} ctx
   * @returns {Held<T> | null} null if it has to be waited for
   */
  held(env, ctx) {
    const nowMs = Date.now();
    const held = this.#usable;
    if (held === null || !this.#isAnswer(held, env, nowMs)) return null;
    // A clock that was put back has not been asked for long.
    if (nowMs < this.#askedMs || nowMs - this.#askedMs >= this.#source.refreshMs(env)) {
      this.#askedMs = nowMs;
      ctx.waitUntil(this.#refresh(env));
    }
    return held;
  }

  /**
   * What is held. Asked for the first time it is loaded; later it is refreshed behind the answer.
   * @param {EdgeEnv} env
   * @param {Behind} ctx
   * @returns {Promise<Held<T> | null>} null if nothing can be had that is young enough
   */
  async get(env, ctx) {
    const held = this.held(env, ctx);
    if (held !== null) return held;
    // Not its promise, which a request that ends would take the others' with: what it has loaded is waited for.
    if (!(await this.#isLoadedByAnother())) await this.#refresh(env);
    const loaded = this.#usable;
    return loaded !== null && this.#isAnswer(loaded, env, Date.now()) ? loaded : null;
  }

  /**
   * What is held after it was asked for again: for whoever has a proof that there is more, or anybody could
   * make the edge ask.
   * @param {EdgeEnv} env
   */
  async renewed(env) {
    await this.#refresh(env);
    return this.#usable;
  }

  get #starts() {
    return this.#source.starts?.() ?? 0;
  }

  /** What a module held that trapped is gone with it. */
  get #usable() {
    return this.#held?.starts === this.#starts ? this.#held : null;
  }

  /**
   * @param {Held<T>} held
   * @param {EdgeEnv} env
   * @param {number} nowMs
   */
  #isAnswer({ madeMs }, env, nowMs) {
    if (nowMs - madeMs <= this.#source.ageMsMax(env)) return true;
    if (!this.#source.isOpen?.(env)) return false;
    if (nowMs - this.#saidMs >= STALE_LOG_MS) {
      this.#saidMs = nowMs;
      console.error(`${this.#source.subject} of \`${madeMs}\` is too old and still answered with`);
    }
    return true;
  }

  /** Waits while another request loads; false if none does, or takes too long. */
  async #isLoadedByAnother() {
    const loading = this.#loading;
    if (loading === null) return false;
    const end = loading.sinceMs + LOAD_WAIT_MS_MAX;
    while (this.#loading === loading) {
      if (Date.now() > end) return false;
      await new Promise((resume) => setTimeout(resume, LOAD_WAIT_STEP_MS));
    }
    return true;
  }

  /** @param {EdgeEnv} env */
  async #refresh(env) {
    this.#askedMs = Date.now();
    const loading = { sinceMs: this.#askedMs };
    this.#loading = loading;
    try {
      await this.#load(env, this.#usable);
    } catch (error) {
      console.error(`${this.#source.subject} is not taken, what is held stays:`, error);
    } finally {
      if (this.#loading === loading) this.#loading = null;
    }
  }

  /**
   * @param {EdgeEnv} env
   * @param {Held<T> | null} held
   */
  async #load(env, held) {
    const { subject, path = `/v1/${subject}`, from, publicKeys, bytesMax } = this.#source;
    const response = await from(env).fetch(`http://signed.invalid${path}`, {
      headers: {
        authorization: `Bearer ${env.OPERATOR_KEY}`,
        ...(held === null ? {} : { "if-none-match": `"${held.digest}"` }),
      },
    });
    if (response.status !== 200 && response.status !== 304) {
      await response.body?.cancel();
      throw new Error(`who signs it answered \`${response.status}\``);
    }
    const said = response.headers.get(STATEMENT_HEADER) ?? "";
    const statement = await statementIn(publicKeys(env), said);
    const body = response.status === 200 ? await readBody(response, bytesMax) : null;
    const bodyDigest = body === null ? null : await digestOf(body);
    // Meanwhile another request may have brought a newer one.
    this.#take(env, statement, body, bodyDigest);
  }

  /**
   * @param {EdgeEnv} env
   * @param {Statement} statement
   * @param {Uint8Array | null} body null if what is held still holds
   * @param {string | null} bodyDigest
   */
  #take(env, statement, body, bodyDigest) {
    const { subject, read, free } = this.#source;
    const held = this.#usable;
    const expected = {
      subject,
      tenant: env.TENANT,
      digest: bodyDigest ?? held?.digest,
      newest: this.#newest,
      ageMsMax: this.#source.ageMsMax(env),
    };
    const wrong = faultOf(statement, expected);
    if (wrong !== null) throw new Error(wrong);
    const { version, made_ms: madeMs, digest } = statement;
    if (held !== null && held.digest === digest) {
      this.#held = { ...held, version, madeMs: Math.max(madeMs, held.madeMs) };
    } else if (body !== null) {
      const value = read(body);
      this.#held = { version, madeMs, digest, value, starts: this.#starts };
      if (held !== null) free?.(held.value);
    } else {
      return;
    }
    this.#newest = { version, digest };
  }
}

/**
 * What is wrong with a statement that was signed; null if nothing is.
 * @param {Statement} statement
 * @param {{ subject: string, tenant: string, digest: string | undefined, ageMsMax: number,
 *   newest: { version: number, digest: string } | null }} expected
 */
function faultOf({ subject, tenant, version, made_ms, digest }, expected) {
  const { newest, ageMsMax } = expected;
  const nowMs = Date.now();
  if (subject !== expected.subject) return `its subject is \`${subject}\``;
  if (tenant !== expected.tenant) return `it is tenant \`${tenant}\`'s`;
  if (digest !== expected.digest) return "the body is not the one that was signed";
  if (!(nowMs - made_ms <= ageMsMax)) return `it was made at \`${made_ms}\`, too long ago`;
  if (!(made_ms <= nowMs + LEEWAY_MS)) return `it was made at \`${made_ms}\`, in the future`;
  if (newest === null) return null;
  if (!(version >= newest.version)) {
    return `version \`${version}\` is older than \`${newest.version}\``;
  }
  if (version === newest.version && digest !== newest.digest)
    return `version \`${version}\` is another`;
  return null;
}

/**
 * A statement, if one of the keys has signed it.
 * @param {string | null | undefined} publicKeys
 * @param {string} text
 * @returns {Promise<Statement>}
 */
async function statementIn(publicKeys, text) {
  const [encoded = "", kid = "", signature = ""] = text.split(".");
  const bytes = bytesOf(encoded);
  // `verifySignature` refuses a name that no key has.
  const isSigned = await verifySignature(publicKeys, kid, bytes, bytesOf(signature));
  if (!isSigned) throw new Error("the signature is another");
  return JSON.parse(new TextDecoder().decode(bytes));
}
