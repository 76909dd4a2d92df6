// @ts-check
// The import page of CULTflicks: a viewing-activity export, what became of it, and what it says.
import { ActivityReader } from "./parts/activity-reader.js";
import { ActivitySheets } from "./parts/activity-sheets.js";
import { dropZone } from "./parts/drop-zone.js";
import { bytes as small, count, percent } from "./parts/duration.js";
import { element, write } from "./parts/element.js";
import { Notice } from "./parts/notice.js";
import { themeToggle } from "./parts/theme-toggle.js";
import { zonePicker } from "./parts/zone-picker.js";

/** @typedef {import("./import-worker.js").Answer} Answer */

const input = element("file", HTMLInputElement);
const progress = element("progress", HTMLElement);
const bar = element("progress-bar", HTMLProgressElement);
const status = element("status", HTMLElement);
const notice = new Notice(element("notice", HTMLElement));
const reader = new ActivityReader();
const sheets = new ActivitySheets();
/** @type {File | null} */
let file = null;
let reading = false;
let sending = false;

themeToggle(element("theme", HTMLButtonElement));
const zone = zonePicker(element("zone", HTMLSelectElement), (chosen) => reader.days(chosen));
dropZone(element("drop", HTMLElement), input, take);
element("cancel", HTMLButtonElement).addEventListener("click", () => {
  reader.stop();
  rest();
  write(status, "Stopped. Nothing of the file is kept.");
  input.focus();
});

on("progress", ({ bytes: done }) => {
  const share = file && file.size > 0 ? Math.min(1, done / file.size) : 0;
  bar.value = share;
  write(element("progress-text", HTMLElement), `${percent(share)} of ${size(file?.size ?? 0)}`);
});
on("report", ({ report, ms }) => {
  rest();
  const took = ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
  write(status, `${count(report.rows)} rows read in ${took}: ${count(report.plays)} plays.`);
  element("where", HTMLDetailsElement).open = false;
  keep.disabled = report.plays === 0;
  write(kept, "Titles then count them as views, without unique time.");
  sheets.show(report);
  reader.days(zone());
});
on("days", ({ zone: of, days }) => {
  if (of === zone()) sheets.showDays(of, days);
});
const keep = element("keep", HTMLButtonElement);
const kept = element("kept", HTMLElement);
keep.addEventListener("click", () => {
  if (!file) return;
  keep.disabled = true;
  sending = true;
  write(kept, "Sending …");
  reader.send(file);
});
on("sending", ({ sent }) => write(kept, `${count(sent)} plays sent …`));
on("sent", ({ sent, batches }) => {
  sending = false;
  write(kept, `The central store has ${count(sent)} plays, in ${count(batches)} batches.`);
});
on("refused", ({ code, message, field }) => {
  if (sending) {
    sending = false;
    keep.disabled = false;
    write(kept, `Not all could be sent: ${message} (${code}). Sending again repeats nothing.`);
    return;
  }
  if (!reading) {
    notice.show("zone", {
      title: "The days could not be told apart.",
      text: `The reason: ${message} (${code}).`,
    });
    return;
  }
  rest();
  sheets.hide();
  element("where", HTMLDetailsElement).open = true;
  const name = file?.name ?? "the file";
  const where = field ? ` [${field}]` : "";
  notice.show("file", {
    title: `“${name}” was not imported.`,
    text: `${sentence(message)} (${code}${where})`,
    remedy: { label: "Choose another file", act: () => input.click() },
  });
});

/** @param {File[]} files */
function take(files) {
  const [first] = files;
  if (!first) return;
  notice.clear("file");
  notice.clear("zone");
  if (files.length > 1) {
    notice.show("file", {
      title: "One file at a time, please.",
      text: `${count(files.length)} were given and none was read.`,
    });
    return;
  }
  file = first;
  reading = true;
  sheets.hide();
  write(element("file-name", HTMLElement), `${first.name}, ${size(first.size)}`);
  write(status, "Reading …");
  write(element("progress-text", HTMLElement), "");
  bar.value = 0;
  progress.hidden = false;
  reader.read(first);
}

function rest() {
  reading = false;
  progress.hidden = true;
  write(status, "");
}

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1_000_000 ? small(bytes) : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** @param {string} message as Usher writes them: lower case, without a full stop */
function sentence(message) {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}

/**
 * @template {Answer["kind"]} Kind
 * @param {Kind} kind
 * @param {(answer: Extract<Answer, { kind: Kind }>) => void} act
 */
function on(kind, act) {
  reader.addEventListener(kind, (event) => {
    if (event instanceof CustomEvent) act(event.detail);
  });
}
