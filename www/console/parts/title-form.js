// @ts-check
// The form of a title: what it is, and when and where it may be shown.
import { HEIGHTS } from "./catalogue-api.js";
import { make } from "./element.js";
import { controlsIn, fieldElement, fillForm } from "./field.js";
import { length } from "./rights-words.js";
import { remember, remembered } from "./preference.js";
import { worded } from "./texts.js";
import { list, reader, seconds, whole } from "./typed.js";
import { WindowList } from "./window-list.js";

/**
 * @typedef {import("./catalogue-api.js").Title} Title
 * @typedef {import("./field.js").Field} Field
 */

const WHOLE = { inputmode: "numeric", min: "0", step: "1" };
const PLAIN = { spellcheck: "false" };

/** @type {Field} */
const ID = {
  name: "id",
  kind: "text",
  label: "title.id",
  hint: "title.id.hint",
  attributes: { maxlength: "200", autocapitalize: "none", ...PLAIN },
};

/** What a title is, in the order in which it is asked for. @type {Field[]} */
export const TITLE_FIELDS = [
  { name: "name", kind: "text", label: "title.name", attributes: { maxlength: "200" } },
  {
    name: "packs",
    kind: "text",
    label: "title.packs",
    hint: "title.packs.hint",
    attributes: PLAIN,
  },
  {
    name: "rating",
    kind: "number",
    label: "title.rating",
    hint: "title.rating.hint",
    value: "0",
    suggestions: ["0", "7", "12", "16", "18"],
    attributes: WHOLE,
  },
  {
    name: "max_height",
    kind: "number",
    label: "title.max_height",
    hint: "title.max_height.hint",
    value: "1080",
    suggestions: HEIGHTS,
    attributes: WHOLE,
  },
  {
    name: "duration_s",
    kind: "text",
    label: "title.duration_s",
    hint: "title.duration_s.hint",
    attributes: { placeholder: "1:32:05", ...PLAIN },
  },
  {
    name: "ad_tier",
    kind: "checkbox",
    label: "title.ad_tier",
    hint: "title.ad_tier.hint",
    value: "on",
  },
  { name: "free", kind: "checkbox", label: "title.free", hint: "title.free.hint" },
];

export class TitleForm {
  #form;
  #windows = new WindowList("windows", () => this.#reading());
  #blackouts = new WindowList("blackouts", () => this.#reading());

  /**
   * @param {HTMLFormElement} form is filled
   * @param {{ isNew: boolean }} kind a new title is given its id
   */
  constructor(form, { isNew }) {
    this.#form = form;
    const what = group("title.what", isNew ? [ID, ...TITLE_FIELDS] : TITLE_FIELDS);
    const when = group("windows.how", [
      { name: "zone", kind: "zone", label: "form.zone", hint: "windows.zone.hint" },
      {
        name: "reading",
        kind: "radio",
        label: "form.window.kind",
        options: ["days", "instants"],
        words: "form.window.kind",
      },
    ]);
    form.append(what, when, this.#windows.element, this.#blackouts.element);
    const zone = this.#control("zone");
    zone.value = remembered("zone") ?? zone.value;
    when.addEventListener("change", ({ target }) => {
      if (target === zone) {
        remember("zone", zone.value);
        this.#tell();
        return;
      }
      this.#windows.turn();
      this.#blackouts.turn();
    });
    form.addEventListener("reset", () => queueMicrotask(() => this.#fillWindows([], [])));
  }

  /** @param {Title} title */
  fill(title) {
    fillForm(this.#form, {
      name: title.name,
      packs: title.packs.join(", "),
      rating: String(title.rating),
      max_height: String(title.max_height),
      duration_s: length(title.duration_s),
      ad_tier: title.ad_tier,
      free: title.free,
    });
    this.#fillWindows(title.windows, title.blackouts ?? []);
  }

  /** What stands in the form, as the server takes it. */
  values() {
    const form = new FormData(this.#form);
    const text = reader(form);
    return {
      name: text("name") || undefined,
      packs: list(text("packs")),
      rating: whole(text("rating")),
      max_height: whole(text("max_height")),
      ad_tier: form.has("ad_tier"),
      free: form.has("free"),
      duration_s: seconds(text("duration_s")),
      windows: this.#windows.values(),
      blackouts: this.#blackouts.values(),
    };
  }

  /**
   * @param {Title["windows"]} windows
   * @param {Title["windows"]} blackouts
   */
  #fillWindows(windows, blackouts) {
    const both = [...windows, ...blackouts];
    const zone = this.#control("zone");
    // What was given in days is shown in days, in the zone that was meant, as far as it can be told.
    const fitting = [zone.value, "UTC"].find((each) => WindowList.inDays(both, each));
    if (fitting) zone.value = fitting;
    fillForm(this.#form, { reading: fitting ? "days" : "instants" });
    this.#windows.fill(windows);
    this.#blackouts.fill(blackouts);
    this.#tell();
  }

  #tell() {
    this.#windows.tell();
    this.#blackouts.tell();
  }

  #reading() {
    const chosen = new FormData(this.#form).get("reading");
    return { zone: this.#control("zone").value, days: chosen !== "instants" };
  }

  /** @param {string} name */
  #control(name) {
    const found = controlsIn(this.#form).find((control) => control.name === name);
    if (!found) throw new Error(`the form has no field \`${name}\``);
    return found;
  }
}

/**
 * @param {import("./texts.js").Key} title
 * @param {Field[]} fields
 */
function group(title, fields) {
  const place = make("fieldset", "form-group");
  const inner = make("div", "fields");
  inner.append(...fields.map(fieldElement));
  place.append(worded("legend", "", title), inner);
  return place;
}
