// @ts-check
// The list of groups, with search and a form for a new one.
import { address, call } from "./api.js";
import { amount, day, named } from "./coupon-words.js";
import { groupLink, link } from "./coupon-links.js";
import { element } from "./element.js";
import { fieldElement } from "./field.js";
import { formSubmit } from "./form-submit.js";
import { RowTable } from "./row-table.js";

/** @typedef {import("./coupon-api.js").Group} Group */

const PURPOSES = ["marketing", "reward", "internal", "support", "partner", "other"];
const ROWS = 50;
const REST_MS = 200;

export class CouponGroups {
  #table;

  constructor() {
    const search = element("groups-search", HTMLInputElement);
    this.#table = new RowTable(element("groups", HTMLElement), {
      caption: "groups.title",
      empty: "groups.empty",
      columns: columns(),
      load: (after, signal) =>
        call(address("/v1/coupon-groups", { search: search.value.trim(), after, limit: ROWS }), {
          signal,
        }),
    });
    let timer = 0;
    search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => void this.#table.refresh(), REST_MS);
    });
    this.#form();
  }

  show() {
    void this.#table.refresh();
  }

  hide() {}

  #form() {
    const form = element("group-form", HTMLFormElement);
    form.append(
      fieldElement({
        name: "name",
        kind: "text",
        label: "groups.name",
        hint: "groups.name.hint",
        attributes: { maxlength: "200" },
      }),
      fieldElement({
        name: "purpose",
        kind: "select",
        label: "groups.purpose",
        options: PURPOSES,
        words: "purpose",
      }),
      fieldElement({
        name: "shards",
        kind: "number",
        label: "groups.shards",
        hint: "groups.shards.hint",
        value: "1",
        attributes: { min: "1", max: "16", inputmode: "numeric" },
      }),
    );
    formSubmit(form, "groups.create", async (values) => {
      /** @type {Group} */
      const group = await call("/v1/coupon-groups", {
        method: "POST",
        body: {
          name: String(values.get("name")).trim(),
          purpose: values.get("purpose"),
          shards: Number(values.get("shards")),
        },
      });
      form.reset();
      element("group-new", HTMLDetailsElement).open = false;
      location.hash = groupLink(group.id);
    });
  }
}

/** @returns {import("./row-table.js").Column<Group>[]} */
function columns() {
  const number = true;
  return [
    { label: "groups.name", shown: ({ id, name }) => link(groupLink(id), name) },
    { label: "groups.purpose", shown: ({ purpose }) => named("purpose", purpose) },
    { label: "groups.created", shown: ({ created_ms }) => day(created_ms) },
    { label: "groups.coupons", shown: ({ coupons }) => amount(coupons), number },
    { label: "groups.codes", shown: ({ codes }) => amount(codes), number },
    { label: "groups.used", shown: ({ used }) => amount(used), number },
    { label: "groups.held", shown: ({ held }) => amount(held), number },
  ];
}
