// @ts-check
// Questions of the operator's pages, over HTTP and nothing else.

/**
 * @template Row
 * @typedef {{ rows: Row[], next: string | null }} Page
 */

const ANSWER_MS_MAX = 30_000;

/** A server answered with a refusal, or did not answer: then the code is `unreachable`. */
export class AnswerError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string | null} [field] of the body, where the fault is in one
   * @param {number | null} [retryAfterSeconds] before that nobody is heard
   * @param {any} [answer] all that was said
   */
  constructor(code, message, field = null, retryAfterSeconds = null, answer = null) {
    super(message);
    this.code = code;
    this.field = field;
    this.retryAfterSeconds = retryAfterSeconds;
    this.answer = answer;
  }
}

/**
 * @typedef {object} Question
 * @property {string} [method]
 * @property {unknown} [body] sent as JSON; a Blob as it is
 * @property {AbortSignal} [signal]
 * @property {Record<string, string>} [headers]
 */

/**
 * @param {string} address
 * @param {Question} [question]
 * @returns {Promise<any>}
 */
export async function call(address, { method = "GET", body, signal, headers = {} } = {}) {
  const isBlob = body instanceof Blob;
  let response;
  try {
    response = await fetch(address, {
      method,
      cache: "no-store",
      // A file takes as long as its way takes.
      signal: signal ?? (isBlob ? null : AbortSignal.timeout(ANSWER_MS_MAX)),
      ...(body === undefined ? {} : { body: isBlob ? body : JSON.stringify(body) }),
      headers: {
        ...(body === undefined || isBlob ? {} : { "content-type": "application/json" }),
        ...headers,
      },
    });
  } catch (reason) {
    if (signal?.aborted) throw reason;
    throw new AnswerError("unreachable", "no answer");
  }
  /** @type {any} */
  const answer = await response.json().catch(() => null);
  if (response.ok && (answer !== null || response.status === 204)) return answer;
  throw new AnswerError(
    typeof answer?.code === "string" ? answer.code : `status_${response.status}`,
    typeof answer?.message === "string"
      ? answer.message
      : `the answer ${response.status} is no JSON`,
    typeof answer?.field === "string" ? answer.field : null,
    Number(response.headers.get("retry-after")) || null,
    answer,
  );
}

/**
 * The address with what is asked for; what is empty is left out.
 *
 * @param {string} path
 * @param {Record<string, string | number | null | undefined>} asked
 */
export function address(path, asked) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}
