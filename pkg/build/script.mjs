// @ts-check
// How every script of Usher is bundled, for the package and for the demo.
import { build } from "esbuild";

/**
 * @param {import("esbuild").BuildOptions} options
 * @returns {Promise<void>} ends the process if the sources do not bundle; esbuild has said why by then
 */
export async function bundle(options) {
  try {
    await build({
      bundle: true,
      format: "esm",
      target: "es2022",
      sourcemap: true,
      legalComments: "none",
      logLevel: "warning",
      ...options,
    });
  } catch (error) {
    if (error instanceof Error && "errors" in error) process.exit(1);
    throw error;
  }
}
