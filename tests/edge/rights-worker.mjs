// @ts-check
// A catalogue worker that says what a test wants, over real HTTP and really signed, and a server whose edge asks it.
import { createHash, sign } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { close, listen } from "./loopback.mjs";
import { PLAN, POLICY, grant, nowS, title } from "./rights-api.mjs";
import { DEMO, startServer } from "./server.mjs";
import { freshSigningKey } from "./signing-key.mjs";

const PATHS = new Map([
  ["/v1/catalogue/publication", "catalogue"],
  ["/v1/keyset", "keyset"],
  ["/v1/deny-list", "deny-list"],
]);

/**
 * What is signed and sent; `digest` if it is not the one of the body.
 * @typedef {{ body: Buffer, subject: string, tenant: string, version: number, made_ms: number, digest?: string }} Said
 */

/** @typedef {(subject: string) => Said | null} Says null hangs up */

/**
 * @typedef {object} Worker
 * @property {import("./server.mjs").Server} server whose edge asks this worker
 * @property {string} demo the folder from which it runs
 * @property {Map<string, Said | null>} says by subject; what is not there hangs up
 * @property {Map<string, number>} asked how often, by subject
 * @property {{ status: number, bodies: any[] }} audit what it answers to decisions, and those that came; 0 hangs up
 * @property {(subject: string, version: number, document: object, more?: Partial<Said>) => Said} said
 * @property {(claims?: object) => string} token of an entitlement, signed by a key of the keyset
 * @property {(header: string | Buffer, claims: string | Buffer) => string} signed the same of any bytes
 * @property {string} publicKey by which it is verified
 */

/**
 * @param {import("node:test").TestContext | { after: (end: () => Promise<void>) => void }} context
 * @param {{ rights?: object, titles?: any[], environment?: Record<string, string>, prepare?: (demo: string) => void }} [options]
 * @returns {Promise<Worker>}
 */
export async function startRights(
  context,
  { rights = {}, titles = [title("film")], environment = {}, prepare } = {},
) {
  const [signing, session] = [freshSigningKey(), freshSigningKey()];
  /** @type {Map<string, Said | null>} */
  const says = new Map();
  /** @type {Map<string, number>} */
  const asked = new Map();
  /** @type {Worker["said"]} */
  const said = (subject, version, document, more = {}) => ({
    body: Buffer.from(JSON.stringify({ version, ...document })),
    ...{ subject, tenant: "demo", version, made_ms: Date.now() },
    ...more,
  });
  says.set("catalogue", said("catalogue", 1, { policy: { ...POLICY, plans: [PLAN] }, titles }));
  says.set(
    "keyset",
    said("keyset", 1, { keys: [{ kid: "tests", alg: "EdDSA", key: session.publicKey }] }),
  );
  says.set("deny-list", said("deny-list", 1, { made_ms: Date.now(), entries: [] }));
  /** @type {Worker["audit"]} */
  const audit = { status: 0, bodies: [] };
  const worker = createServer(async (incoming, outgoing) => {
    if (incoming.method === "POST") {
      const chunks = [];
      for await (const chunk of incoming) chunks.push(chunk);
      if (audit.status === 0) return incoming.socket.destroy();
      audit.bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      return outgoing.writeHead(audit.status).end();
    }
    const subject = PATHS.get(incoming.url ?? "") ?? "";
    asked.set(subject, (asked.get(subject) ?? 0) + 1);
    const one = says.get(subject) ?? null;
    if (one === null) return incoming.socket.destroy();
    outgoing.writeHead(200, headersOf(one, signing)).end(one.body);
  });
  const { host } = new URL(await listen(worker));
  const demo = mkdtempSync(join(tmpdir(), "usher-rights-"));
  cpSync(DEMO, demo, { recursive: true });
  prepare?.(demo);
  askAt(join(demo, "usher.capnp"), host);
  const server = await startServer({
    demo,
    environment: {
      CATALOGUE_PUBLIC_KEYS: `tests:${signing.publicKey}`,
      // Asked anew at every request: what is refused is seen at once.
      RIGHTS: JSON.stringify({ refresh_s: 0, ...rights }),
      ...environment,
    },
  });
  context.after(async () => {
    await server.stop();
    close(worker);
    rmSync(demo, { recursive: true, force: true });
  });
  return {
    ...{ server, demo, says, asked, audit, said },
    token: (claims) => tokenOf(session, claims),
    signed: (header, claims) => signedToken(session, header, claims),
    publicKey: session.publicKey,
  };
}

/**
 * @param {Said} said
 * @param {ReturnType<typeof freshSigningKey>} key
 */
function headersOf({ body, ...rest }, { privateKey }) {
  const digest = createHash("sha256").update(body).digest("base64url");
  const text = Buffer.from(JSON.stringify({ digest, ...rest }));
  const signature = sign(null, text, privateKey).toString("base64url");
  return { "usher-statement": `${text.toString("base64url")}.tests.${signature}` };
}

/**
 * Lets the edge ask somebody else for its catalogue.
 * @param {string} config
 * @param {string} host
 */
function askAt(config, host) {
  const text = readFileSync(config, "utf8");
  const [before = "", edge = ""] = text.split("const edge :");
  const external = `services = [(name = "away", external = (address = "${host}", http = ())),`;
  const own = '(name = "CATALOGUE", service = "catalogue")';
  if (!edge.includes(own)) throw new Error(`${config} has no \`${own}\``);
  const changed = edge.replace(own, own.replace('"catalogue"', '"away"'));
  writeFileSync(config, `${before.replace("services = [", external)}const edge :${changed}`);
}

let tokens = 0;

/**
 * @param {ReturnType<typeof freshSigningKey>} key
 * @param {object} [claims]
 */
function tokenOf(key, claims = {}) {
  tokens += 1;
  const ent = {
    account: { status: "active" },
    max_rating: null,
    grants: [grant()],
    devices: ["d1"],
  };
  const body = {
    ...{ iss: "demo", aud: "usher", sub: "anna", iat: nowS() - 1, exp: nowS() + 3600 },
    ...{ jti: `token-${tokens}`, epoch: 1, ent },
    ...claims,
  };
  const header = { alg: "EdDSA", kid: "tests", typ: "JWT" };
  return signedToken(key, JSON.stringify(header), JSON.stringify(body));
}

/**
 * @param {ReturnType<typeof freshSigningKey>} key
 * @param {string | Buffer} header
 * @param {string | Buffer} claims
 */
function signedToken({ privateKey }, header, claims) {
  const message = [header, claims].map((part) => Buffer.from(part).toString("base64url")).join(".");
  return `${message}.${sign(null, Buffer.from(message), privateKey).toString("base64url")}`;
}
