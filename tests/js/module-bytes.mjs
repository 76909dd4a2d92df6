// @ts-check
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The bytes of a build, as the package ships them.
 * @param {"player" | "edge" | "rights" | "collector" | "office"} build
 */
export function moduleBytes(build) {
  return readFileSync(fileURLToPath(import.meta.resolve(`usher/${build}.wasm`)));
}
