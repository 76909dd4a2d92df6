// @ts-check
import { readBody } from "../../body.js";
import { invalid, limitIn, nameIn } from "../../query.js";
import { Refused, json, refusalOf } from "../../refusal.js";
import { taken } from "../../store-answer.js";
import { checkTitle } from "../document.js";
import { catalogueOf } from "../objects.js";
import { etagOf, expectedOf } from "../revision.js";
import { STATES } from "../titles.js";
import { actorOf, demandEmpty, objectIn, parsed, textIn, wholeIn } from "../written.js";

/** @typedef {import("../../catalogue.js").Route} Route */
/** @typedef {import("../titles.js").TitleDraft} TitleDraft */

/** Bytes of one title: 64 windows of all territories fit. */
const TITLE_BYTES_MAX = 128 * 1024;

/** Bytes of the body of an import: what is read of it goes to the object in one call, of 32 MiB at most. */
export const IMPORT_BYTES_MAX = 16 * 1024 * 1024;

/** Titles in one import. */
export const IMPORT_TITLES_MAX = 50_000;

/** Lines whose mistakes are told. */
const ERRORS_TOLD_MAX = 100;

/** Bytes of the body of a move. */
const STATE_BYTES_MAX = 1024;

/** The longest that anything plays: 30 days, for channels that are titles. */
const DURATION_S_MAX = 30 * 24 * 3600;

const LINE_FEED = 10;

/**
 * `GET /v1/catalogue/titles?state=&q=&after=&limit=`.
 * @type {Route}
 */
export async function getTitles(_request, env, _name, query) {
  const given = query.get("state");
  const state = STATES.find((each) => each === given) ?? null;
  if (state !== given) throw invalid("state", given ?? "", STATES.join(", "));
  const search = { state, q: query.get("q"), after: query.get("after"), limit: limitIn(query) };
  return json(taken(await catalogueOf(env).titles(search)));
}

/** @type {Route} */
export async function getTitle(_request, env, name) {
  const title = taken(await catalogueOf(env).title(nameIn(name, "title")));
  return json(title, etagOf(title.revision));
}

/**
 * `PUT /v1/catalogue/titles/{id}`: writes a title, with `If-Match` only if it is still the revision that was read,
 * with `If-None-Match: *` only if there is none.
 * @type {Route}
 */
export async function putTitle(request, env, name) {
  const id = nameIn(name, "title");
  const draft = draftIn(await objectIn(request, TITLE_BYTES_MAX), id);
  const expected = expectedOf(request);
  const put = taken(await catalogueOf(env).putTitle(draft, actorOf(request), expected));
  return json(put.title, etagOf(put.title.revision), put.isNew ? 201 : 200);
}

/** @type {Route} */
export async function deleteTitle(request, env, name) {
  const expected = expectedOf(request);
  taken(await catalogueOf(env).deleteTitle(nameIn(name, "title"), expected));
  return new Response(null, { status: 204 });
}

/**
 * `POST /v1/catalogue/titles/{id}/state` `{ state }`.
 * @type {Route}
 */
export async function postState(request, env, name) {
  const id = nameIn(name, "title");
  const { state, ...rest } = await objectIn(request, STATE_BYTES_MAX);
  demandEmpty(rest);
  const to = textIn(state, "state");
  const expected = expectedOf(request);
  const moved = taken(await catalogueOf(env).moveTitle(id, to, actorOf(request), expected));
  return json(moved, etagOf(moved.revision));
}

/**
 * `POST /v1/catalogue/import`: NDJSON, a title a line, all of them or none. Where lines are wrong, the answer tells
 * the first ERRORS_TOLD_MAX of them and how many there are. Sent again it changes nothing.
 * @type {Route}
 */
export async function postImport(request, env) {
  const actor = actorOf(request);
  const lines = linesIn(await readBody(request, IMPORT_BYTES_MAX));
  /** @type {TitleDraft[]} */
  const drafts = [];
  /** @type {object[]} */
  const errors = [];
  /** @type {Map<string, number>} the line of each id */
  const ids = new Map();
  let wrong = 0;
  for (const { line, bytes } of lines) {
    try {
      const title = parsed(bytes);
      const draft = draftIn(title, textIn(title["id"], "id"));
      const before = ids.get(draft.id);
      if (before !== undefined) {
        throw new Refused("duplicate_field", `\`${draft.id}\` is in line ${before} too`, "id");
      }
      ids.set(draft.id, line);
      drafts.push(draft);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      wrong += 1;
      if (errors.length < ERRORS_TOLD_MAX) errors.push({ line, ...refusal });
    }
  }
  if (wrong > 0) return refusedLines(wrong, errors);
  const answer = taken(await catalogueOf(env).importTitles(drafts, actor));
  if ("line" in answer) {
    const { index, refusal } = answer.line;
    return refusedLines(1, [{ line: lines[index]?.line, ...refusal }]);
  }
  return json({ titles: drafts.length, changed: answer.changed });
}

/**
 * A title as it was written: what is published of it is checked, the rest is the operator's.
 * @param {Record<string, unknown>} written
 * @param {string} id
 * @returns {TitleDraft}
 */
function draftIn(written, id) {
  const {
    id: given,
    name,
    state,
    duration_s,
    revision,
    changed_ms,
    changed_by,
    ...title
  } = written;
  if (given !== undefined && given !== id) {
    throw new Refused("invalid_value", `expected \`${id}\`, as in the path`, "id");
  }
  const document = { id, ...title };
  checkTitle(document);
  return {
    id,
    name: name === undefined ? id : textIn(name, "name"),
    state: state === undefined ? null : textIn(state, "state"),
    duration_s: wholeIn(duration_s, "duration_s", 1, DURATION_S_MAX),
    document: JSON.stringify(document),
  };
}

/** @param {Uint8Array} body */
function linesIn(body) {
  /** @type {{ line: number, bytes: Uint8Array }[]} */
  const lines = [];
  for (let at = 0, line = 1; at < body.byteLength; line += 1) {
    const end = body.indexOf(LINE_FEED, at);
    const bytes = body.subarray(at, end === -1 ? body.byteLength : end);
    at += bytes.byteLength + 1;
    if (bytes.every((byte) => byte === 32 || byte === 13)) continue;
    lines.push({ line, bytes });
    if (lines.length > IMPORT_TITLES_MAX) {
      const message = `more than ${IMPORT_TITLES_MAX} lines, expected several bodies`;
      throw new Refused("too_many", message, "lines");
    }
  }
  return lines;
}

/**
 * @param {number} count
 * @param {object[]} errors
 */
function refusedLines(count, errors) {
  const message = `nothing was stored: \`${count}\` lines are no titles`;
  return json({ code: "invalid_lines", message, field: null, count, errors }, {}, 400);
}
