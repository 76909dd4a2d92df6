// @ts-check
// One title: its asset state, and everything that can be said about it.
import { call } from "./api.js";
import { ASSET_STATES, expecting, titlePath } from "./catalogue-api.js";
import { confirmed } from "./confirmation.js";
import { hideConflict } from "./conflict.js";
import { named } from "./coupon-words.js";
import { element, make, write } from "./element.js";
import { formSubmit } from "./form-submit.js";
import { showMissing } from "./missing.js";
import { saveRevised } from "./revised-record.js";
import { decisionLink, STAMPS } from "./rights-words.js";
import { troubleText } from "./row-table.js";
import { onLanguage, word, worded } from "./texts.js";
import { TITLE_FIELDS, TitleForm } from "./title-form.js";

/**
 * @typedef {import("./catalogue-api.js").Title} Title
 * @typedef {import("./catalogue-api.js").AssetState} AssetState
 */

/** Where a title goes from each state. */
const NEXT = /** @type {const} */ ({
  ingest: "ready",
  ready: "published",
  published: "retired",
  retired: "ready",
});

const COMPARED = /** @type {const} */ ([
  ...TITLE_FIELDS,
  { name: "windows", label: "windows.title" },
  { name: "blackouts", label: "blackouts.title" },
]);

export class TitlePage {
  #id = "";
  /** @type {Title | null} */
  #title = null;
  /** @type {unknown} */
  #trouble = null;
  #turn = 0;
  #form;
  #conflict = element("title-conflict", HTMLElement);
  #done = element("title-done", HTMLElement);

  constructor() {
    const form = element("title-form", HTMLFormElement);
    this.#form = new TitleForm(form, { isNew: false });
    formSubmit(form, "title.save", () => this.#save());
    element("title-delete", HTMLButtonElement).addEventListener("click", () => void this.#delete());
    onLanguage(() => this.#draw());
  }

  /** @param {string} id */
  show(id) {
    if (id !== this.#id) this.#title = null;
    this.#id = id;
    write(this.#done, "");
    delete this.#done.dataset.text;
    hideConflict(this.#conflict);
    this.#draw();
    void this.#load();
  }

  hide() {
    this.#turn += 1;
  }

  async #load() {
    const turn = (this.#turn += 1);
    this.#trouble = null;
    try {
      const title = await call(titlePath(this.#id));
      if (turn !== this.#turn) return;
      this.#title = title;
      this.#form.fill(title);
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.#trouble = reason;
    }
    this.#draw();
  }

  async #save() {
    const title = this.#title;
    if (title === null) return;
    await saveRevised({
      path: titlePath(title.id),
      body: { id: title.id, ...this.#form.values() },
      revision: title.revision,
      conflict: this.#conflict,
      done: this.#done,
      saved: "change.saved",
      fields: COMPARED,
      keep: (/** @type {Title} */ saved) => {
        this.#title = saved;
        this.#draw();
      },
      show: (/** @type {Title} */ theirs) => {
        this.#title = theirs;
        this.#form.fill(theirs);
        this.#draw();
      },
      again: () => element("title-form", HTMLFormElement).requestSubmit(),
    });
  }

  /** @param {AssetState} state */
  async #move(state) {
    try {
      const moved = await call(`${titlePath(this.#id)}/state`, { method: "POST", body: { state } });
      if (this.#title) this.#title = { ...this.#title, state, revision: moved.revision };
      word(this.#done, "title.moved");
    } catch (reason) {
      this.#tell(reason);
    }
    this.#draw();
    const next = document.querySelector("#title-moves button");
    if (next instanceof HTMLElement) next.focus();
  }

  async #delete() {
    const title = this.#title;
    if (title === null) return;
    const words = /** @type {const} */ ({
      title: "title.delete.title",
      text: "title.delete.text",
      yes: "title.delete.yes",
    });
    if (!(await confirmed(words, { name: title.name || title.id }))) return;
    try {
      await call(titlePath(title.id), { method: "DELETE", headers: expecting(title.revision) });
      location.hash = "#/";
    } catch (reason) {
      this.#tell(reason);
    }
  }

  #draw() {
    const title = this.#title;
    showMissing(element("title-missing", HTMLElement), this.#trouble, () => void this.#load());
    element("title-edit-sheet", HTMLElement).hidden = title === null;
    element("title-stamp", HTMLElement).hidden = title === null;
    element("title-path", HTMLElement).hidden = title === null;
    element("title-try", HTMLElement).hidden = title === null;
    write(element("title-heading", HTMLElement), title?.name || this.#id);
    element("title-moves", HTMLElement).replaceChildren();
    if (title === null) return;
    const stamp = element("title-stamp", HTMLElement);
    stamp.dataset.kind = STAMPS[title.state];
    write(stamp, named("asset", title.state));
    element("title-path", HTMLElement).replaceChildren(
      ...ASSET_STATES.map((state) => {
        const step = make("li", "", named("asset", state));
        if (state === title.state) step.setAttribute("aria-current", "step");
        return step;
      }),
    );
    const next = NEXT[title.state];
    const button = worded("button", "", `title.to.${next}`);
    button.type = "button";
    button.addEventListener("click", () => void this.#move(next));
    element("title-moves", HTMLElement).replaceChildren(button);
    element("title-try", HTMLAnchorElement).href = decisionLink({ title: title.id });
  }

  /** @param {unknown} reason */
  #tell(reason) {
    delete this.#done.dataset.text;
    write(this.#done, troubleText(reason));
  }
}
