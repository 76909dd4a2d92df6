// @ts-check
// The operator's ledger: which batches arrived, whether sums agree, what is held of a viewer.
import { ask } from "./parts/central.js";
import { ago, count } from "./parts/duration.js";
import { element, write } from "./parts/element.js";
import { Figures } from "./parts/figures.js";
import { auditTable, batchesTable, sumsTable, windowsTable } from "./parts/ledger-tables.js";
import { Notice } from "./parts/notice.js";
import { themeToggle } from "./parts/theme-toggle.js";
import { viewerSearch } from "./parts/viewer-search.js";

/** Rows of each table; more are counted, not shown. */
const ROWS_MAX = 1000;

const EVERY_MS = 10_000;

const notice = new Notice(element("notice", HTMLElement));
const totals = new Figures(element("totals", HTMLElement));
const age = element("age", HTMLElement);
const auditState = element("audit-state", HTMLElement);
const sums = sumsTable();
const batches = batchesTable();
const windows = windowsTable();
const audit = auditTable();
/** @type {number | null} the moment of the last answer, by the monotonic clock */
let answered = null;
let asking = false;

themeToggle(element("theme", HTMLButtonElement));
for (const name of ["Titles that differ", "Batches missing", "Corrections"]) totals.set(name, "–");
element("refresh", HTMLButtonElement).addEventListener("click", () => void refresh(true));
viewerSearch(
  (reason) => tell("viewer", reason),
  () => {
    notice.clear("viewer");
    void refresh(true);
  },
);
setInterval(tellAge, 1_000);
setInterval(() => {
  if (document.visibilityState === "visible") void refresh(false);
}, EVERY_MS);
void refresh(true);

/** @param {boolean} checks whether the audit log is read too: its hashes are all made again */
async function refresh(checks) {
  if (asking) return;
  asking = true;
  try {
    const [reconciled, ledger, closed] = await Promise.all([
      ask(`/v1/reconciliation?limit=${ROWS_MAX}`),
      ask(`/v1/ledger?limit=${ROWS_MAX}`),
      ask(`/v1/windows?limit=${ROWS_MAX}`),
    ]);
    sums.rows = reconciled.titles;
    batches.rows = ledger.shards;
    windows.rows = closed.windows;
    tellTotals(reconciled.titles, ledger.shards);
    if (checks) await readAudit();
    answered = performance.now();
    notice.clear("central");
  } catch (reason) {
    tell("central", reason);
  } finally {
    asking = false;
    tellAge();
  }
}

/** Makes the hashes of the audit log again and shows its newest rows. */
async function readAudit() {
  const { intact, head, broken_at } = await ask("/v1/audit/check");
  const last = head?.sequence ?? broken_at ?? 0;
  audit.rows = (
    await ask(`/v1/audit?after=${Math.max(0, last - ROWS_MAX)}&limit=${ROWS_MAX}`)
  ).rows;
  auditState.dataset.kind = intact ? "good" : "bad";
  const whole = `Every row follows from the one before. The last is ${last}, its hash ${head?.hash}.`;
  write(auditState, intact ? whole : `Row ${broken_at} is not what was written, or is missing.`);
}

/**
 * @param {import("./parts/ledger-tables.js").Reconciled[]} titles
 * @param {import("./parts/ledger-tables.js").ShardRow[]} shards
 */
function tellTotals(titles, shards) {
  totals.set("Titles that differ", count(titles.filter(({ equal }) => !equal).length));
  const sum = (/** @type {"missing" | "corrections"} */ name) =>
    count(shards.reduce((total, shard) => total + shard[name], 0));
  totals.set("Batches missing", sum("missing"));
  totals.set("Corrections", sum("corrections"));
}

/**
 * @param {"central" | "viewer"} name
 * @param {any} reason
 */
function tell(name, reason) {
  const kept = answered === null ? "" : " The figures below are the last that came.";
  notice.show(name, {
    title: "The central store did not do what it was asked.",
    text: `The reason: ${reason?.message ?? reason} (${reason?.code ?? "unexpected"}).${kept}`,
    remedy: { label: "Try again", act: () => void refresh(true) },
  });
}

function tellAge() {
  if (asking && answered === null) return;
  write(age, answered === null ? "" : `Updated ${ago(performance.now() - answered)}.`);
}
