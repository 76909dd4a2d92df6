// @ts-check
import { limitIn, wholeIn as wholeInQuery } from "../../query.js";
import { Refused, json } from "../../refusal.js";
import { signedAnswer, signerOf } from "../../signing.js";
import { taken } from "../../store-answer.js";
import { catalogueOf } from "../objects.js";
import { actorOf, demandEmpty, parsed, wholeIn } from "../written.js";
import { readBody } from "../../body.js";

/** @typedef {import("../../catalogue.js").Route} Route */

/** Bytes of the body of `POST /v1/catalogue/publish`. */
const PUBLISH_BYTES_MAX = 1024;

/**
 * `POST /v1/catalogue/publish` `{ version? }`: publishes what is there now, or the content of an older version, as
 * the next version. The same content again is answered with the version that it has.
 * @type {Route}
 */
export async function postPublish(request, env) {
  const body = await readBody(request, PUBLISH_BYTES_MAX);
  const { version, ...rest } = body.byteLength === 0 ? {} : parsed(body);
  demandEmpty(rest);
  const of = wholeIn(version, "version", 1, Number.MAX_SAFE_INTEGER);
  return json(taken(await catalogueOf(env).publish(of, actorOf(request))));
}

/** @type {Route} */
export async function getVersions(_request, env, _name, query) {
  const after = wholeInQuery(query, "after");
  return json(taken(await catalogueOf(env).versions(after, limitIn(query))));
}

/**
 * `GET /v1/catalogue/publication`: the newest version, signed.
 * @type {Route}
 */
export async function getPublication(request, env) {
  const madeMs = Date.now();
  const catalogue = catalogueOf(env);
  const newest = await catalogue.newest();
  if (newest === null) {
    throw new Refused("version_unknown", "nothing was published yet, expected a publication");
  }
  const { version, digest } = newest;
  const signer = await signerOf("CATALOGUE_SIGNING_KEY", env.CATALOGUE_SIGNING_KEY);
  const said = {
    ...{ subject: "catalogue", tenant: env.TENANT, version, digest, type: "application/json" },
    body: () => pieces((number) => catalogue.piece(version, number)),
  };
  return signedAnswer(request, signer, said, madeMs);
}

/**
 * A body that is asked for piece by piece, as fast as it is read.
 * @param {(number: number) => Promise<Uint8Array | null>} piece
 */
function pieces(piece) {
  let number = 0;
  return new ReadableStream({
    async pull(controller) {
      const bytes = await piece(number);
      number += 1;
      if (bytes === null) controller.close();
      else controller.enqueue(bytes);
    },
  });
}
