// @ts-check
// The operator's catalogue as a program calls it, beside what every test of rights needs (rights-api.mjs).
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { request } from "./api.mjs";
import { operator } from "./rights-api.mjs";
import { RIGHTS_ENVIRONMENT } from "./server.mjs";

/** What stands before an Ed25519 key in SPKI (RFC 8410). */
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/**
 * @param {string} url
 * @param {string} id
 */
export function titleAddress(url, id) {
  return `${url}/v1/catalogue/titles/${encodeURIComponent(id)}`;
}

/**
 * @param {string} url
 * @param {string} viewer
 * @param {string} [part]
 */
export function accountAddress(url, viewer, part = "") {
  return `${url}/v1/accounts/${encodeURIComponent(viewer)}${part}`;
}

/**
 * @param {string} url
 * @param {object} [body]
 */
export function publish(url, body = {}) {
  return operator(`${url}/v1/catalogue/publish`, "POST", body);
}

/**
 * @param {string} url
 * @param {(object | string)[]} lines
 */
export function importTitles(url, lines) {
  const body = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  return request(`${url}/v1/catalogue/import`, { method: "POST", body: body.join("\n") });
}

/**
 * A signed document, after its statement was verified by an implementation that is not ours: what it says and what
 * it is.
 * @param {string} url
 * @param {"catalogue/publication" | "keyset" | "deny-list"} path
 * @param {Record<string, string>} [headers]
 */
export async function signedDocument(url, path, headers = {}) {
  const response = await fetch(`${url}/v1/${path}`, { headers });
  const text = await response.text();
  const [encoded = "", kid, signature = ""] = (response.headers.get("usher-statement") ?? "").split(
    ".",
  );
  const [name, publicKey = ""] = RIGHTS_ENVIRONMENT.CATALOGUE_PUBLIC_KEYS.split(":");
  assert.equal(kid, name);
  const der = Buffer.concat([SPKI_HEAD, Buffer.from(publicKey, "base64url")]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  const message = Buffer.from(encoded, "base64url");
  assert.ok(verify(null, message, key, Buffer.from(signature, "base64url")), "the signature");
  const statement = JSON.parse(String(message));
  if (response.status === 200) {
    const digest = createHash("sha256").update(text).digest("base64url");
    assert.equal(statement.digest, digest);
  }
  assert.equal(response.headers.get("etag"), `"${statement.digest}"`);
  const document = response.status === 200 ? JSON.parse(text) : null;
  return { status: response.status, statement, document, headers: response.headers };
}
