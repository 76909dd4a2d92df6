// @ts-check

/**
 * A CSV file that is made while it is read.
 * @param {string} name
 * @param {(isFirst: boolean) => Promise<string | null>} next the next rows, the first with the names of the
 *   columns; null behind the last
 */
export function csvResponse(name, next) {
  const encoder = new TextEncoder();
  let isFirst = true;
  /** @type {ReadableStream<Uint8Array>} */
  const body = new ReadableStream({
    async pull(controller) {
      const text = await next(isFirst);
      isFirst = false;
      if (text === null) controller.close();
      else controller.enqueue(encoder.encode(text));
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
