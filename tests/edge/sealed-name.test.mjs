// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { openedLines, openedName, sealedName } from "../../www/edge/sealed-name.js";

const ENV = { TENANT: "demo", TENANT_KEY: "a key of more than sixteen bytes" };

test("a_name_is_sealed_to_the_same_text_every_time_and_opens_to_itself", async () => {
  for (const name of [
    "a",
    "Zaphod Beeblebrox/ü?",
    '"viewer":"',
    "é".repeat(100),
    "x".repeat(200),
  ]) {
    const sealed = await sealedName(ENV, name);
    assert.match(sealed, /^sealed:[A-Za-z0-9_-]{38,304}$/);
    assert.equal(await sealedName(ENV, name), sealed);
    assert.equal(await openedName(ENV, sealed), name);
    assert.ok(!sealed.includes(Buffer.from(name).toString("base64url")));
  }
  assert.notEqual(await sealedName(ENV, "a"), await sealedName(ENV, "b"));
});

test("without_a_key_names_are_sealed_too", async () => {
  const sealed = await sealedName({ TENANT: "demo" }, "anna");
  assert.equal(await openedName({ TENANT: "demo", TENANT_KEY: null }, sealed), "anna");
});

test("a_name_that_was_sealed_under_another_key_or_changed_is_not_opened", async () => {
  const sealed = await sealedName(ENV, "anna");
  const last = sealed.endsWith("A") ? "B" : "A";
  for (const [env, text] of /** @type {[any, string][]} */ ([
    [{ ...ENV, TENANT: "other" }, sealed],
    [{ ...ENV, TENANT_KEY: "another key of sixteen bytes" }, sealed],
    [{ TENANT: "demo" }, sealed],
    [ENV, sealed.slice(0, 10) + last.repeat(4) + sealed.slice(14)],
  ])) {
    await assert.rejects(openedName(env, text), /another TENANT_KEY/);
  }
});

test("lines_get_their_names_back_and_nothing_else_changes", async () => {
  const names = ["anna", 'quo"te\\', "bert", "anna"];
  // A title that looks like a sealed name is none.
  const title = `"viewer":"${await sealedName(ENV, "bert")}"`;
  const lines = (/** @type {string[]} */ viewers) =>
    viewers.map((viewer, n) => `${JSON.stringify({ view: `${n}`, viewer, title })}\n`).join("");
  const sealed = await Promise.all(names.map((name) => sealedName(ENV, name)));
  assert.equal(await openedLines(ENV, lines(sealed)), lines(names));
  assert.equal(await openedLines(ENV, lines(names)), lines(names));
});
