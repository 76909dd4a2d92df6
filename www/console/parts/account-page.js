// @ts-check
// One viewer: the account, what the viewer holds, the devices and open streams, and tokens that are refused.
import { call } from "./api.js";
import { ACCOUNT_FIELDS, accountDraft, accountForm, fillAccount } from "./account-form.js";
import { accountPath } from "./catalogue-api.js";
import { hideConflict } from "./conflict.js";
import { named } from "./coupon-words.js";
import { element, write } from "./element.js";
import { formSubmit } from "./form-submit.js";
import { GrantList } from "./grant-list.js";
import { showMissing } from "./missing.js";
import { saveRevised } from "./revised-record.js";
import { decisionLink, STAMPS } from "./rights-words.js";
import { DeniedTokens } from "./denied-tokens.js";
import { onLanguage } from "./texts.js";
import { ViewerDevices } from "./viewer-devices.js";

/** @typedef {import("./catalogue-api.js").Account} Account */

export class AccountPage {
  #viewer = "";
  /** @type {Account | null} */
  #account = null;
  /** @type {unknown} */
  #trouble = null;
  #turn = 0;
  #form = element("account-form", HTMLFormElement);
  #conflict = element("account-conflict", HTMLElement);
  #done = element("account-done", HTMLElement);
  #grants = new GrantList();
  #devices = new ViewerDevices();
  #tokens = new DeniedTokens((account) => {
    this.#account = account;
  });

  constructor() {
    accountForm(this.#form, { isNew: false });
    formSubmit(this.#form, "account.save", (values) => this.#save(values));
    onLanguage(() => this.#draw());
  }

  /** @param {string} viewer */
  show(viewer) {
    if (viewer !== this.#viewer) this.#account = null;
    this.#viewer = viewer;
    delete this.#done.dataset.text;
    write(this.#done, "");
    hideConflict(this.#conflict);
    this.#draw();
    void this.#load();
    this.#devices.show(viewer);
  }

  hide() {
    this.#turn += 1;
    this.#devices.hide();
  }

  async #load() {
    const turn = (this.#turn += 1);
    this.#trouble = null;
    try {
      const account = await call(accountPath(this.#viewer));
      if (turn !== this.#turn) return;
      this.#account = account;
      fillAccount(this.#form, account);
      this.#grants.show(this.#viewer);
      this.#tokens.show(this.#viewer);
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.#trouble = reason;
    }
    this.#draw();
  }

  /** @param {FormData} values */
  async #save(values) {
    const account = this.#account;
    if (account === null) return;
    await saveRevised({
      path: accountPath(this.#viewer),
      body: accountDraft(values),
      revision: account.revision,
      conflict: this.#conflict,
      done: this.#done,
      saved: "account.saved",
      fields: ACCOUNT_FIELDS,
      keep: (/** @type {Account} */ saved) => {
        this.#account = saved;
        this.#draw();
      },
      show: (/** @type {Account} */ theirs) => {
        this.#account = theirs;
        fillAccount(this.#form, theirs);
        this.#draw();
      },
      again: () => this.#form.requestSubmit(),
    });
  }

  #draw() {
    const account = this.#account;
    showMissing(element("account-missing", HTMLElement), this.#trouble, () => void this.#load());
    for (const id of [
      "account-form",
      "account-stamp",
      "account-try",
      "grants-sheet",
      "tokens-sheet",
    ]) {
      element(id, HTMLElement).hidden = account === null;
    }
    write(element("account-heading", HTMLElement), this.#viewer);
    if (account === null) return;
    const stamp = element("account-stamp", HTMLElement);
    stamp.dataset.kind = STAMPS[account.status];
    write(stamp, named("account.status", account.status));
    element("account-try", HTMLAnchorElement).href = decisionLink({ viewer: this.#viewer });
  }
}
