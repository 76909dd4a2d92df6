// @ts-check
// What of a catalogue is left when the process is killed in the middle of a publication.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, request } from "./api.mjs";
import { importTitles, publish, signedDocument } from "./catalogue-api.mjs";
import { operator, title } from "./rights-api.mjs";
import { startServer } from "./server.mjs";

const TITLES = 5_000;

const ROUNDS = 8;

/** @param {number} round */
function lines(round) {
  const windows = [{ from: 1_790_000_000, to: 1_800_000_000, territories: ["SE", "ES"] }];
  return Array.from({ length: TITLES }, (_, at) =>
    title(`title-${at}`, { rating: round, windows, state: "published" }),
  );
}

/**
 * Lets so many other requests be answered: the moment at which the process is killed.
 * @param {string} url
 * @param {number} count
 */
async function others(url, count) {
  for (let asked = 0; asked < count; asked += 1) await request(`${url}/healthz`);
}

test("a process that is killed while it publishes leaves the version before or the next one, whole", async () => {
  const server = await startServer();
  const { url } = server;
  try {
    let acknowledged = 0;
    let known = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      assert.equal((await importTitles(url, lines(round))).status, 200);
      // Some are killed before anything began, some in the middle, one after it was answered.
      const published = publish(url).then(
        ({ body }) => {
          acknowledged = Math.max(acknowledged, body.version);
        },
        () => {},
      );
      if (round === ROUNDS) await published;
      else await others(url, 10 * round);
      await server.kill9();
      await published;
      await server.restart();
      const { document, statement } = await eventually(async () => {
        // Before the first one there is nothing.
        const { body } = await operator(`${url}/v1/catalogue/versions`, "GET");
        if (body.rows.length === 0) return { document: null, statement: null };
        return signedDocument(url, "catalogue/publication");
      });
      if (document === null) {
        assert.equal(acknowledged, 0);
        continue;
      }
      assert.ok(statement.version >= acknowledged, "what was answered is there");
      assert.ok(statement.version >= known, "a version never goes back");
      known = statement.version;
      assert.equal(document.version, known);
      assert.equal(document.titles.length, TITLES);
      const ratings = new Set(document.titles.map((/** @type {any} */ { rating }) => rating));
      assert.equal(ratings.size, 1, "all titles are of one moment");
    }
    assert.ok(acknowledged > 0);
    const again = await publish(url);
    assert.equal(again.body.version, known);
  } finally {
    await server.stop();
  }
});

test("a process that is killed while it imports has all titles of a body or none", async () => {
  const server = await startServer();
  const { url } = server;
  try {
    assert.equal((await importTitles(url, lines(1))).status, 200);
    for (const round of [2, 3, 4]) {
      const answer = importTitles(url, lines(round)).catch(() => null);
      await others(url, 20 * round);
      await server.kill9();
      await answer;
      await server.restart();
      const ratings = new Set();
      for (let after = ""; ;) {
        const query = `limit=1000&after=${after}`;
        const { body } = await operator(`${url}/v1/catalogue/titles?${query}`, "GET");
        for (const { rating } of body.rows) ratings.add(rating);
        if (body.next === null) break;
        after = body.next;
      }
      assert.equal(ratings.size, 1);
    }
  } finally {
    await server.stop();
  }
});
