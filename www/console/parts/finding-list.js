// @ts-check
// What was skipped and why, each reason with the lines of its rows.
import { clock, count } from "./duration.js";
import { make } from "./element.js";

/** @typedef {import("usher/office").ActivityReport} ActivityReport */
/** @typedef {ActivityReport["skipped"][number]} Finding */

/** @type {Record<Finding["reason"], { title: string, text: string }>} */
const WORDS = {
  supplemental_video: {
    title: "Trailers, hooks and recaps",
    text: "The column “Supplemental Video Type” is filled, so these are no plays. Nothing is wrong with them.",
  },
  duplicate: {
    title: "The same play again",
    text: "Profile, start and title are those of an earlier row. The first one counts.",
  },
  open_quote: {
    title: "A quote that is not closed",
    text: "A quotation mark opens a field on this line and nothing closes it. Only this line is lost; put the mark where it belongs.",
  },
  column_count: {
    title: "Too many or too few fields",
    text: "The row has not as many fields as the first one. The file may be cut off or edited.",
  },
  row_too_long: {
    title: "Too long for a row",
    text: "The row is longer than any row of an export. Look for a quotation mark that is not closed.",
  },
  not_utf8: {
    title: "Not UTF-8",
    text: "The row holds bytes of another encoding. Use the file as it was exported.",
  },
  invalid_profile: {
    title: "No usable profile",
    text: "“Profile Name” is empty or longer than 200 bytes.",
  },
  invalid_title: {
    title: "No usable title",
    text: "“Title” is empty or longer than 200 bytes.",
  },
  invalid_start: {
    title: "No such moment",
    text: "“Start Time” is not of the form 2024-06-16 14:55:58, or names a day that there is not. A spreadsheet that saved the file rewrites it so.",
  },
  start_in_future: {
    title: "Begins in the future",
    text: "“Start Time” is later than the clock of this device. Look whether that clock is right.",
  },
  invalid_duration: {
    title: "No such duration",
    text: "“Duration” is not of the form 00:44:10, is negative or longer than a day.",
  },
  invalid_bookmark: {
    title: "A bookmark that says nothing",
    text: "The play counts; only the position that was reached is not known.",
  },
};

/**
 * @param {HTMLElement} place
 * @param {ActivityReport} report
 */
export function findingList(place, report) {
  const lists = [];
  const { skipped, noted, columns_missing, columns_ignored } = report;
  if (skipped.length > 0) {
    lists.push(make("h3", "", "Skipped"), ...skipped.map((finding) => entry(finding, report)));
  }
  if (noted.length > 0) {
    lists.push(make("h3", "", "Taken, but odd"), ...noted.map((finding) => entry(finding, report)));
  }
  if (columns_missing.length > 0) {
    lists.push(make("p", "hint", `Columns that are not there: ${columns_missing.join(", ")}.`));
  }
  if (columns_ignored.length > 0) {
    lists.push(make("p", "hint", `Columns that mean nothing here: ${columns_ignored.join(", ")}.`));
  }
  place.replaceChildren(...lists);
}

/**
 * @param {Finding} finding
 * @param {ActivityReport} report
 */
function entry({ reason, rows, first }, report) {
  const details = make("details");
  details.dataset.reason = reason;
  const summary = make("summary");
  const { title, text } = WORDS[reason];
  summary.append(make("b", "", title), make("span", "rows", rowsOf(rows)));
  details.append(summary, make("p", "hint", text));
  if (reason === "supplemental_video") details.append(types(report));
  const lines = make("ul", "lines");
  lines.tabIndex = 0;
  lines.setAttribute("aria-label", `${title}: lines of the file`);
  lines.append(
    ...first.map(({ line, value }) => {
      const item = make("li");
      item.append(
        make("span", "line", `line ${count(line)}`),
        make("code", "", value || "(empty)"),
      );
      return item;
    }),
  );
  details.append(lines);
  if (rows > first.length) {
    details.append(make("p", "hint", `… and ${count(rows - first.length)} more.`));
  }
  return details;
}

/** @param {ActivityReport} report */
function types({ supplemental }) {
  const list = supplemental.map(({ name, plays, played_ms }) => {
    return `${name} ${count(plays)} (${clock(played_ms).replace(/\.\d+$/, "")})`;
  });
  return make("p", "types", list.join(" · "));
}

/** @param {number} rows */
function rowsOf(rows) {
  return `${count(rows)} ${rows === 1 ? "row" : "rows"}`;
}
