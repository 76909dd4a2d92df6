// @ts-check
// Decisions explained: tried as anybody, anywhere, at any time, step by step; and those that were made.
import { AnswerError } from "./api.js";
import { DecisionAudit } from "./decision-audit.js";
import { DecisionForm } from "./decision-form.js";
import { tryDecision } from "./decision-try.js";
import { named } from "./coupon-words.js";
import { element, make, write } from "./element.js";
import { formSubmit } from "./form-submit.js";
import { countryName, height, instant } from "./rights-words.js";
import { parametersOf, stepLine } from "./decision-steps.js";
import { RowTable } from "./row-table.js";
import { showTerms } from "./terms.js";
import { language, onLanguage, say } from "./texts.js";

/**
 * @typedef {import("./decision-try.js").Explained} Explained
 * @typedef {typeof import("usher/entitlement")} Sentences
 */

/** Fields of the form by what the edge calls them. */
const FIELDS = /** @type {Record<string, string>} */ ({
  "device.id": "device",
  "device.class": "device_class",
  titles: "title",
  "titles[0]": "title",
});

/** Decisions that stand below the newest, to compare. */
const TRIED_MAX = 8;

export class DecisionPage {
  #form;
  #audit = new DecisionAudit();
  #result = element("try-result", HTMLElement);
  /** @type {Explained[]} the newest first */
  #tried = [];
  /** @type {Sentences | null} */
  #sentences = null;
  #table;

  constructor() {
    const form = element("try-form", HTMLFormElement);
    this.#form = new DecisionForm(form);
    this.#table = new RowTable(element("try-before", HTMLElement), {
      caption: "try.before",
      empty: "loading",
      columns: triedColumns(),
      load: async () => ({ rows: this.#tried }),
    });
    formSubmit(form, "try.do", async () => {
      this.#sentences ??= await import("usher/entitlement");
      const explained = await tryDecision(this.#form.values(), language()).catch(rethrown);
      this.#tried = [explained, ...this.#tried].slice(0, TRIED_MAX);
      this.#draw();
      this.#result.focus({ preventScroll: innerWidth > 900 });
    });
    onLanguage(() => this.#draw());
  }

  show() {
    const [, asked = ""] = location.hash.split("?");
    this.#form.show(new URLSearchParams(asked));
    this.#audit.show();
  }

  hide() {
    this.#audit.hide();
  }

  #draw() {
    const [explained] = this.#tried;
    const sentences = this.#sentences;
    if (!explained || !sentences) return;
    const { decision, tried } = explained;
    const stamp = element("try-stamp", HTMLElement);
    stamp.dataset.kind = decision.allow ? "good" : "bad";
    write(stamp, say(decision.allow ? "try.allow" : "try.deny"));
    write(
      element("try-sentence", HTMLElement),
      say("try.sentence", {
        who: whoText(explained),
        title: tried.title,
        where: tried.country ? countryName(tried.country) : say("try.nowhere"),
        device: named("device_class", tried.device.class),
        when: typeof tried.now === "number" ? instant(tried.now) : tried.now,
      }),
    );
    showTerms(element("try-terms", HTMLElement), [
      [say("try.grant"), decision.grant ?? null],
      [say("try.height"), decision.max_height ? height(decision.max_height) : null],
      [say("try.ads"), decision.allow ? say(decision.ads ? "try.ads.yes" : "try.ads.no") : null],
      [say("try.expires"), decision.expires_at ? instant(decision.expires_at) : null],
      [say("try.recheck"), decision.recheck_at ? instant(decision.recheck_at) : null],
      [say("try.opens"), decision.opens_at ? instant(decision.opens_at) : null],
    ]);
    this.#drawReasons(explained, sentences);
    element("try-steps", HTMLElement).replaceChildren(
      ...(decision.steps ?? []).map((step) => stepLine(step, sentences)),
    );
    write(
      element("try-known", HTMLElement),
      say("try.known", { version: explained.version, policy: explained.policy_version }),
    );
    this.#result.hidden = false;
    element("try-history", HTMLElement).hidden = this.#tried.length < 2;
    void this.#table.refresh();
  }

  /**
   * @param {Explained} explained
   * @param {Sentences} sentences
   */
  #drawReasons({ decision, tried }, { reasonText, noticeText }) {
    const known = { ...decision, country: tried.country, device_class: tried.device.class };
    const parts = [];
    for (const [key, codes, text] of /** @type {const} */ ([
      ["try.reasons", decision.reasons, reasonText],
      ["try.notices", decision.notices ?? [], noticeText],
    ])) {
      if (codes.length === 0) continue;
      const list = make("ul", "reasons");
      list.append(
        ...codes.map((code) => {
          const parameters = { ...known, ...parametersOf(decision.steps ?? [], code) };
          const line = make("li", "", text(code, parameters, language()));
          line.append(" ", make("code", "", code));
          return line;
        }),
      );
      parts.push(make("h3", "", say(key)), list);
    }
    element("try-reasons", HTMLElement).replaceChildren(...parts);
  }
}

/**
 * @param {unknown} reason
 * @returns {never}
 */
function rethrown(reason) {
  const field = reason instanceof AnswerError ? FIELDS[reason.field ?? ""] : undefined;
  if (!(reason instanceof AnswerError) || field === undefined) throw reason;
  throw new AnswerError(reason.code, reason.message, field);
}

/** @param {Explained} explained */
function whoText({ tried }) {
  const who = tried.viewer ?? say("try.somebody");
  return tried.plan ? say("try.with", { who, plan: tried.plan }) : who;
}

/** @returns {import("./row-table.js").Column<Explained>[]} */
function triedColumns() {
  return [
    { label: "viewers.viewer", shown: whoText },
    { label: "try.what", shown: ({ tried }) => tried.title },
    {
      label: "try.country",
      shown: ({ tried }) => (tried.country ? countryName(tried.country) : "–"),
    },
    { label: "try.device_class", shown: ({ tried }) => named("device_class", tried.device.class) },
    {
      label: "try.now",
      shown: ({ tried }) => (typeof tried.now === "number" ? instant(tried.now) : tried.now),
    },
    { label: "try.result", shown: verdict, small: ({ decision }) => decision.reasons.join(", ") },
  ];
}

/** @param {Explained} explained */
function verdict({ decision }) {
  const made = make("span", "mark", say(decision.allow ? "try.allow" : "try.deny"));
  made.dataset.state = decision.allow ? "active" : "failed";
  return made;
}
