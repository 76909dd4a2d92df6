// @ts-check
// The devices that a viewer has registered: named anew, and removed.
import { element, make, write } from "./element.js";
import { language, say } from "./texts.js";

/** @typedef {import("usher/entitlement").RightsApi} RightsApi */
/** @typedef {import("usher/entitlement").KnownDevice} KnownDevice */

const MS = 1000;

export class DeviceList {
  #list = element("device-list", HTMLElement);
  #said = element("device-said", HTMLElement);
  /** Counts the questions: an answer for somebody before is dropped. */
  #turn = 0;

  /** @param {RightsApi | null} api none: nobody is chosen */
  async show(api) {
    const turn = ++this.#turn;
    if (api === null) {
      this.#list.replaceChildren();
      return;
    }
    try {
      const { devices } = await api.devices();
      if (turn !== this.#turn) return;
      this.#list.replaceChildren(...devices.map((device) => this.#row(device, api)));
      if (devices.length === 0) write(this.#said, say("watch.devices.none"));
    } catch (reason) {
      if (turn === this.#turn) this.#fail(reason);
    }
  }

  /**
   * @param {KnownDevice} device
   * @param {RightsApi} api
   */
  #row(device, api) {
    const row = make("li");
    const who = make("span", "who");
    if (device.free_at) {
      const until = momentOf(new Date(device.free_at * MS));
      who.append(
        make("s", "", device.name ?? device.id),
        make("small", "", say("watch.devices.cooling", { until })),
      );
      row.append(who);
      return row;
    }
    const input = make("input");
    input.value = device.name ?? "";
    input.maxLength = 100;
    input.setAttribute("aria-label", say("watch.devices.name"));
    const here = device.id === api.device.id ? ` · ${say("watch.devices.here")}` : "";
    who.append(input, make("small", "", `${say(`watch.device.${device.class}`)}${here}`));
    row.append(
      who,
      this.#button("watch.devices.rename", api, async () => {
        await api.rename({ ...device, name: input.value });
        return say("watch.devices.renamed");
      }),
      this.#button("watch.devices.remove", api, async () =>
        removedText((await api.remove(device.id)).free_at),
      ),
    );
    return row;
  }

  /**
   * @param {"watch.devices.rename" | "watch.devices.remove"} key
   * @param {RightsApi} api
   * @param {() => Promise<string>} act what to say afterwards
   */
  #button(key, api, act) {
    const button = make("button", "", say(key));
    button.type = "button";
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const said = await act();
        await this.show(api);
        write(this.#said, said);
      } catch (reason) {
        button.disabled = false;
        this.#fail(reason);
      }
    });
    return button;
  }

  /** @param {unknown} reason */
  #fail(reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    write(this.#said, say("watch.devices.failed", { why }));
  }
}

/** @param {number} at UTC seconds */
function removedText(at) {
  const date = new Date(at * MS);
  if (date.getTime() <= Date.now()) return say("watch.devices.removed.now");
  return say("watch.devices.removed", { until: momentOf(date) });
}

/** @param {Date} date */
function momentOf(date) {
  return date.toLocaleString(language(), { dateStyle: "medium", timeStyle: "short" });
}
