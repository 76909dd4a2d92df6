// @ts-check
// RIGHTS as it is written: what it may say, and that nothing is answered by what cannot be understood.
import assert from "node:assert/strict";
import { test } from "node:test";
import { rightsSettings } from "../../www/edge/rights/settings.js";

const USUAL = {
  catalogue_max_age_s: 86_400,
  keyset_max_age_s: 86_400,
  deny_list_max_age_s: 3600,
  deny_list_stale: "closed",
  catalogue_stale: "closed",
  refresh_s: 10,
  cat_life_s: 120,
  lease_s: 90,
  heartbeat_s: 30,
  lease_grace_s: 300,
  device_cooling_s: 86_400,
  skew_s: 5,
};

const read = (/** @type {object} */ given) => rightsSettings({ RIGHTS: JSON.stringify(given) });

test("what_is_not_said_is_as_usual", () => {
  for (const RIGHTS of [undefined, null, "", "{}"]) {
    assert.deepEqual(rightsSettings({ RIGHTS }), USUAL);
  }
  assert.deepEqual(read({ refresh_s: 1, deny_list_stale: "open" }), {
    ...USUAL,
    refresh_s: 1,
    deny_list_stale: "open",
  });
});

test("both_sides_of_every_limit_are_kept", () => {
  for (const [name, min, max] of /** @type {[string, number, number][]} */ ([
    ["catalogue_max_age_s", 1, 2_592_000],
    ["keyset_max_age_s", 1, 2_592_000],
    ["deny_list_max_age_s", 1, 2_592_000],
    ["refresh_s", 0, 3600],
    ["cat_life_s", 60, 300],
    ["lease_grace_s", 0, 3600],
    ["device_cooling_s", 0, 31_536_000],
    ["skew_s", 0, 5],
  ])) {
    for (const value of [min, max])
      assert.equal(/** @type {any} */ (read({ [name]: value }))[name], value);
    for (const value of [min - 1, max + 1, min + 0.5, String(min), null, true]) {
      assert.throws(
        () => read({ [name]: value }),
        { code: "not_configured", field: `RIGHTS.${name}` },
        name,
      );
    }
  }
});

test("a_heartbeat_comes_before_the_lease_is_over", () => {
  assert.equal(read({ heartbeat_s: 89 }).heartbeat_s, 89);
  assert.throws(() => read({ heartbeat_s: 90 }), {
    code: "not_configured",
    field: "RIGHTS.heartbeat_s",
    message: "`RIGHTS.heartbeat_s` is `90`, expected less than `lease_s`, which is `90`",
  });
  assert.equal(read({ lease_s: 2, heartbeat_s: 1 }).lease_s, 2);
  assert.equal(read({ lease_s: 3600, heartbeat_s: 1800 }).heartbeat_s, 1800);
  const wrong = { code: "not_configured", field: "RIGHTS.lease_s" };
  for (const lease_s of [0, 3601]) assert.throws(() => read({ lease_s, heartbeat_s: 1 }), wrong);
  assert.throws(() => read({ lease_s: 3600, heartbeat_s: 1801 }), { field: "RIGHTS.heartbeat_s" });
  assert.throws(() => read({ heartbeat_s: 0 }), { field: "RIGHTS.heartbeat_s" });
});

test("what_cannot_be_understood_is_refused_by_its_name", () => {
  for (const [RIGHTS, field] of [
    ["{", "RIGHTS"],
    ["[]", "RIGHTS"],
    ["null", "RIGHTS"],
    ["7", "RIGHTS"],
    ['{"deny_list_stale":"ajar"}', "RIGHTS.deny_list_stale"],
    ['{"catalogue_stale":true}', "RIGHTS.catalogue_stale"],
    ['{"cat_life":120}', "RIGHTS.cat_life"],
    ['{"toString":1}', "RIGHTS.toString"],
    ['{"__proto__":1}', "RIGHTS.__proto__"],
  ]) {
    assert.throws(() => rightsSettings({ RIGHTS }), { code: "not_configured", field }, RIGHTS);
  }
});
