// @ts-check
// A stream of a page whose edge is elsewhere, as the edge sees it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { startStream } from "usher/entitlement";
import { close, listen } from "../edge/loopback.mjs";

/** @type {{ path: string | undefined, body: any }[]} */
const asked = [];

const server = createServer(async (incoming, outgoing) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  asked.push({ path: incoming.url, body: JSON.parse(Buffer.concat(chunks).toString()) });
  const nowS = Math.floor(Date.now() / 1000);
  const lease = {
    ...{ stream: "s1", decision: { allow: true }, cat: `cat-${asked.length}` },
    ...{ cat_expires_at: nowS + 120, media: "/vod/film/", heartbeat_s: 30, expires_at: nowS + 90 },
  };
  outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(lease));
});

/** @type {string} */
let endpoint;

before(async () => {
  endpoint = await listen(server);
});
after(() => close(server));

test("the_media_of_an_edge_elsewhere_lie_there_and_are_signed_there_alone", async (context) => {
  const device = /** @type {const} */ ({ id: "d1", class: "web" });
  const stream = await startStream({ token: () => "token", device, endpoint }, "film");
  context.after(() => stream.stop());
  assert.equal(stream.media, `${endpoint}/vod/film/`);
  const signed = stream.sign(`${endpoint}/vod/film/a.m4s?b=1`);
  assert.equal(signed, `${endpoint}/vod/film/a.m4s?b=1&CTA-Common-Access-Token=cat-1`);
  for (const other of [`${endpoint}/vod/other/a.m4s`, "https://media.invalid/vod/film/a.m4s"]) {
    assert.equal(stream.sign(other), other);
  }
  // By these the edge knows the stream while the object that keeps it is away.
  await stream.beat();
  assert.deepEqual(asked[1], {
    path: "/v1/streams/s1/heartbeat",
    body: { cat: "cat-1", title: "film", token: "token" },
  });
  assert.equal(stream.token, "cat-2");
  await stream.stop();
  assert.deepEqual(asked[2], { path: "/v1/streams/s1/stop", body: { token: "token" } });
});
