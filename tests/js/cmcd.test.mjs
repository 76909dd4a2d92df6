// @ts-check
// The border of what players report about themselves.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { init, mergeCmcd, readCmcd, readMediaRequest } from "usher/collector";
import { moduleBytes } from "./module-bytes.mjs";

before(() => init(moduleBytes("collector")));

const LINE = 'cid="plan-9",e=ps,sid="s",sn=0,sta=p,ts=1000,v=2';
const LATER = 'cid="plan-9",e=ps,sid="s",sn=1,sta=a,ts=3000,v=2';

/** @param {string[]} lines */
const bytes = (...lines) => new TextEncoder().encode(lines.join("\n"));

/** @param {Uint8Array} body */
const read = (body) => readCmcd(body, "anna");

test("what was read is merged, stored, and known when it comes again", () => {
  const { viewers, ...counts } = read(bytes(LINE, LATER));
  assert.deepEqual(counts, { lines: 2, refused: 0, errors: [], custom_keys: 0 });
  const [{ viewer, views: incoming } = { viewer: "", views: [] }] = viewers;
  assert.equal(viewer, "anna");
  const output = mergeCmcd({ viewer, now_ms: 5, stored: [], incoming });
  assert.deepEqual([output.taken, output.repeated, output.late], [2, 0, 0]);
  const { record } = output.changed[0] ?? assert.fail("no view");
  assert.deepEqual(
    [record.playing_ms, record.source, record.delivery, record.completion],
    [2000, "cmcd", null, null],
  );
  assert.deepEqual(output.views, [record.view]);
  const again = mergeCmcd({ viewer, now_ms: 9, stored: output.sessions, incoming });
  assert.deepEqual(again, {
    taken: 0,
    repeated: 2,
    late: 0,
    views: output.views,
    sessions: [],
    changed: [],
  });
});

test("what came with a request for media is read", () => {
  const said = readMediaRequest('bs,cid="t",ot=v,su', "path");
  assert.deepEqual(said, { title: "t", version: 1, is_startup: true, is_starved: true });
});

test("refusals are { code, message, field }", () => {
  /** @type {[() => unknown, code: string, field: string | null][]} */
  const rows = [
    [() => read(new Uint8Array()), "invalid_value", null],
    [() => read(new Uint8Array(256 * 1024 + 1)), "body_too_large", null],
    [() => readCmcd(bytes(LINE), "anna", "t", "vlc"), "invalid_value", "player"],
    [() => readMediaRequest("what=1", "t"), "unknown_field", "what"],
    [() => readMediaRequest("su", ""), "invalid_value", "cid"],
  ];
  for (const [call, code, field] of rows) {
    assert.throws(call, (/** @type {any} */ refusal) => {
      assert.deepEqual([refusal.code, refusal.field], [code, field], refusal.message);
      return refusal.message.length > 0;
    });
  }
});

test("what JavaScript gets wrong throws, and the module goes on", () => {
  /** @type {any[]} */
  const values = [undefined, null, 1, "x", [], {}, { viewer: 1 }, NaN, 2n ** 70n, Symbol("s")];
  for (const value of values) {
    assert.throws(() => mergeCmcd(value));
    assert.throws(() => readCmcd(value));
    for (const call of [() => readCmcd(bytes(LINE), value), () => readMediaRequest(value, value)]) {
      try {
        call();
      } catch (error) {
        assert.ok(!(error instanceof WebAssembly.RuntimeError), String(error));
      }
    }
  }
  assert.equal(read(bytes(LINE)).lines, 1);
});

test("no flipped byte of a stored session traps", () => {
  const { views: incoming } = read(bytes(LINE, LATER)).viewers[0] ?? assert.fail("nothing read");
  const input = { viewer: "anna", now_ms: 5, stored: [], incoming };
  const [session] = mergeCmcd(input).sessions;
  assert.ok(session);
  for (let index = 0; index < session.state.length; index += 1) {
    for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
      const state = Uint8Array.from(session.state);
      state[index] = byte;
      try {
        mergeCmcd({ ...input, stored: [{ ...session, state }] });
      } catch (/** @type {any} */ refusal) {
        assert.equal(refusal.code, "invalid_state");
      }
    }
  }
});
