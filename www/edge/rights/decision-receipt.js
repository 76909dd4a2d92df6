// @ts-check
import { makeReceipt } from "usher/rights";
import { callModule } from "../rights-module.js";
import { digestOf } from "../statement.js";

/**
 * A receipt of decisions that were only asked for: signed, of no chain. Those of streams stand in the chain of their
 * viewer's object and go to the audit.
 *
 * It says which versions it was decided by, and the SHA-256 of what was decided on and of what was answered, as
 * base64url: whoever has both as JSON can make them again.
 * @param {import("../edge.js").EdgeEnv} env
 * @param {object} input the viewer and what was asked
 * @param {object} head the versions, and by what devices and streams were judged
 * @param {object} decided what is answered besides
 */
export async function decisionReceipt(env, input, head, decided) {
  const [of, decisions] = await Promise.all([jsonDigest(input), jsonDigest(decided)]);
  const at = Math.floor(Date.now() / 1000);
  const claims = {
    previous: null,
    input: { ...head, digest: of },
    decision: { digest: decisions },
    at,
  };
  const { receipt } = callModule(() => makeReceipt(env.RECEIPT_KEYS, claims));
  return { receipt };
}

/** @param {object} value */
function jsonDigest(value) {
  return digestOf(new TextEncoder().encode(JSON.stringify(value)));
}
