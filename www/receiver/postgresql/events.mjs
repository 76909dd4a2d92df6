// @ts-check
import { ROWS_MAX, isObject, parse, readBody } from "./body.mjs";
import { Refused, mistake } from "./refusal.mjs";

/**
 * A row that came as a CloudEvent.
 * @typedef {{ source: string, id: string, kind: "views" | "windows", record: object }} Event
 */

const CONTENT_TYPE = /^application\/cloudevents-batch\+json(?:;|$)/i;

const KINDS = /** @type {Record<string, Event["kind"]>} */ ({
  "usher.view.v1": "views",
  "usher.window.v1": "windows",
});

const TEXT_UNITS_MAX = 200;

/**
 * The events of a batch in CloudEvents' JSON format, each (source, id) once.
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<Event[]>}
 */
export async function readEvents(request) {
  const type = request.headers["content-type"] ?? "";
  if (!CONTENT_TYPE.test(type)) {
    const message = `\`${type}\`, expected \`application/cloudevents-batch+json\``;
    throw new Refused(415, "type_unsupported", message, "Content-Type");
  }
  const given = parse((await readBody(request)).toString());
  if (!Array.isArray(given)) throw mistake("wrong_type", "expected an array of events");
  if (given.length > ROWS_MAX) {
    throw mistake("too_many", `\`${given.length}\` events, expected at most ${ROWS_MAX}`);
  }
  /** @type {Map<string, Event>} */
  const events = new Map();
  for (const [index, value] of given.entries()) {
    const event = eventOf(value, `events[${index}]`);
    const key = JSON.stringify([event.source, event.id]);
    if (!events.has(key)) events.set(key, event);
  }
  return [...events.values()];
}

/**
 * @param {any} event
 * @param {string} field
 * @returns {Event}
 */
function eventOf(event, field) {
  const check = (/** @type {boolean} */ good, /** @type {string} */ name, expected = "") => {
    if (!good) throw mistake("invalid_value", `expected ${expected}`, `${field}.${name}`);
  };
  if (!isObject(event)) throw mistake("wrong_type", "expected an event", field);
  check(event.specversion === "1.0", "specversion", "`1.0`");
  for (const name of ["source", "id"]) {
    const text = event[name];
    const good = typeof text === "string" && text !== "" && text.length <= TEXT_UNITS_MAX;
    check(good, name, `1 to ${TEXT_UNITS_MAX} characters`);
  }
  const kind = Object.hasOwn(KINDS, event.type) ? KINDS[event.type] : undefined;
  if (!kind) {
    throw mistake("invalid_value", `expected ${Object.keys(KINDS).join(" or ")}`, `${field}.type`);
  }
  const type = event.datacontenttype ?? "application/json";
  check(type === "application/json", "datacontenttype", "`application/json`");
  check(isObject(event.data), "data", "an object");
  return { source: event.source, id: event.id, kind, record: event.data };
}
