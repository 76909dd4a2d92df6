// @ts-check
// What a viewer holds: the grants, a form for a new one, and taking one away.
import { call } from "./api.js";
import { grantsPath } from "./catalogue-api.js";
import { confirmed } from "./confirmation.js";
import { link } from "./coupon-links.js";
import { named } from "./coupon-words.js";
import { element, write } from "./element.js";
import { grantForm } from "./grant-form.js";
import { instant, mark, planLink, titleLink } from "./rights-words.js";
import { RowTable, troubleText } from "./row-table.js";
import { suggestPlans, suggestTitles } from "./suggestions.js";
import { say, word, worded } from "./texts.js";

/** @typedef {import("./catalogue-api.js").Grant} Grant */

export class GrantList {
  #viewer = "";
  #table;
  #done = element("grants-done", HTMLElement);

  constructor() {
    this.#table = new RowTable(element("grants", HTMLElement), {
      caption: "grants.title",
      empty: "grants.empty",
      columns: [...columns(), { label: "row.act", shown: (grant) => this.#remover(grant) }],
      load: (_, signal) => call(grantsPath(this.#viewer), { signal }),
    });
    const form = element("grant-form", HTMLFormElement);
    grantForm(
      form,
      () => this.#viewer,
      () => {
        element("grant-new", HTMLDetailsElement).open = false;
        word(this.#done, "grants.made");
        void this.#table.refresh();
      },
    );
    suggestTitles(form, "title");
    element("grant-new", HTMLDetailsElement).addEventListener("toggle", () => {
      void suggestPlans(form, "plan");
    });
  }

  /** @param {string} viewer */
  show(viewer) {
    if (viewer !== this.#viewer) this.#table.clear();
    this.#viewer = viewer;
    delete this.#done.dataset.text;
    write(this.#done, "");
    void this.#table.refresh();
  }

  /** @param {Grant} grant */
  #remover(grant) {
    const button = worded("button", "", "grants.remove");
    button.type = "button";
    button.setAttribute("aria-label", say("grants.remove.one", { id: grant.id }));
    button.addEventListener("click", async () => {
      const words = /** @type {const} */ ({
        title: "grants.remove.title",
        text: "grants.remove.text",
        yes: "grants.remove",
      });
      if (!(await confirmed(words, { id: grant.id }))) return;
      try {
        await call(`${grantsPath(this.#viewer)}/${encodeURIComponent(grant.id)}`, {
          method: "DELETE",
        });
        word(this.#done, "grants.removed");
        void this.#table.refresh();
      } catch (reason) {
        delete this.#done.dataset.text;
        write(this.#done, troubleText(reason));
      }
    });
    return button;
  }
}

/** @returns {import("./row-table.js").Column<Grant>[]} */
function columns() {
  return [
    {
      label: "grants.grant",
      shown: ({ kind }) => named("grant.kind", kind),
      small: ({ id }) => id,
    },
    {
      label: "grants.of",
      shown: ({ plan, title }) =>
        plan ? link(planLink(plan), plan) : title ? link(titleLink(title), title) : "–",
    },
    { label: "codes.from", shown: ({ from }) => instant(from) },
    {
      label: "grants.to",
      shown: ({ to }) => (to === null ? say("grants.ever") : instant(to)),
      small: ({ play_window_s, first_play_at }) =>
        play_window_s && first_play_at
          ? say("grants.played", { to: instant(first_play_at + play_window_s) })
          : play_window_s
            ? say("grants.play", { count: Math.round(play_window_s / 3600) })
            : "",
    },
    {
      label: "coupons.state",
      shown: (grant) => mark("grant.state", grantState(grant, Date.now() / 1000)),
    },
  ];
}

/**
 * @param {Grant} grant
 * @param {number} now UTC seconds
 */
function grantState({ from, to, play_window_s, first_play_at }, now) {
  if (now < from) return "scheduled";
  const end = play_window_s && first_play_at ? first_play_at + play_window_s : to;
  return end === null || now < end ? "active" : "ended";
}
