// @ts-check
// Tokens of another implementation, as an operator's backend may make them itself.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { before, test } from "node:test";
import { init as initPlayer, View } from "usher";
import { checkOperator, init, issueSession, readViews } from "usher/edge";
import { moduleBytes } from "./module-bytes.mjs";

const SECRET = randomBytes(32);
const NOW_MS = 1_795_305_600_000;

const arrival = {
  session_keys: `k1:${SECRET.toString("base64url")}`,
  tenant: "demo",
  now_ms: NOW_MS,
};

before(async () => {
  await initPlayer(moduleBytes("player"));
  await init(moduleBytes("edge"));
});

/** @param {unknown} json */
const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");

/** @param {string} message */
const mac = (message) => createHmac("sha256", SECRET).update(message).digest("base64url");

/** @param {object} change */
function token(change = {}) {
  const seconds = NOW_MS / 1000;
  const claims = { iss: "demo", sub: "anna", iat: seconds, exp: seconds + 60, ...change };
  const message = `${part({ typ: "JWT", kid: "k1", alg: "HS256" })}.${part(claims)}`;
  return `${message}.${mac(message)}`;
}

/** @param {string | null} token */
function body(token) {
  const view = new View("anna", "plan-9");
  const state = Buffer.from(view.snapshot()).toString("base64url");
  const views = [{ view: view.id, title: "plan-9", state }];
  return new TextEncoder().encode(JSON.stringify({ viewer: "anna", views, token }));
}

/** @param {() => unknown} call */
function codeOf(call) {
  try {
    call();
  } catch (/** @type {any} */ refusal) {
    return refusal.code;
  }
  return null;
}

test("a token of node's own crypto is taken", () => {
  assert.equal(readViews(body(token()), arrival).viewer, "anna");
});

test("a token that the edge issues is one of node's own crypto", () => {
  const request = new TextEncoder().encode(JSON.stringify({ viewer: "anna", titles: ["plan-9"] }));
  const { token, expires_ms } = issueSession(request, arrival);
  const [header = "", claims = "", signature] = token.split(".");
  assert.equal(signature, mac(`${header}.${claims}`));
  assert.deepEqual(JSON.parse(String(Buffer.from(header, "base64url"))), {
    alg: "HS256",
    typ: "JWT",
    kid: "k1",
  });
  assert.deepEqual(JSON.parse(String(Buffer.from(claims, "base64url"))), {
    iss: "demo",
    sub: "anna",
    iat: NOW_MS / 1000,
    exp: expires_ms / 1000,
    titles: ["plan-9"],
  });
});

test("a body without a token that holds is refused by its code", () => {
  /** @type {[string | null, string][]} */
  const rows = [
    [null, "token_missing"],
    ["", "token_invalid"],
    [`${token()}x`, "token_invalid"],
    [token({ iss: "other" }), "token_invalid"],
    [token({ iat: NOW_MS / 1000 - 600, exp: NOW_MS / 1000 - 300 }), "token_expired"],
    [token({ sub: "bert" }), "token_scope"],
    [token({ titles: ["robot"] }), "token_scope"],
  ];
  for (const [given, code] of rows) {
    assert.equal(
      codeOf(() => readViews(body(given), arrival)),
      code,
    );
  }
});

test("what the edge was not told is refused, not trapped", () => {
  /** @type {any[]} */
  const arrivals = [undefined, null, 1, "x", {}, { tenant: 5 }, { tenant: "demo" }];
  for (const wrong of [...arrivals, { tenant: "demo", now_ms: NaN }]) {
    assert.equal(
      codeOf(() => readViews(body(null), wrong)),
      "invalid_value",
    );
  }
  const bare = { tenant: "demo", now_ms: NOW_MS };
  for (const session_keys of [undefined, null, "", "k1:short", 7]) {
    const wrong = /** @type {any} */ ({ ...bare, session_keys });
    assert.equal(
      codeOf(() => readViews(body(token()), wrong)),
      "not_configured",
    );
  }
});

test("only the operator's key opens", () => {
  const key = "0123456789abcdef";
  assert.equal(
    codeOf(() => checkOperator(`Bearer ${key}`, key)),
    null,
  );
  assert.equal(
    codeOf(() => checkOperator(null, key)),
    "operator_key_missing",
  );
  assert.equal(
    codeOf(() => checkOperator("Bearer x", key)),
    "operator_key_invalid",
  );
  assert.equal(
    codeOf(() => checkOperator(`Bearer ${key}`, null)),
    "not_configured",
  );
});
