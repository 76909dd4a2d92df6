// @ts-check
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import { moduleBytes } from "./module-bytes.mjs";

/** A fresh copy of the entry point: `init` is memoised for the life of a page. */
let copies = 0;
const fresh = () => import(`${import.meta.resolve("usher")}?copy=${(copies += 1)}`);

test("init takes bytes, a compiled module, a response and a URL", async () => {
  const bytes = moduleBytes("player");
  const server = createServer((_, answer) => answer.end(bytes)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const url = `http://127.0.0.1:${port}/player.wasm`;
  try {
    const sources = [
      bytes,
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
      await WebAssembly.compile(bytes),
      Promise.resolve(bytes),
      new URL(url),
      url,
      await fetch(url),
      fetch(url),
    ];
    for (const source of sources) {
      const usher = await fresh();
      await usher.init(source);
      assert.match(new usher.View("anna", "plan-9").id, /^[0-9a-f]{32}$/);
    }
  } finally {
    server.close();
  }
});

test("init is memoised", async () => {
  const usher = await fresh();
  const first = usher.init(moduleBytes("player"));
  assert.equal(usher.init("http://127.0.0.1:1/never"), first);
  await first;
});

test("a failed init says what is wrong and may be tried again", async () => {
  const usher = await fresh();
  await assert.rejects(usher.init("http://127.0.0.1:1/player.wasm"), {
    name: "UsherError",
    code: "module_unreachable",
  });
  await assert.rejects(usher.init(new Uint8Array([1, 2, 3])), { code: "module_invalid" });
  await assert.rejects(usher.init(new Response("no", { status: 404 })), {
    code: "module_unreachable",
    message: /status 404/,
  });
  await usher.init(moduleBytes("player"));
});

test("edge, rights, collector and office load like the player", async () => {
  for (const build of /** @type {const} */ (["edge", "rights", "collector", "office"])) {
    const usher = await import(`usher/${build}`);
    await usher.init(moduleBytes(build));
    usher.initSync(await WebAssembly.compile(moduleBytes(build)));
  }
});
