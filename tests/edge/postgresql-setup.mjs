// @ts-check
// One PostgreSQL and one receiver for all tests of the file that imports this, with empty tables before
// each. The bindings hold from its `before` on.
import { after, before, beforeEach } from "node:test";
import { startPostgres, startReceiver } from "./postgresql.mjs";
import { empty } from "./postgresql-tables.mjs";

/** @type {import("./postgresql.mjs").Postgres} */
export let postgres;
/** @type {import("./postgresql.mjs").Receiver} */
export let receiver;
/** @type {import("./postgresql-tables.mjs").Query} */
export let query;

before(async () => {
  postgres = await startPostgres();
  ({ query } = postgres);
  receiver = await startReceiver({ DATABASE_URL: postgres.url });
});
after(async () => {
  await receiver?.stop();
  await postgres?.stop();
});
beforeEach(() => empty(query));
