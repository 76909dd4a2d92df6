// @ts-check
import { digestOf } from "../statement.js";
import { Refused, refusalOf } from "../refusal.js";
import { checkDocument } from "./document.js";

/** Bytes of a document that is published. */
export const PUBLICATION_BYTES_MAX = 64 * 1024 * 1024;

/** Bytes of a row: an object takes 2 MB as a value. */
export const PIECE_BYTES = 1024 * 1024;

/** Contents that are kept, the newest: so far back can be gone. */
export const CONTENTS_KEPT = 20;

/** @typedef {import("./document.js").Json} Json */

/**
 * A version as it is told.
 * @typedef {object} Publication
 * @property {number} version
 * @property {string} digest of the document
 * @property {number} bytes
 * @property {number} titles
 * @property {number} plans
 * @property {string} policy_version
 * @property {number | null} republishes the version that it has the content of
 * @property {number} published_ms
 * @property {string} published_by
 */

/**
 * What is about to be published: all that follows the version in the document.
 * @typedef {{ bytes: Uint8Array, titles: number, plans: number, policy_version: string }} Content
 */

const COLUMNS = `version, digest, bytes, titles, plans, policy_version, republishes, published_ms, published_by`;

/** The versions that were published; each is a whole document that never changes. */
export class Publications {
  #storage;
  #sql;

  /** @param {DurableObjectStorage} storage */
  constructor(storage) {
    this.#storage = storage;
    this.#sql = storage.sql;
  }

  /** @returns {Publication | null} */
  newest() {
    return this.#select("ORDER BY version DESC LIMIT 1")[0] ?? null;
  }

  /**
   * The newest first.
   * @param {number | null} after
   * @param {number} limit
   */
  list(after, limit) {
    const rows = this.#select(
      "WHERE version < ? ORDER BY version DESC LIMIT ?",
      after ?? Number.MAX_SAFE_INTEGER,
      limit + 1,
    );
    const page = rows.slice(0, limit);
    return { rows: page, next: rows.length > limit ? (page.at(-1)?.version ?? null) : null };
  }

  /**
   * A piece of the document of a version; null behind its end.
   * @param {number} version
   * @param {number} number
   * @returns {Uint8Array | null}
   */
  piece(version, number) {
    if (number === 0) return new TextEncoder().encode(headOf(version));
    const [row] = this.#sql
      .exec(
        `SELECT pieces.bytes FROM publications JOIN pieces USING (content)
         WHERE version = ? AND number = ?`,
        version,
        number,
      )
      .toArray();
    return row === undefined ? null : new Uint8Array(/** @type {ArrayBuffer} */ (row["bytes"]));
  }

  /**
   * Publishes a content as the next version, unless it is that of the newest. Nobody else may publish meanwhile.
   * @param {Content} content
   * @param {string} actor
   * @param {number} nowMs
   * @returns {Promise<Publication>}
   */
  async publish(content, actor, nowMs) {
    const { bytes, titles, plans, policy_version } = content;
    const name = await digestOf(bytes);
    const newest = this.newest();
    if (newest !== null && this.#contentOf(newest.version) === name) return newest;
    const version = (newest?.version ?? 0) + 1;
    const document = joined(headOf(version), bytes);
    checkWhole(document, bytes);
    const digest = await digestOf(document);
    return this.#storage.transactionSync(() => {
      this.#write(name, bytes);
      const published = {
        ...{ version, digest, bytes: document.byteLength, titles, plans, policy_version },
        ...{ republishes: null, published_ms: nowMs, published_by: actor },
      };
      this.#add(published, name);
      return published;
    });
  }

  /**
   * Publishes the content of an older version as the next one.
   * @param {number} of
   * @param {string} actor
   * @param {number} nowMs
   * @returns {Promise<Publication>}
   */
  async republish(of, actor, nowMs) {
    const [old] = this.#select("WHERE version = ?", of);
    const newest = this.newest();
    if (old === undefined || newest === null) {
      const message = `version \`${of}\` is not known, expected one that was published`;
      throw new Refused("version_unknown", message, "version");
    }
    const content = this.#contentOf(of);
    if (content === this.#contentOf(newest.version)) return newest;
    const version = newest.version + 1;
    const bytes = this.#read(content);
    if (bytes === null) {
      const message = `the content of version \`${of}\` is not kept, expected one of the last ${CONTENTS_KEPT}`;
      throw new Refused("version_unknown", message, "version");
    }
    const document = joined(headOf(version), bytes);
    // The module may have learnt something since.
    checkWhole(document, bytes);
    const digest = await digestOf(document);
    return this.#storage.transactionSync(() => {
      const published = {
        ...old,
        ...{ version, digest, bytes: document.byteLength },
        ...{ republishes: of, published_ms: nowMs, published_by: actor },
      };
      this.#add(published, content);
      return published;
    });
  }

  /**
   * @param {Publication} published
   * @param {string} content
   */
  #add(published, content) {
    const { version, digest, bytes, titles, plans, policy_version, republishes } = published;
    this.#sql.exec(
      "INSERT INTO publications VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      version,
      content,
      digest,
      bytes,
      titles,
      plans,
      policy_version,
      republishes,
      published.published_ms,
      published.published_by,
    );
    this.#sql.exec(
      `DELETE FROM pieces WHERE content NOT IN
         (SELECT content FROM publications GROUP BY content ORDER BY max(version) DESC LIMIT ?)`,
      CONTENTS_KEPT,
    );
  }

  /**
   * @param {string} content
   * @param {Uint8Array} bytes
   */
  #write(content, bytes) {
    this.#sql.exec("DELETE FROM pieces WHERE content = ?", content);
    for (let at = 0, number = 1; at < bytes.byteLength; at += PIECE_BYTES, number += 1) {
      const piece = bytes.slice(at, at + PIECE_BYTES).buffer;
      this.#sql.exec("INSERT INTO pieces VALUES (?, ?, ?)", content, number, piece);
    }
  }

  /**
   * @param {string} content
   * @returns {Uint8Array | null}
   */
  #read(content) {
    const sql = "SELECT bytes FROM pieces WHERE content = ? ORDER BY number";
    const pieces = this.#sql
      .exec(sql, content)
      .toArray()
      .map(({ bytes }) => new Uint8Array(/** @type {ArrayBuffer} */ (bytes)));
    if (pieces.length === 0) return null;
    return joined("", ...pieces);
  }

  /** @param {number} version */
  #contentOf(version) {
    const sql = "SELECT content FROM publications WHERE version = ?";
    return String(this.#sql.exec(sql, version).one()["content"]);
  }

  /**
   * @param {string} where
   * @param {...SqlStorageValue} values
   * @returns {Publication[]}
   */
  #select(where, ...values) {
    /** @type {SqlStorageCursor<any>} */
    const cursor = this.#sql.exec(`SELECT ${COLUMNS} FROM publications ${where}`, ...values);
    return cursor.toArray();
  }
}

/**
 * The content of a document.
 * @param {Json} policy with its plans
 * @param {Iterable<string>} titles JSON, each
 * @returns {Content}
 */
export function contentOf(policy, titles) {
  const documents = Array.from(titles);
  const plans = /** @type {unknown[]} */ (policy["plans"]).length;
  const text = `"policy":${JSON.stringify(policy)},"titles":[${documents.join(",\n")}]}\n`;
  const bytes = new TextEncoder().encode(text);
  if (bytes.byteLength > PUBLICATION_BYTES_MAX) {
    const message = `the catalogue is \`${bytes.byteLength}\` bytes, expected at most ${PUBLICATION_BYTES_MAX}`;
    throw new Refused("body_too_large", message, "titles");
  }
  return {
    bytes,
    titles: documents.length,
    plans,
    policy_version: String(policy["version"]),
  };
}

/**
 * Refuses a document that the edge would not take, with the name of the title that is to blame.
 * @param {Uint8Array} document
 * @param {Uint8Array} content
 */
function checkWhole(document, content) {
  try {
    checkDocument(document);
  } catch (error) {
    const refusal = refusalOf(error);
    const [, place] = /^titles\[(\d+)\]/.exec(refusal?.field ?? "") ?? [];
    if (refusal === null || place === undefined) throw error;
    const { titles } = JSON.parse(`{${new TextDecoder().decode(content)}`);
    const message = `title \`${titles[Number(place)]?.id}\`: ${refusal.message}`;
    throw new Refused(refusal.code, message, refusal.field);
  }
}

/** @param {number} version */
function headOf(version) {
  return `{"version":${version},\n`;
}

/**
 * @param {string} head
 * @param {...Uint8Array} parts
 */
function joined(head, ...parts) {
  const first = new TextEncoder().encode(head);
  const size = parts.reduce((sum, part) => sum + part.byteLength, first.byteLength);
  const bytes = new Uint8Array(size);
  bytes.set(first);
  let at = first.byteLength;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
