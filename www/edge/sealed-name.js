// @ts-check

/**
 * How the edge stores the name of a viewer. SQLite leaves deleted bytes in free pages and logs, and
 * workerd gives no way to wipe them; so a name is in no byte of a store, only sealed: what is left of it
 * after an erasure says nothing without the TENANT_KEY. The same name is sealed to the same text every
 * time, so that sealed names can be compared. Without a TENANT_KEY a name is only disguised.
 *
 * `sealed:` and, as base64url, 96 bits of HMAC-SHA256 of the name followed by the name under AES-256-GCM
 * with these bits as the initialization vector. Both keys are derived with HKDF from TENANT_KEY and TENANT.
 */
const PREFIX = "sealed:";

const VECTOR_BYTES = 12;

/** Sealed names in a line of NDJSON; in a text, quotation marks would have a backslash before them. */
const IN_LINE = /"viewer":"(sealed:[A-Za-z0-9_-]{38,304})"/g;

/** @typedef {{ seal: CryptoKey, vector: CryptoKey }} Keys */
/** @typedef {{ TENANT: string, TENANT_KEY?: string | null }} KeyEnv */

/** @type {{ of: string, keys: Promise<Keys> } | null} those of the last environment that asked */
let last = null;

/**
 * @param {KeyEnv} env
 * @param {string} name
 */
export async function sealedName(env, name) {
  const keys = await keysOf(env);
  const bytes = new TextEncoder().encode(name);
  const mac = await crypto.subtle.sign("HMAC", keys.vector, bytes);
  const iv = new Uint8Array(mac, 0, VECTOR_BYTES);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, keys.seal, bytes);
  return PREFIX + base64url(new Uint8Array([...iv, ...new Uint8Array(sealed)]));
}

/**
 * The name that was sealed. Throws for one that was sealed under another key.
 * @param {KeyEnv} env
 * @param {string} sealed
 */
export async function openedName(env, sealed) {
  const keys = await keysOf(env);
  const bytes = bytesOf(sealed.slice(PREFIX.length));
  const iv = bytes.subarray(0, VECTOR_BYTES);
  const algorithm = { name: "AES-GCM", iv };
  const opened = await crypto.subtle
    .decrypt(algorithm, keys.seal, bytes.subarray(VECTOR_BYTES))
    .catch(() => {
      throw new Error("the name of a viewer was sealed under another TENANT_KEY");
    });
  return new TextDecoder().decode(opened);
}

/**
 * Records or lines of them with their viewers' names.
 * @param {KeyEnv} env
 * @param {string} lines JSON
 */
export async function openedLines(env, lines) {
  const sealed = new Set(Array.from(lines.matchAll(IN_LINE), ([, name]) => String(name)));
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const name of sealed) names.set(name, JSON.stringify(await openedName(env, name)));
  return lines.replace(IN_LINE, (_, name) => `"viewer":${names.get(name)}`);
}

/**
 * @param {KeyEnv} env
 * @returns {Promise<Keys>}
 */
function keysOf({ TENANT, TENANT_KEY }) {
  const of = JSON.stringify([TENANT, TENANT_KEY || ""]);
  if (last?.of !== of) last = { of, keys: derived(TENANT, TENANT_KEY || "") };
  return last.keys;
}

/**
 * @param {string} tenant
 * @param {string} key
 * @returns {Promise<Keys>}
 */
async function derived(tenant, key) {
  const text = new TextEncoder();
  const secret = await crypto.subtle.importKey("raw", text.encode(key), "HKDF", false, [
    "deriveKey",
  ]);
  const from = (/** @type {string} */ purpose) => {
    const info = text.encode(`usher ${purpose} 1\n`);
    return { name: "HKDF", hash: "SHA-256", salt: text.encode(tenant), info };
  };
  const aes = { name: "AES-GCM", length: 256 };
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  return {
    seal: await crypto.subtle.deriveKey(from("name"), secret, aes, false, ["encrypt", "decrypt"]),
    vector: await crypto.subtle.deriveKey(from("vector"), secret, hmac, false, ["sign"]),
  };
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} text */
function bytesOf(text) {
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
}
