// @ts-check
// The list of titles, with filters, a form for a new one, and an import.
import { address, call } from "./api.js";
import { ASSET_STATES, expecting, titlePath } from "./catalogue-api.js";
import { throwTaken } from "./conflict.js";
import { link } from "./coupon-links.js";
import { element } from "./element.js";
import { filterBar } from "./filter-bar.js";
import { formSubmit } from "./form-submit.js";
import { countryNames, height, instant, mark, rating, titleLink } from "./rights-words.js";
import { RowTable } from "./row-table.js";
import { say } from "./texts.js";
import { TitleForm } from "./title-form.js";
import { titleIntake } from "./title-intake.js";

/** @typedef {import("./catalogue-api.js").Title} Title */

const ROWS = 50;

/** Countries that a cell of the table names; the others are counted. */
const COUNTRIES_MAX = 4;

export class TitleList {
  #table;

  constructor() {
    const asked = filterBar(
      element("titles-filters", HTMLFormElement),
      [
        { name: "q", kind: "text", label: "titles.search", attributes: { spellcheck: "false" } },
        {
          name: "state",
          kind: "select",
          label: "coupons.state",
          options: ["", ...ASSET_STATES],
          words: "asset",
        },
      ],
      () => void this.#table.refresh(),
    );
    this.#table = new RowTable(element("titles", HTMLElement), {
      caption: "titles.title",
      empty: "titles.empty",
      columns: columns(),
      load: (after, signal) =>
        call(address("/v1/catalogue/titles", { ...asked(), after, limit: ROWS }), { signal }),
    });
    this.#newForm();
    titleIntake(() => void this.#table.refresh());
  }

  show() {
    void this.#table.refresh();
  }

  hide() {}

  #newForm() {
    const form = element("title-new-form", HTMLFormElement);
    const title = new TitleForm(form, { isNew: true });
    formSubmit(form, "titles.create", async (values) => {
      const id = String(values.get("id")).trim();
      await call(titlePath(id), {
        method: "PUT",
        body: { id, ...title.values() },
        headers: expecting(null),
      }).catch((reason) => throwTaken(reason, "id"));
      form.reset();
      element("title-new", HTMLDetailsElement).open = false;
      location.hash = titleLink(id);
    });
  }
}

/** @returns {import("./row-table.js").Column<Title>[]} */
function columns() {
  return [
    {
      label: "titles.name",
      shown: ({ id, name }) => link(titleLink(id), name || id),
      small: ({ id }) => id,
    },
    { label: "coupons.state", shown: ({ state }) => mark("asset", state) },
    {
      label: "title.packs",
      shown: ({ packs }) => packs.join(", "),
      small: ({ free }) => (free ? say("titles.free") : ""),
    },
    { label: "title.rating", shown: (title) => rating(title.rating) },
    { label: "title.max_height", shown: ({ max_height }) => height(max_height), number: true },
    { label: "titles.open", shown: openText, small: ({ windows }) => placesText(windows) },
  ];
}

/** @param {Title} title */
function openText({ windows }) {
  if (windows.length === 0) return say("titles.never");
  const now = Date.now() / 1000;
  const open = windows.filter(({ from, to }) => from <= now && now < to);
  if (open.length > 0) {
    return say("titles.until", { to: instant(Math.max(...open.map(({ to }) => to))) });
  }
  const later = windows.filter(({ from }) => from > now);
  if (later.length === 0) return say("titles.over");
  return say("titles.from", { from: instant(Math.min(...later.map(({ from }) => from))) });
}

/** @param {Title["windows"]} windows */
function placesText(windows) {
  const places = [...new Set(windows.flatMap(({ territories }) => territories))];
  if (places.length <= COUNTRIES_MAX) return countryNames(places);
  const others = places.length - COUNTRIES_MAX;
  return say("titles.places", { names: countryNames(places.slice(0, COUNTRIES_MAX)), others });
}
