// @ts-check

/** A refusal of the central API, or of this page's surroundings. */
class ImportRefused extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string | null} field
   */
  constructor(code, message, field) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

/**
 * Sends one batch of imported views. Its key is made of its bytes, so that the same file imported
 * twice is the same batches, which the central API takes once; each is the first and last of its epoch,
 * so that none is ever missing in the ledger.
 * @param {Uint8Array} body
 * @param {number} rows
 */
export async function postBatch(body, rows) {
  if (!crypto.subtle) {
    throw new ImportRefused("insecure_page", "expected a page over HTTPS or on localhost", null);
  }
  const bytes = body.slice();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const epoch = digest.slice(0, 6).reduce((sum, byte) => sum * 256 + byte, 0);
  const answer = await fetch("/v1/batches", {
    method: "POST",
    body: bytes,
    headers: {
      "content-type": "application/x-ndjson",
      "content-digest": `sha-256=:${btoa(String.fromCharCode(...digest))}:`,
      "idempotency-key": `import.${epoch}.1`,
      "usher-rows": String(rows),
    },
  });
  if (answer.ok) return;
  const refusal = await answer.json().catch(() => ({}));
  const { code = "unavailable", message = `status ${answer.status}`, field = null } = refusal;
  throw new ImportRefused(code, message, field);
}
