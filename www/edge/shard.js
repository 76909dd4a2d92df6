// @ts-check

/** `Rollup` objects a tenant. More spread the writes; a record that moves is still counted once. */
export const ROLLUP_SHARDS = 4;

/**
 * Spreads viewers evenly and always the same way.
 * @param {string} viewer
 * @returns {number} from 0 to ROLLUP_SHARDS - 1
 */
export function shardOf(viewer) {
  return hashOf(viewer) % ROLLUP_SHARDS;
}

/**
 * FNV-1a, 32 bits.
 * @param {string} text
 */
export function hashOf(text) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}
