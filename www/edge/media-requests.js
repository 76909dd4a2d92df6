// @ts-check
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { readMediaRequest } from "usher/collector";
import { callCollector } from "./collector-module.js";
import { Trapped } from "./module.js";
import { refusalOf } from "./refusal.js";

/**
 * @typedef {object} TitleRequests
 * @property {string} title
 * @property {number} requests that said anything
 * @property {number} version_2 of these, in version 2
 * @property {number} startups of these, needed to start, to seek or to recover
 * @property {number} starved of these, after the buffer ran dry
 * @property {number} malformed of these, what was no CMCD; they are counted for the title in the path
 */

/** Titles that are counted, so that made-up ones cannot fill the store; beyond, nothing is added. */
const TITLES_MAX = 10_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS media_requests (
    title TEXT PRIMARY KEY, requests INTEGER NOT NULL, version_2 INTEGER NOT NULL,
    startups INTEGER NOT NULL, starved INTEGER NOT NULL, malformed INTEGER NOT NULL
  ) WITHOUT ROWID;
`;

/** What players said beside their requests for media, counted by title. */
export class MediaRequests extends DurableObject {
  #sql;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("./edge.js").EdgeEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(SCHEMA);
  }

  /** @param {TitleRequests} one */
  count({ title, requests, version_2, startups, starved, malformed }) {
    this.#sql.exec(
      `INSERT INTO media_requests
       SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM media_requests) < ?
         OR EXISTS (SELECT 1 FROM media_requests WHERE title = ?)
       ON CONFLICT (title) DO UPDATE SET
         requests = requests + excluded.requests, version_2 = version_2 + excluded.version_2,
         startups = startups + excluded.startups, starved = starved + excluded.starved,
         malformed = malformed + excluded.malformed`,
      title,
      requests,
      version_2,
      startups,
      starved,
      malformed,
      TITLES_MAX,
      title,
    );
  }

  /** @returns {TitleRequests[]} */
  titles() {
    /** @type {SqlStorageCursor<any>} */
    const rows = this.#sql.exec("SELECT * FROM media_requests ORDER BY title");
    return rows.toArray();
  }
}

/**
 * Where the media route tells what came with a request. An entry point of its own, so that nobody
 * outside can.
 * @extends {WorkerEntrypoint<import("./edge.js").EdgeEnv>}
 */
export class Media extends WorkerEntrypoint {
  /**
   * @param {string} cmcd what stood in the query, or in the headers, joined by commas
   * @param {string} title of which a file was asked for
   */
  async requested(cmcd, title) {
    await countRequest(this.env, cmcd, title);
  }
}

/**
 * @param {import("./edge.js").EdgeEnv} env
 * @param {string} cmcd what stood in the query, or in the headers, joined by commas
 * @param {string} title of which a file was asked for
 */
export async function countRequest(env, cmcd, title) {
  await mediaRequests(env).count(countsOf(cmcd, title));
}

/**
 * @param {string} cmcd
 * @param {string} asked
 * @returns {TitleRequests}
 */
function countsOf(cmcd, asked) {
  try {
    const said = callCollector(() => readMediaRequest(cmcd, asked));
    return {
      title: said.title,
      requests: 1,
      version_2: Number(said.version === 2),
      startups: Number(said.is_startup),
      starved: Number(said.is_starved),
      malformed: 0,
    };
  } catch (error) {
    if (refusalOf(error) === null || error instanceof Trapped) throw error;
    return { title: asked, requests: 1, version_2: 0, startups: 0, starved: 0, malformed: 1 };
  }
}

/** @param {import("./edge.js").EdgeEnv} env */
export function mediaRequests(env) {
  return env.MEDIA_REQUESTS.getByName(env.TENANT);
}
