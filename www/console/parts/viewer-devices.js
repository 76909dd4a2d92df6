// @ts-check
// The devices of one viewer and what plays on them now: names, removal, and an end to a stream.
import { address, call } from "./api.js";
import { confirmed } from "./confirmation.js";
import { link } from "./coupon-links.js";
import { named } from "./coupon-words.js";
import { element, make, write } from "./element.js";
import { instant, titleLink } from "./rights-words.js";
import { RowTable, troubleText } from "./row-table.js";
import { say, word, worded } from "./texts.js";

/**
 * @typedef {object} DeviceRow
 * @property {string} id
 * @property {string} class
 * @property {string | null} [name]
 * @property {number | null} [registered_at]
 * @property {number | null} [free_at] when the slot of a removed one is free
 *
 * @typedef {object} StreamRow
 * @property {string} stream
 * @property {string} device
 * @property {string | null} [device_name]
 * @property {string} title
 * @property {number} started_at
 * @property {number} expires_at
 */

/** The demo adds the operator's key to what is asked below it. */
const OPERATOR = "/operator";
const NAME_LENGTH_MAX = 100;

export class ViewerDevices {
  #viewer = "";
  #done = element("devices-done", HTMLElement);
  #devices;
  #streams;

  constructor() {
    this.#devices = new RowTable(element("devices", HTMLElement), {
      caption: "devices.title",
      empty: "devices.empty",
      columns: [...deviceColumns(), { label: "row.act", shown: (row) => this.#deviceActs(row) }],
      load: async (_, signal) => {
        const answer = await call(this.#address("/devices"), { signal });
        return { rows: /** @type {DeviceRow[]} */ (answer.devices ?? answer.rows) };
      },
    });
    this.#streams = new RowTable(element("streams", HTMLElement), {
      caption: "playing.title",
      empty: "playing.empty",
      columns: [...streamColumns(), { label: "row.act", shown: (row) => this.#stopper(row) }],
      load: async (_, signal) => {
        const answer = await call(this.#address("/streams"), { signal });
        return { rows: /** @type {StreamRow[]} */ (answer.streams ?? answer.rows) };
      },
    });
    element("devices-refresh", HTMLButtonElement).addEventListener("click", () => this.#refresh());
  }

  /** @param {string} viewer */
  show(viewer) {
    if (viewer !== this.#viewer) {
      this.#devices.clear();
      this.#streams.clear();
    }
    this.#viewer = viewer;
    delete this.#done.dataset.text;
    write(this.#done, "");
    this.#refresh();
  }

  hide() {}

  #refresh() {
    void this.#devices.refresh();
    void this.#streams.refresh();
  }

  /** @param {string} path */
  #address(path) {
    return address(`${OPERATOR}${path}`, { viewer: this.#viewer });
  }

  /** @param {DeviceRow} device */
  #deviceActs(device) {
    const acts = make("span", "row");
    if (device.free_at) return acts;
    const path = this.#address(`/devices/${encodeURIComponent(device.id)}`);
    const rename = worded("button", "", "devices.rename");
    rename.type = "button";
    rename.addEventListener("click", () => acts.replaceChildren(this.#naming(device, path, acts)));
    const remove = worded("button", "", "devices.remove");
    remove.type = "button";
    remove.addEventListener("click", async () => {
      const words = /** @type {const} */ ({
        title: "devices.remove.title",
        text: "devices.remove.text",
        yes: "devices.remove",
      });
      if (!(await confirmed(words, { name: device.name || device.id }))) return;
      await this.#act(() => call(path, { method: "DELETE" }), "devices.removed");
    });
    for (const button of [rename, remove]) {
      button.setAttribute("aria-label", `${button.textContent}: ${device.name || device.id}`);
    }
    acts.append(rename, remove);
    return acts;
  }

  /**
   * @param {DeviceRow} device
   * @param {string} path
   * @param {HTMLElement} acts
   */
  #naming(device, path, acts) {
    const form = make("form", "row naming");
    const input = make("input");
    input.type = "search";
    input.value = device.name ?? "";
    input.maxLength = NAME_LENGTH_MAX;
    input.setAttribute("aria-label", say("devices.name", { id: device.id }));
    form.append(input, worded("button", "", "change.save"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const body = { class: device.class, name: input.value.trim() };
      void this.#act(() => call(path, { method: "PUT", body }), "devices.renamed");
    });
    form.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      acts.replaceWith(this.#deviceActs(device));
    });
    queueMicrotask(() => input.select());
    return form;
  }

  /** @param {StreamRow} stream */
  #stopper({ stream, title }) {
    const button = worded("button", "", "playing.stop");
    button.type = "button";
    button.setAttribute("aria-label", say("playing.stop.one", { title }));
    const path = this.#address(`/streams/${encodeURIComponent(stream)}/stop`);
    button.addEventListener("click", () => {
      void this.#act(() => call(path, { method: "POST", body: {} }), "playing.stopped");
    });
    return button;
  }

  /**
   * @param {() => Promise<unknown>} act
   * @param {import("./texts.js").Key} done
   */
  async #act(act, done) {
    try {
      await act();
      word(this.#done, done);
    } catch (reason) {
      delete this.#done.dataset.text;
      write(this.#done, troubleText(reason));
    }
    this.#refresh();
  }
}

/** @returns {import("./row-table.js").Column<DeviceRow>[]} */
function deviceColumns() {
  return [
    { label: "devices.device", shown: ({ name, id }) => name || id, small: ({ id }) => id },
    { label: "devices.class", shown: (device) => named("device_class", device.class) },
    {
      label: "devices.since",
      shown: ({ registered_at }) => instant(registered_at),
      small: ({ free_at }) => (free_at ? say("devices.cooling", { until: instant(free_at) }) : ""),
    },
  ];
}

/** @returns {import("./row-table.js").Column<StreamRow>[]} */
function streamColumns() {
  return [
    { label: "try.what", shown: ({ title }) => link(titleLink(title), title) },
    {
      label: "devices.device",
      shown: ({ device, device_name }) => device_name || device,
      small: ({ device }) => device,
    },
    { label: "playing.started", shown: ({ started_at }) => instant(started_at) },
    { label: "playing.lease", shown: ({ expires_at }) => instant(expires_at) },
  ];
}
