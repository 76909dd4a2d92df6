// @ts-check
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { assertRefused, eventually, postViews, recordOf, request, waitingOf } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { DEMO, startServer } from "./server.mjs";

/**
 * Put before a worker: the first instance that has the function named runs into `unreachable` in it, as a
 * module with a fault would; later instances are the real one.
 * @param {string} name of the export
 */
const trapIn = (name) => `
const { Instance } = WebAssembly;
const unreachable = new Instance(FAULT).exports.unreachable;
let first = true;
WebAssembly.Instance = function (module, imports) {
  const instance = new Instance(module, imports);
  if (!first || !("${name}" in instance.exports)) return instance;
  first = false;
  return { exports: { ...instance.exports, ${name}: () => unreachable() } };
};
`;

/** (module (func (export "unreachable") unreachable)) */
const FAULT = Buffer.from(
  "0061736d0100000001040160000003020100070f010b756e726561636861626c6500000a05010300000b",
  "hex",
);

/**
 * What a function of a module is called where it is exported: the build gives it one letter.
 * @param {"edge" | "collector" | "office"} module
 * @param {string} name
 */
function exportOf(module, name) {
  const glue = readFileSync(new URL(`../../pkg/wasm/${module}.js`, import.meta.url), "utf8");
  const call = new RegExp(`^export function ${name}\\([^]*?ret = wasm\\.([\\w$]+)\\(`, "m");
  const found = call.exec(glue)?.[1];
  assert.ok(found, name);
  return found;
}

/**
 * The demo with a fault in one function of one worker's module.
 * @param {"edge" | "central"} worker
 * @param {string} name of the function
 * @param {"edge" | "collector" | "office"} module that has it
 */
function demoWithFault(worker, name, module = worker === "edge" ? "edge" : "office") {
  const demo = mkdtempSync(join(tmpdir(), "usher-fault-"));
  cpSync(DEMO, demo, { recursive: true });
  const file = join(demo, `${worker}.js`);
  const source = readFileSync(file, "utf8");
  const called = exportOf(module, name);
  writeFileSync(file, `import FAULT from "./fault.wasm";${trapIn(called)}${source}`);
  writeFileSync(join(demo, "fault.wasm"), FAULT);
  const config = join(demo, "usher.capnp");
  const script = `(name = "${worker}.js", esModule = embed "${worker}.js"),`;
  const text = readFileSync(config, "utf8");
  assert.ok(text.includes(script));
  writeFileSync(
    config,
    text.replace(script, `${script}\n    (name = "fault.wasm", wasm = embed "fault.wasm"),`),
  );
  return demo;
}

/** The demo whose edge finds objects of another class in place of the viewers: every call fails. */
function demoWithoutViewers() {
  const demo = mkdtempSync(join(tmpdir(), "usher-fault-"));
  cpSync(DEMO, demo, { recursive: true });
  const config = join(demo, "usher.capnp");
  const binding = '(name = "VIEWER", durableObjectNamespace = "Viewer")';
  const text = readFileSync(config, "utf8");
  assert.ok(text.includes(binding));
  writeFileSync(config, text.replace(binding, binding.replace('"Viewer"', '"Rollup"')));
  return demo;
}

/** @type {typeof import("usher")} */
let usher;

before(async () => {
  usher = await loadPage();
});

/**
 * A server of a demo of its own; both go with the test, however it ends.
 * @param {import("node:test").TestContext} context
 * @param {string} demo
 */
async function serve(context, demo, environment = {}) {
  const server = await startServer({ demo, environment });
  context.after(async () => {
    await server.stop();
    rmSync(demo, { recursive: true });
  });
  return server;
}

for (const name of ["readViews", "mergeViews"]) {
  test(`a_trap_in_${name}_is_answered_with_500_and_the_next_request_works`, async (context) => {
    const server = await serve(context, demoWithFault("edge", name));
    const playback = new Playback(usher, "trap", "trap").watch(0, 5);
    const entry = playback.entry();
    const trapped = await postViews(server.url, "trap", [entry]);
    assertRefused(trapped, 500, "internal", null);
    assert.doesNotMatch(JSON.stringify(trapped.body), /unreachable|wasm|\bat\b/);
    assert.equal(trapped.headers.get("retry-after"), "1");
    for (const { pending, sequence } of await waitingOf(server.url)) {
      assert.deepEqual([pending, sequence], [0, 1]);
    }
    const fromMs = Date.now();
    assert.equal((await postViews(server.url, "trap", [entry])).status, 200);
    const record = await recordOf(server.url, playback.id, playback.version);
    assert.ok(record.first_seen_ms >= fromMs);
    assert.match(server.log(), /unreachable/);
  });
}

test("a_trap_in_the_collector_s_module_is_answered_with_500_and_the_next_report_counts", async (context) => {
  const server = await serve(context, demoWithFault("edge", "readCmcd", "collector"));
  const report = 'cid="trap",e=ps,sid="trap",sn=0,sta=p,ts=1000,v=2';
  const send = () => request(`${server.url}/v1/cmcd?viewer=trap`, { method: "POST", body: report });
  assertRefused(await send(), 500, "internal", null);
  const { status, body } = await send();
  assert.deepEqual([status, body.taken], [200, 1]);
  assert.match(server.log(), /unreachable/);
});

test("a_trap_in_freezeBatch_loses_nothing", async (context) => {
  const server = await serve(context, demoWithFault("edge", "freezeBatch"));
  const playback = new Playback(usher, "trap", "trap").watch(0, 5);
  assert.equal((await postViews(server.url, "trap", [playback.entry()])).status, 200);
  await recordOf(server.url, playback.id, playback.version);
  assert.match(server.log(), /unreachable/);
});

for (const name of ["rollUp", "addWindows", "answerBatch"]) {
  test(`a_trap_in_${name}_loses_nothing_and_counts_nothing_twice`, async (context) => {
    const demo = demoWithFault("edge", name);
    const environment = { WINDOW_SECONDS: "1", WINDOW_GRACE_SECONDS: "0" };
    const server = await serve(context, demo, environment);
    const playback = new Playback(usher, "trap", "trap").watch(0, 5);
    assert.equal((await postViews(server.url, "trap", [playback.entry()])).status, 200);
    await recordOf(server.url, playback.id, playback.version);
    await eventually(async () => {
      const { body } = await request(`${server.url}/v1/reconciliation?title=trap`);
      const [{ equal, windows }] = body.titles;
      assert.deepEqual({ equal, views: windows.views }, { equal: true, views: 1 });
    });
    assert.match(server.log(), /unreachable/);
  });
}

test("a_trap_in_sealBatch_is_tried_again", async (context) => {
  const server = await serve(context, demoWithFault("central", "sealBatch"));
  const playback = new Playback(usher, "trap", "trap").watch(0, 5);
  assert.equal((await postViews(server.url, "trap", [playback.entry()])).status, 200);
  await recordOf(server.url, playback.id, playback.version);
  assert.equal((await request(`${server.url}/v1/titles`)).body.titles[0].views, 1);
  assert.match(server.log(), /unreachable/);
});

test("a_viewer_object_that_cannot_be_reached_is_answered_with_503_and_a_time_to_come_again", async (context) => {
  const server = await serve(context, demoWithoutViewers());
  const playback = new Playback(usher, "away", "away").watch(0, 5);
  const answer = await postViews(server.url, "away", [playback.entry()]);
  assertRefused(answer, 503, "unavailable", null);
  assert.equal(answer.headers.get("retry-after"), "1");
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
});
