// @ts-check
import { createPrivateKey, createPublicKey, randomBytes } from "node:crypto";

/** What stands before the seed in the PKCS #8 of an Ed25519 key (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

const PUBLIC_KEY_BYTES = 32;

/**
 * A fresh Ed25519 key: `seed` and `publicKey` in base64url.
 *
 * Not `generateKeyPairSync` and an export as JWK: in Node 20 a collection of garbage in the middle of the export
 * frees the job that made the key, which waits for the lock that the export holds, for ever.
 */
export function freshSigningKey() {
  const seed = randomBytes(32);
  const pkcs8 = Buffer.concat([PKCS8_HEAD, seed]);
  const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    seed: seed.toString("base64url"),
    publicKey: spki.subarray(-PUBLIC_KEY_BYTES).toString("base64url"),
    privateKey,
  };
}
