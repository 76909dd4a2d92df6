// @ts-check
// What an import says: the sum, the reasons, and sums by profile, day and title.
import { clock, count, hours, percent } from "./duration.js";
import { element, make, write } from "./element.js";
import { Figures } from "./figures.js";
import { findingList } from "./finding-list.js";
import { SumTable } from "./sum-table.js";

/** @typedef {import("usher/office").ActivityReport} ActivityReport */
/** @typedef {import("usher/office").ActivityDay} ActivityDay */
/** @typedef {ActivityReport["profiles"][number]} ProfileTotal */
/** @typedef {ActivityReport["titles"][number]} NamedTotal */
/** @typedef {{ plays: number, played_ms: number }} Total */

/** @type {import("./sum-table.js").Column<any>} */
const PLAYS = {
  label: "Plays",
  number: true,
  value: (/** @type {Total} */ row) => row.plays,
  text: (/** @type {Total} */ row) => count(row.plays),
};
/** @type {import("./sum-table.js").Column<any>} */
const HOURS = {
  label: "Hours",
  bar: true,
  value: (/** @type {Total} */ row) => row.played_ms,
  text: (/** @type {Total} */ row) => hours(row.played_ms),
  hint: (/** @type {Total} */ row) => clock(row.played_ms),
};
const WEEKDAY = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" });

export class ActivitySheets {
  #outcome = element("outcome", HTMLElement);
  #list = element("totals", HTMLElement);
  #figures = new Figures(this.#list);
  /** @type {SumTable<ProfileTotal>} */
  #profiles = new SumTable(
    element("profiles", HTMLElement),
    "profiles",
    [
      { label: "Profile", value: ({ name }) => name },
      PLAYS,
      {
        label: "Sittings",
        number: true,
        value: ({ sittings }) => sittings,
        text: ({ sittings }) => count(sittings),
        hint: () => "runs of plays no further apart than half an hour",
      },
      {
        label: "Last play, UTC",
        number: true,
        value: ({ last_started_ms }) => last_started_ms,
        text: ({ last_started_ms }) => day(last_started_ms),
        small: ({ first_started_ms }) => `since ${day(first_started_ms)}`,
      },
      HOURS,
    ],
    { column: 4, descending: true },
  );
  /** @type {SumTable<ActivityDay>} */
  #days = new SumTable(
    element("days", HTMLElement),
    "days",
    [
      {
        label: "Day",
        value: ({ day }) => day,
        small: ({ day }) => WEEKDAY.format(new Date(`${day}T00:00:00Z`)),
      },
      PLAYS,
      HOURS,
    ],
    { column: 0, descending: true },
  );
  /** @type {SumTable<NamedTotal>} */
  #titles = new SumTable(
    element("titles", HTMLElement),
    "titles",
    [{ label: "Title", value: ({ name }) => name }, PLAYS, HOURS],
    { column: 2, descending: true },
  );
  #search = element("search", HTMLInputElement);

  constructor() {
    this.#search.addEventListener("input", () => (this.#titles.word = this.#search.value));
  }

  hide() {
    this.#outcome.hidden = true;
    this.#list.hidden = true;
  }

  /** @param {ActivityReport} report */
  show(report) {
    const { rows, plays, played_ms, started, profiles } = report;
    this.#figures.set("Plays", count(plays));
    this.#figures.set("Hours played", hours(played_ms), clock(played_ms));
    this.#figures.set("Nobody pressed play", count(started.autoplay), "autoplayed, no user action");
    this.#sum(report);
    const share = element("share", HTMLElement).firstElementChild;
    if (share instanceof HTMLElement) {
      share.style.inlineSize = `${(rows ? (100 * plays) / rows : 0).toFixed(2)}%`;
    }
    findingList(element("findings", HTMLElement), report);
    this.#profiles.rows = profiles;
    this.#search.value = "";
    this.#titles.word = "";
    this.#titles.rows = report.titles;
    this.#days.rows = [];
    for (const id of ["profiles", "days", "titles"]) {
      const sheet = element(id, HTMLElement).closest("section");
      if (sheet) sheet.hidden = plays === 0;
    }
    this.#list.hidden = false;
    this.#outcome.hidden = false;
  }

  /**
   * @param {string} zone
   * @param {ActivityDay[]} days
   */
  showDays(zone, days) {
    this.#days.rows = days;
    const busiest = days.reduce(
      (most, one) => (one.played_ms > (most?.played_ms ?? -1) ? one : most),
      /** @type {ActivityDay | null} */ (null),
    );
    const text = busiest
      ? `A play counts on the day on which it began in ${zone.replaceAll("_", " ")}. The longest day: ${busiest.day}, ${hours(busiest.played_ms)} hours.`
      : "";
    write(element("days-hint", HTMLElement), text);
  }

  /** @param {ActivityReport} report */
  #sum({ rows, plays, skipped, other_titles, other_profiles }) {
    const left = skipped.reduce((sum, finding) => sum + finding.rows, 0);
    const target = element("sum", HTMLElement);
    const parts = [
      make("b", "", count(rows)),
      ` ${rows === 1 ? "row" : "rows"} = `,
      make("b", "taken", count(plays)),
      ` taken + `,
      make("b", "", count(left)),
      ` skipped. `,
    ];
    if (rows === 0) parts.push("The file has its first line and nothing below it.");
    else if (plays === 0) parts.push("No row is a play: see below why.");
    else parts.push(`${percent(plays / rows)} of the rows are plays.`);
    if (other_titles.plays > 0) {
      parts.push(` ${count(other_titles.plays)} plays are of more titles than are listed.`);
    }
    if (other_profiles.plays > 0) {
      parts.push(` ${count(other_profiles.plays)} plays are of more profiles than are listed.`);
    }
    target.replaceChildren(...parts);
  }
}

/** @param {number} ms UTC */
function day(ms) {
  return new Date(ms).toISOString().slice(0, 10);
}
