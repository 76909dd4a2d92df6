// @ts-check
// The signatures of Wycheproof that Usher verifies, for hosts to be asked about.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** @typedef {{ id: string, alg: "EdDSA" | "ES256" | "HS256", key: string, message: string, signature: string, valid: boolean }} Vector in hexadecimal */

/** @type {[file: string, alg: Vector["alg"], keyOf: (group: any, one: any) => string][]} */
const FILES = [
  ["ed25519_test.json", "EdDSA", ({ publicKey }) => publicKey.pk],
  ["ecdsa_secp256r1_sha256_p1363_test.json", "ES256", ({ publicKey }) => publicKey.uncompressed],
  ["hmac_sha256_test.json", "HS256", (_, { key }) => key],
];

/** @returns {Vector[]} */
export function signatures() {
  return FILES.flatMap(([file, alg, keyOf]) => {
    const path = new URL(`../vectors/tokens/wycheproof/${file}`, import.meta.url);
    const { testGroups } = JSON.parse(readFileSync(fileURLToPath(path), "utf8"));
    return testGroups
      .filter((/** @type {any} */ { tagSize }) => tagSize === undefined || tagSize === 256)
      .flatMap((/** @type {any} */ group) =>
        group.tests.map((/** @type {any} */ one) => ({
          ...{ id: `${alg} ${one.tcId}`, alg, key: keyOf(group, one), message: one.msg },
          ...{ signature: one.sig ?? one.tag, valid: one.result === "valid" },
        })),
      );
  });
}

/**
 * In a host: the signatures that it judges in another way, by the package that stands at `url`.
 * @param {{ url: string, vectors: Vector[] }} given
 */
export async function differences({ url, vectors }) {
  const { verifyMessage } = await import(url);
  const bytes = (/** @type {string} */ hex) =>
    Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  /** @type {string[]} */
  const found = [];
  for (const { id, alg, key, message, signature, valid } of vectors) {
    const isSigned = await verifyMessage(alg, bytes(key), bytes(message), bytes(signature));
    if (isSigned !== valid) found.push(`${id}: ${isSigned}`);
  }
  return found;
}
