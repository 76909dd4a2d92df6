// @ts-check
// The operator's console of CULTflicks: every title with what was watched of it.
import { catalogue } from "./parts/catalogue.js";
import { ago, count, hours } from "./parts/duration.js";
import { element, make, write } from "./parts/element.js";
import { Figures } from "./parts/figures.js";
import { Notice } from "./parts/notice.js";
import { themeToggle } from "./parts/theme-toggle.js";
import { TitleTable } from "./parts/title-table.js";
import { TITLES_MAX, TitlesFeed } from "./parts/titles-feed.js";

/** @typedef {import("./parts/central.js").TitleRow} TitleRow */

const search = element("search", HTMLInputElement);
const pause = element("pause", HTMLButtonElement);
const refresh = element("refresh", HTMLButtonElement);
const ledger = element("titles", HTMLElement);
const empty = element("empty", HTMLElement);
const notice = new Notice(element("notice", HTMLElement));
const totals = new Figures(element("totals", HTMLElement));
const feed = new TitlesFeed();
/** @type {Map<string, string>} */
const names = new Map();
const table = new TitleTable((title) => names.get(title));
/** @type {number | null} the moment of the last answer, by the monotonic clock */
let answered = null;

themeToggle(element("theme", HTMLButtonElement));
for (const name of ["Titles", "Views", "Unique hours"]) totals.set(name, "–");

search.addEventListener("input", () => {
  table.word = search.value;
  tellEmpty();
});
refresh.addEventListener("click", () => feed.refresh());
pause.addEventListener("click", () => {
  feed.paused = !feed.paused;
  pause.setAttribute("aria-pressed", String(feed.paused));
  tellAge();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  search.focus();
});

feed.addEventListener("titles", (event) => {
  if (!(event instanceof CustomEvent)) return;
  /** @type {{ rows: TitleRow[], whole: boolean }} */
  const { rows, whole } = event.detail;
  answered = performance.now();
  settled(true);
  table.rows = rows;
  totals.set("Titles", whole ? count(rows.length) : `over ${count(TITLES_MAX)}`);
  totals.set("Views", count(rows.reduce((sum, row) => sum + row.views, 0)));
  totals.set("Unique hours", hours(rows.reduce((sum, row) => sum + row.unique_ms, 0)));
  if (whole) notice.clear("titles");
  else {
    notice.show("titles", {
      title: `Only the first ${count(rows.length)} titles are shown.`,
      text: "Search, sort and sums cover those.",
    });
  }
  tellEmpty();
  tellAge();
});

feed.addEventListener("trouble", (event) => {
  if (!(event instanceof CustomEvent)) return;
  const { reason, waitMs } = event.detail;
  const code = reason?.code ?? "unexpected";
  const again = waitMs === null ? "" : ` It is asked again in ${Math.round(waitMs / 1000)} s.`;
  const kept = answered === null ? "" : " The figures below are the last that came.";
  settled(answered !== null);
  notice.show("titles", {
    title: "The central store is not reached.",
    text: `The reason: ${reason?.message ?? reason} (${code}).${kept}${again}`,
    remedy: { label: "Try now", act: () => feed.refresh() },
  });
});

setInterval(tellAge, 1_000);
waitForFirst();
// Names are a nicety: without the catalogue the ids stand alone.
catalogue()
  .then((films) => {
    for (const { id, name } of films) names.set(id, name);
    if (answered !== null) table.draw();
  })
  .catch(() => {});
feed.refresh();

function waitForFirst() {
  const rows = Array.from({ length: 4 }, () => {
    const row = make("tr", "ghost");
    row.setAttribute("role", "row");
    for (let column = 0; column < 5; column++) row.append(make("td"));
    return row;
  });
  element("rows", HTMLElement).replaceChildren(...rows);
  write(element("count", HTMLElement), "Asking the central store …");
}

/** @param {boolean} known whether there are figures to look at */
function settled(known) {
  ledger.setAttribute("aria-busy", "false");
  ledger.classList.toggle("unknown", !known);
  search.disabled = !known;
  if (!known) {
    element("rows", HTMLElement).replaceChildren();
    write(element("count", HTMLElement), "");
  }
}

function tellEmpty() {
  if (table.matches > 0) {
    empty.hidden = true;
    return;
  }
  empty.hidden = false;
  if (search.value.trim() === "") {
    const link = make("a", "", "Watch the first film");
    link.href = "/";
    empty.replaceChildren(
      make("h2", "", "An empty house"),
      make(
        "p",
        "",
        "No view has reached the central store yet. Somebody has to sit through a film first.",
      ),
      link,
    );
  } else {
    const button = make("button", "", "Show all titles");
    button.type = "button";
    button.addEventListener("click", () => {
      search.value = "";
      table.word = "";
      tellEmpty();
      search.focus();
    });
    empty.replaceChildren(
      make("h2", "", "Not on the programme"),
      make("p", "", `No title contains “${search.value.trim()}”.`),
      button,
    );
  }
}

function tellAge() {
  const when = answered === null ? "" : `Updated ${ago(performance.now() - answered)}.`;
  write(element("age", HTMLElement), feed.paused ? `${when} Paused.` : when);
}
