// @ts-check

/** `Rollup` objects a tenant. More spread the writes; a record that moves is still counted once. */
export const ROLLUP_SHARDS = 4;

/**
 * FNV-1a, 32 bits: spreads viewers evenly and always the same way.
 * @param {string} viewer
 * @returns {number} from 0 to ROLLUP_SHARDS - 1
 */
export function shardOf(viewer) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(viewer)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash % ROLLUP_SHARDS;
}
