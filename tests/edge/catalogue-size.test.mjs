// @ts-check
// A catalogue of the size that is promised, and one that is too large.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, eventually } from "./api.mjs";
import { importTitles, publish, signedDocument, titleAddress } from "./catalogue-api.mjs";
import { decide, newAccount, newToken, operator, title } from "./rights-api.mjs";
import { startServer } from "./server.mjs";

/** Titles in one import, and those that are promised to fit. */
const TITLES = 50_000;

/** Titles in the store. */
const TITLES_MAX = 200_000;

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer();
  url = server.url;
});
after(() => server?.stop());

/**
 * @param {number} first
 * @param {number} count
 */
function lines(first, count) {
  const windows = [
    { from: 1_790_000_000, to: 1_800_000_000, territories: ["SE", "ES", "DE", "FR", "CL"] },
    { from: 1_800_000_000, to: 1_810_000_000, territories: ["SE"] },
  ];
  return Array.from({ length: count }, (_, at) =>
    title(`title-${first + at}`, { packs: [`p${at % 40}`], windows, state: "published" }),
  );
}

test("fifty thousand titles are taken in one body and published in one version", async () => {
  const taken = await importTitles(url, lines(0, TITLES));
  assert.deepEqual(taken.body, { titles: TITLES, changed: TITLES });
  const { body } = await publish(url);
  assert.deepEqual([body.version, body.titles], [1, TITLES]);
  assert.ok(body.bytes > 8_000_000, `${body.bytes}`);
  const { document } = await signedDocument(url, "catalogue/publication");
  assert.equal(document.titles.length, TITLES);
  const { state: _, ...first } = /** @type {any} */ (lines(0, 1)[0]);
  assert.deepEqual(document.titles[0], first);
});

test("more titles than the store holds are refused, and those that are there stay", async () => {
  for (let first = TITLES; first < TITLES_MAX; first += TITLES) {
    assert.equal((await importTitles(url, lines(first, TITLES))).status, 200);
  }
  assertRefused(await importTitles(url, lines(TITLES_MAX, 2)), 400, "too_many", "titles");
  const one = await operator(titleAddress(url, "one-more"), "PUT", title("one-more"));
  assertRefused(one, 400, "too_many", "titles");
  // What is there may change still.
  const [same] = lines(7, 1);
  const changed = await importTitles(url, [{ ...same, rating: 18 }]);
  assert.deepEqual(changed.body, { titles: 1, changed: 1 });
  const { status, body } = await publish(url);
  assert.deepEqual([status, body.version, body.titles], [200, 2, TITLES_MAX]);
  // The edge takes all of them.
  await newAccount(url, "ann", { grants: [] });
  const token = await newToken(url, "ann");
  await eventually(async () => {
    const decided = await decide(url, { token, titles: [`title-${TITLES_MAX - 1}`, "title-none"] });
    assert.equal(decided.status, 200, JSON.stringify(decided.body));
    const [last, none] = decided.body.decisions;
    assert.ok(last.reasons.includes("NOT_ENTITLED"), JSON.stringify(last));
    assert.deepEqual(none.reasons, ["TITLE_UNKNOWN"]);
  });
});
