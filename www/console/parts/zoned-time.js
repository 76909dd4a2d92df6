// @ts-check
// Local days and times in a zone of the host's, and the instants that they are. A local time is written as the
// instant that it would be in UTC, in milliseconds. The rules are those of `src/base/calendar.rs`: a time that
// comes twice is the first of the two, a day ends where the next one begins.

const DAY_MS = 86_400_000;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * The instant at which a day begins, UTC in seconds; null if the text is no day.
 *
 * @param {string} day `YYYY-MM-DD`
 * @param {string} zone
 */
export function dayStart(day, zone) {
  const local = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  return Number.isNaN(local) ? null : startOf(local, zone) / 1000;
}

/**
 * The first instant after a day, UTC in seconds; null if the text is no day.
 *
 * @param {string} day `YYYY-MM-DD`
 * @param {string} zone
 */
export function dayEnd(day, zone) {
  const local = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  if (Number.isNaN(local)) return null;
  const midnight = local + DAY_MS;
  const { instants } = found(midnight, zone);
  const second = instants[1];
  // Put back over midnight, the clocks come to the day once more.
  if (second !== undefined && second - 1 + offsetMs(second - 1, zone) < midnight) {
    return second / 1000;
  }
  return startOf(midnight, zone) / 1000;
}

/**
 * The instant of a local time, UTC in seconds; null if the text is none.
 *
 * @param {string} text as `datetime-local` gives it
 * @param {string} zone
 */
export function instantOf(text, zone) {
  const local = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text)
    ? Date.parse(`${text}Z`)
    : NaN;
  if (Number.isNaN(local)) return null;
  const { instants, skipped } = found(local, zone);
  return Math.floor((instants[0] ?? skipped) / 1000);
}

/**
 * A local time as `datetime-local` takes it.
 *
 * @param {number} seconds UTC
 * @param {string} zone
 */
export function localOf(seconds, zone) {
  const text = new Date(seconds * 1000 + offsetMs(seconds * 1000, zone)).toISOString();
  return text.slice(0, text.endsWith(":00.000Z") ? 16 : 19);
}

/**
 * The day that begins at an instant, if one does.
 *
 * @param {number} seconds UTC
 * @param {string} zone
 */
export function dayFrom(seconds, zone) {
  const day = localOf(seconds, zone).slice(0, 10);
  return dayStart(day, zone) === seconds ? day : null;
}

/**
 * The day that an instant ends, if it ends one.
 *
 * @param {number} seconds UTC
 * @param {string} zone
 */
export function dayUntil(seconds, zone) {
  const day = localOf(seconds - 1, zone).slice(0, 10);
  return dayEnd(day, zone) === seconds ? day : null;
}

/**
 * @param {number} local midnight
 * @param {string} zone
 */
function startOf(local, zone) {
  const { instants, skipped } = found(local, zone);
  return instants[0] ?? transition(skipped, local, zone);
}

/**
 * The first instant after a gap in which a midnight is missing.
 *
 * @param {number} skipped
 * @param {number} local
 * @param {string} zone
 */
function transition(skipped, local, zone) {
  let [before, after] = [skipped - DAY_MS, skipped + DAY_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (middle + offsetMs(middle, zone) < local) before = middle;
    else after = middle;
  }
  return after;
}

/**
 * The instants that have this local time, the earlier first: none in a gap, where `skipped` is the instant that
 * the clock before the gap would have given it.
 *
 * @param {number} local
 * @param {string} zone
 */
function found(local, zone) {
  const skipped = local - offsetMs(local - DAY_MS, zone);
  const both = new Set([skipped, local - offsetMs(local + DAY_MS, zone)]);
  const instants = [...both].filter((instant) => instant + offsetMs(instant, zone) === local);
  return { instants: instants.sort((one, other) => one - other), skipped };
}

/**
 * @param {number} instant UTC in milliseconds
 * @param {string} zone
 */
function offsetMs(instant, zone) {
  /** @type {Record<string, number>} */
  const part = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  return local - Math.floor(instant / 1000) * 1000;
}

/** @param {string} zone */
function formatOf(zone) {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, made);
  return made;
}
