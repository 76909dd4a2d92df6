// @ts-check
import { awayResponse } from "./failure.js";
import { Refused, methodNotAllowed } from "./refusal.js";

/**
 * What answers at a path: `name` and `inner` are the parts of the path in parentheses.
 * @template Env
 * @typedef {(request: Request, env: Env, name: string, query: URLSearchParams, inner: string) => Promise<Response>} Route
 */

/**
 * What stands at which path, by method.
 * @template Env
 * @typedef {{ path: RegExp, routes: Record<string, Route<Env>> }[]} Routes
 */

/**
 * Answers by the first path that fits; what is thrown becomes a response here and nowhere else.
 * @template Env
 * @param {Routes<Env>} table
 * @param {Request} request
 * @param {Env} env
 * @param {string} whatIsAway of the log, when an object cannot be reached
 */
export async function answerBy(table, request, env, whatIsAway) {
  try {
    return await route(table, request, env);
  } catch (error) {
    return awayResponse(error, `${whatIsAway} could not be reached`);
  }
}

/**
 * @template Env
 * @param {Routes<Env>} table
 * @param {Request} request
 * @param {Env} env
 */
async function route(table, request, env) {
  const { pathname, searchParams } = new URL(request.url);
  for (const { path, routes } of table) {
    const found = path.exec(pathname);
    if (found === null) continue;
    const answer = routes[request.method];
    if (answer === undefined) return methodNotAllowed(Object.keys(routes).join(", "));
    return answer(request, env, found[1] ?? "", searchParams, found[2] ?? "");
  }
  throw new Refused("not_found", "there is nothing at this path");
}
