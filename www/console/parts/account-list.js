// @ts-check
// The accounts of viewers, and a form for a new one.
import { address, call } from "./api.js";
import { accountDraft, accountForm } from "./account-form.js";
import { ACCOUNT_STATES, accountPath, expecting } from "./catalogue-api.js";
import { throwTaken } from "./conflict.js";
import { link } from "./coupon-links.js";
import { NOTHING } from "./duration.js";
import { element } from "./element.js";
import { filterBar } from "./filter-bar.js";
import { formSubmit } from "./form-submit.js";
import { instant, mark, upTo, viewerLink } from "./rights-words.js";
import { RowTable } from "./row-table.js";

/** @typedef {import("./catalogue-api.js").Account} Account */

const ROWS = 50;

export class AccountList {
  #table;

  constructor() {
    const asked = filterBar(
      element("accounts-filters", HTMLFormElement),
      [
        {
          name: "q",
          kind: "text",
          label: "viewers.viewer",
          attributes: { spellcheck: "false", autocapitalize: "none" },
        },
        {
          name: "status",
          kind: "select",
          label: "account.status",
          options: ["", ...ACCOUNT_STATES],
          words: "account.status",
        },
      ],
      () => void this.#table.refresh(),
    );
    this.#table = new RowTable(element("accounts", HTMLElement), {
      caption: "viewers.title",
      empty: "viewers.empty",
      columns: columns(),
      load: (after, signal) =>
        call(address("/v1/accounts", { ...asked(), after, limit: ROWS }), { signal }),
    });
    const form = element("account-new-form", HTMLFormElement);
    accountForm(form, { isNew: true });
    formSubmit(form, "viewers.create", async (values) => {
      const viewer = String(values.get("viewer")).trim();
      await call(accountPath(viewer), {
        method: "PUT",
        body: accountDraft(values),
        headers: expecting(null),
      }).catch((reason) => throwTaken(reason, "viewer"));
      form.reset();
      element("account-new", HTMLDetailsElement).open = false;
      location.hash = viewerLink(viewer);
    });
  }

  show() {
    void this.#table.refresh();
  }

  hide() {}
}

/** @returns {import("./row-table.js").Column<Account>[]} */
function columns() {
  return [
    { label: "viewers.viewer", shown: ({ viewer }) => link(viewerLink(viewer), viewer) },
    { label: "account.status", shown: ({ status }) => mark("account.status", status) },
    { label: "account.since", shown: ({ since }) => (since ? instant(since) : NOTHING) },
    {
      label: "account.max_rating",
      shown: ({ max_rating }) =>
        max_rating === null || max_rating === undefined ? NOTHING : upTo(max_rating),
    },
  ];
}
