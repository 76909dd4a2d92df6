// @ts-check
// One coupon: what it says, its jobs, more codes, an import, what can still be changed, and a signed offer.
import { address, call } from "./api.js";
import { couponPath, groupPath } from "./coupon-api.js";
import { codesTable } from "./coupon-codes.js";
import { CouponJobs } from "./coupon-jobs.js";
import { groupLink } from "./coupon-links.js";
import { couponTerms } from "./coupon-terms.js";
import { amount, couponName, couponState, named } from "./coupon-words.js";
import { dropZone } from "./drop-zone.js";
import { element, make, write } from "./element.js";
import { fieldElement } from "./field.js";
import { formSubmit } from "./form-submit.js";
import { troubleText } from "./row-table.js";
import { showTerms } from "./terms.js";
import { onLanguage, say, word, worded } from "./texts.js";

/** @typedef {import("./coupon-api.js").Coupon} Coupon */

const WHOLE = { inputmode: "numeric", min: "1", step: "1" };

export class CouponPage {
  #id = "";
  /** @type {Coupon | null} */
  #coupon = null;
  #issued = 0;
  #turn = 0;
  #jobs;
  #codes;

  constructor() {
    this.#jobs = new CouponJobs(element("jobs", HTMLElement), () => void this.#load());
    this.#codes = codesTable(element("coupon-codes", HTMLElement), (after, limit) =>
      address(`${groupPath(this.#coupon?.group ?? "")}/codes`, { coupon: this.#id, after, limit }),
    );
    this.#toggle();
    this.#moreForm();
    this.#changeForm();
    this.#offerForm();
    dropZone(
      element("drop", HTMLElement),
      element("file", HTMLInputElement),
      (files) => void this.#import(files),
    );
    onLanguage(() => this.#draw());
  }

  /** @param {string} id */
  show(id) {
    if (id !== this.#id) {
      this.#coupon = null;
      this.#codes.clear();
      word(element("coupon-group", HTMLElement), "coupon.group");
    }
    this.#id = id;
    write(element("coupon-done", HTMLElement), "");
    word(element("import-state", HTMLElement), "import.none");
    element("offer-made", HTMLElement).hidden = true;
    this.#draw();
    void this.#load();
  }

  hide() {
    this.#turn += 1;
    this.#jobs.hide();
  }

  async #load() {
    const turn = (this.#turn += 1);
    try {
      const answer = await call(couponPath(this.#id));
      if (turn !== this.#turn) return;
      this.#take(answer);
    } catch (reason) {
      if (turn === this.#turn) this.#tell(reason);
    }
  }

  /** @param {import("./coupon-api.js").ListedCoupon} listed */
  #take({ coupon, issued }) {
    this.#coupon = coupon;
    this.#issued = issued;
    const zone = document.querySelector('#change-form [name="window.tz"]');
    if (zone instanceof HTMLSelectElement && coupon.window.tz) zone.value = coupon.window.tz;
    if (coupon.codes.kind === "generated") {
      this.#jobs.show(coupon.id);
      void this.#codes.refresh();
    }
    this.#draw();
    void this.#nameGroup(coupon.group);
  }

  /** @param {string} id */
  async #nameGroup(id) {
    const link = element("coupon-group", HTMLElement);
    const group = await call(groupPath(id)).catch(() => null);
    if (group === null || this.#coupon?.group !== id) return;
    delete link.dataset.text;
    write(link, group.name);
  }

  #draw() {
    const coupon = this.#coupon;
    const generated = coupon?.codes.kind === "generated";
    element("jobs-sheet", HTMLElement).hidden = !generated;
    // The serial of a tagged code lies in the code: none can be brought from elsewhere.
    element("drop", HTMLElement).hidden = coupon?.codes.kind === "generated" && coupon.codes.tagged;
    for (const name of ["coupon-toggle", "coupon-stamp", "change-sheet", "offer-sheet"]) {
      element(name, HTMLElement).hidden = coupon === null;
    }
    write(element("coupon-heading", HTMLElement), coupon ? couponName(coupon) : "…");
    write(element("coupon-detail", HTMLElement), coupon?.detail ?? "");
    showTerms(
      element("coupon-terms", HTMLElement),
      coupon ? [...couponTerms(coupon), [say("groups.codes"), amount(this.#issued)]] : [],
    );
    if (coupon === null) return;
    const state = couponState(coupon, Date.now());
    const stamp = element("coupon-stamp", HTMLElement);
    stamp.dataset.kind = { active: "good", scheduled: "wait", ended: "idle", inactive: "bad" }[
      state
    ];
    write(stamp, named("state", state));
    word(element("coupon-toggle", HTMLElement), coupon.active ? "coupon.disable" : "coupon.enable");
    element("coupon-group", HTMLAnchorElement).href = groupLink(coupon.group);
    const save = element("coupon-export", HTMLAnchorElement);
    save.href = address(`${groupPath(coupon.group)}/codes.csv`, { coupon: coupon.id });
    save.download = `${coupon.id}.csv`;
  }

  #toggle() {
    const button = element("coupon-toggle", HTMLButtonElement);
    button.addEventListener("click", async () => {
      if (this.#coupon === null) return;
      button.disabled = true;
      const active = !this.#coupon.active;
      try {
        await this.#change({ active });
        word(element("coupon-done", HTMLElement), active ? "coupon.enabled" : "coupon.disabled");
      } catch (reason) {
        this.#tell(reason);
      } finally {
        button.disabled = false;
        button.focus();
      }
    });
  }

  /** @param {Record<string, unknown>} body */
  async #change(body) {
    const answer = await call(couponPath(this.#id), { method: "PATCH", body });
    this.#take(answer);
  }

  #moreForm() {
    const form = element("more-form", HTMLFormElement);
    form.append(
      fieldElement({
        name: "quantity",
        kind: "number",
        label: "form.codes.quantity",
        value: "1000",
        attributes: WHOLE,
      }),
    );
    formSubmit(form, "jobs.generate", async (values) => {
      await call(`${couponPath(this.#id)}/codes`, {
        method: "POST",
        body: { quantity: Number(values.get("quantity")) },
      });
      element("more-codes", HTMLDetailsElement).open = false;
      this.#jobs.show(this.#id);
    });
  }

  #changeForm() {
    const form = element("change-form", HTMLFormElement);
    form.append(
      fieldElement({
        name: "window.ends_on",
        kind: "date",
        label: "form.window.ends_on",
        hint: "change.ends.hint",
      }),
      fieldElement({ name: "window.tz", kind: "zone", label: "form.zone" }),
      fieldElement({
        name: "limits.max_redemptions",
        kind: "number",
        label: "limits.max_redemptions",
        hint: "change.up.hint",
        attributes: WHOLE,
      }),
      fieldElement({
        name: "limits.per_customer",
        kind: "number",
        label: "limits.per_customer",
        hint: "change.up.hint",
        attributes: WHOLE,
      }),
      fieldElement({
        name: "detail",
        kind: "textarea",
        label: "form.detail",
        hint: "change.keep.hint",
        wide: true,
        attributes: { maxlength: "500" },
      }),
    );
    formSubmit(form, "change.save", async (values) => {
      await this.#change(changes(values));
      form.reset();
      word(element("coupon-done", HTMLElement), "change.saved");
    });
  }

  #offerForm() {
    const form = element("offer-form", HTMLFormElement);
    form.append(
      fieldElement({
        name: "expires_ms",
        kind: "datetime-local",
        label: "offer.expires",
        hint: "offer.expires.hint",
      }),
      fieldElement({
        name: "customer",
        kind: "text",
        label: "offer.customer",
        hint: "form.optional",
        attributes: { spellcheck: "false" },
      }),
      fieldElement({
        name: "code",
        kind: "text",
        label: "offer.code",
        hint: "offer.code.hint",
        attributes: { spellcheck: "false" },
      }),
    );
    formSubmit(form, "offer.make", async (values) => {
      const text = (/** @type {string} */ name) => String(values.get(name) ?? "").trim();
      const coupon = this.#coupon;
      const named = coupon?.codes.kind === "named" ? coupon.codes.code : undefined;
      const { url, token } = await call("/v1/coupon-offers", {
        method: "POST",
        body: {
          coupon: this.#id,
          code: text("code") || named,
          expires_ms: new Date(text("expires_ms")).getTime() || null,
          customer: text("customer") || undefined,
        },
      });
      const made = element("offer-made", HTMLElement);
      const offer = make("a", "", say("offer.open"));
      offer.href = url ?? `/#offer=${token}`;
      const copy = worded("button", "", "offer.copy");
      copy.type = "button";
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(offer.href);
        word(copy, "offer.copied");
      });
      made.replaceChildren(offer, copy, make("code", "", offer.href));
      made.hidden = false;
    });
  }

  /** @param {File[]} files */
  async #import([file]) {
    const coupon = this.#coupon;
    // The whole page takes files that are dropped; without a coupon here there is nothing to put them into.
    if (!file || coupon === null || element("drop", HTMLElement).hidden) return;
    const state = element("import-state", HTMLElement);
    word(state, "import.sending", { name: file.name });
    try {
      await call(address(`${groupPath(coupon.group)}/import`, { coupon: coupon.id }), {
        method: "POST",
        body: new Blob([file], { type: "text/csv" }),
      });
      word(state, "import.sent", { name: file.name });
      this.#jobs.show(coupon.id);
    } catch (reason) {
      delete state.dataset.text;
      write(state, troubleText(reason));
    }
  }

  /** @param {unknown} reason */
  #tell(reason) {
    const place = element("coupon-done", HTMLElement);
    delete place.dataset.text;
    write(place, troubleText(reason));
  }
}

/** @param {FormData} values */
function changes(values) {
  const text = (/** @type {string} */ name) => String(values.get(name) ?? "").trim();
  /** @type {Record<string, number>} */
  const limits = {};
  for (const name of ["max_redemptions", "per_customer"]) {
    const value = text(`limits.${name}`);
    if (value !== "") limits[name] = Number(value);
  }
  return {
    ...(text("window.ends_on")
      ? { window: { ends_on: text("window.ends_on"), tz: text("window.tz") } }
      : {}),
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
    ...(text("detail") ? { detail: text("detail") } : {}),
  };
}
