// @ts-check
// Whether workerd takes exactly the signatures that Wycheproof takes: the edge leaves public keys to it.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { DEMO, startServer } from "./server.mjs";
import { differences, signatures } from "./wycheproof.mjs";

const WORKER = `
${differences.toString()}
export default {
  async fetch(request) {
    if (request.method === "GET") return new Response();
    const vectors = await request.json();
    return Response.json(await differences({ url: "./rights.js", vectors }));
  },
};
`;

/** @type {string} */
let folder;
/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "usher-signatures-"));
  mkdirSync(join(folder, "public"));
  const [date] = /"\d{4}-\d\d-\d\d"/.exec(readFileSync(join(DEMO, "usher.capnp"), "utf8")) ?? [];
  writeFileSync(
    join(folder, "usher.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "main", worker = .host),
        (name = "state", disk = (writable = true)),
        (name = "public", disk = ()),
      ],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]);
    const host :Workerd.Worker = (
      modules = [
        (name = "host.js", esModule = embed "host.js"),
        (name = "rights.js", esModule = embed "rights.js"),
      ], compatibilityDate = ${date});`,
  );
  writeFileSync(join(folder, "host.js"), WORKER);
  copyFileSync(fileURLToPath(import.meta.resolve("usher/rights")), join(folder, "rights.js"));
  server = await startServer({ demo: folder });
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("workerd_takes_the_signatures_that_wycheproof_takes_and_no_other", async () => {
  const vectors = signatures();
  assert.equal(vectors.length, 500);
  const response = await fetch(server.url, { method: "POST", body: JSON.stringify(vectors) });
  assert.equal(response.status, 200, server.log());
  assert.deepEqual(await response.json(), []);
});

test("what_judges_notices_a_difference", async () => {
  const [first] = signatures();
  const body = JSON.stringify([{ ...first, valid: false }]);
  const response = await fetch(server.url, { method: "POST", body });
  assert.deepEqual(await response.json(), ["EdDSA 1: true"]);
});
