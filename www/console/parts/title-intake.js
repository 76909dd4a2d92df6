// @ts-check
// Titles from a file, one JSON object a line, with a report of the lines that were refused.
import { AnswerError, call } from "./api.js";
import { dropZone } from "./drop-zone.js";
import { element, write } from "./element.js";
import { RowTable, troubleText } from "./row-table.js";
import { say, word } from "./texts.js";

/**
 * @typedef {{ line: number, code: string, message: string, field: string | null }} Fault
 * @typedef {{ changed: number, same: number, refused: number, errors: Fault[] }} Intake `refused` counts all
 */

/** @param {() => void} onTaken the catalogue has other titles now */
export function titleIntake(onTaken) {
  const state = element("titles-import-state", HTMLElement);
  const place = element("titles-import-report", HTMLElement);
  /** @type {Fault[]} */
  let faults = [];
  const table = new RowTable(place, {
    caption: "intake.faults",
    empty: "intake.clean",
    columns: [
      { label: "intake.line", shown: ({ line }) => String(line) },
      { label: "intake.fault", shown: ({ message, code }) => `${message} (${code})` },
      { label: "intake.field", shown: ({ field }) => field ?? "–" },
    ],
    load: async () => ({ rows: faults }),
  });
  dropZone(
    element("titles-drop", HTMLElement),
    element("titles-file", HTMLInputElement),
    ([file]) => {
      // The whole page takes files that are dropped; only this view knows what to do with one.
      if (file && !element("titles-view", HTMLElement).hidden) void take(file);
    },
  );

  /** @param {File} file */
  async function take(file) {
    word(state, "import.sending", { name: file.name });
    place.hidden = true;
    try {
      const report = await sent(file);
      faults = report.errors;
      delete state.dataset.text;
      write(state, [say("intake.taken", { name: file.name }), reportText(report)].join(" "));
      place.hidden = faults.length === 0;
      await table.refresh();
      onTaken();
    } catch (reason) {
      delete state.dataset.text;
      write(state, troubleText(reason));
    }
  }
}

/**
 * What became of the file: all of it is stored, or nothing.
 * @param {File} file
 * @returns {Promise<Intake>}
 */
async function sent(file) {
  try {
    const { titles, changed } = await call("/v1/catalogue/import", {
      method: "POST",
      body: new Blob([file], { type: "application/x-ndjson" }),
    });
    return { changed, same: titles - changed, refused: 0, errors: [] };
  } catch (reason) {
    if (!(reason instanceof AnswerError) || reason.code !== "invalid_lines") throw reason;
    const { count, errors } = reason.answer;
    return { changed: 0, same: 0, refused: count, errors };
  }
}

/** @param {Intake} report */
function reportText({ changed, same, refused }) {
  if (refused > 0) return say("intake.refused", { count: refused });
  return [say("intake.changed", { count: changed }), say("intake.same", { count: same })].join(" ");
}
