// @ts-check
import { bytes, count, NOTHING } from "./duration.js";
import { element, write } from "./element.js";
import { Figures } from "./figures.js";
import { indented, readable } from "./payload.js";

/** @typedef {import("usher").Session["delivery"]} Delivery */

/** What leaves this device: how often, how much, and the last body to read. */
export class DeliveryPanel {
  #figures = new Figures(element("delivery", HTMLElement));
  #state = element("delivery-state", HTMLElement);
  #details = element("payload", HTMLDetailsElement);
  #sent = element("payload-sent", HTMLElement);
  #read = element("payload-read", HTMLElement);
  #hint = element("payload-hint", HTMLElement);
  /** @type {string | null} */
  #body = null;
  /** @type {string | null} */
  #decoded = null;

  constructor() {
    this.#details.addEventListener("toggle", () => this.#decode());
  }

  /** @param {Delivery} delivery */
  show(delivery) {
    this.#figures.set("Requests", count(delivery.requests));
    this.#figures.set("Sent", bytes(delivery.bytes));
    this.#figures.set(
      "Acknowledged",
      delivery.version === 0 ? NOTHING : `${delivery.acknowledgedVersion} of ${delivery.version}`,
      "the version of this view that the edge has committed, of the version here",
    );
    this.#figures.set(
      "Last status",
      delivery.lastStatus === null ? NOTHING : String(delivery.lastStatus),
    );
    write(this.#state, sentence(delivery));
    if (delivery.lastBody === this.#body) return;
    this.#body = delivery.lastBody;
    this.#decode();
  }

  async #decode() {
    if (!this.#details.open || this.#body === this.#decoded) return;
    const body = this.#body;
    this.#decoded = body;
    if (body === null) {
      this.#hint.textContent = "Nothing has been sent yet.";
      return;
    }
    this.#sent.textContent = body;
    this.#hint.textContent = "Loading the reader of the edge …";
    try {
      this.#read.textContent = await readable(body);
      this.#hint.textContent = `Each state is decoded by the code that runs at the edge. This is all there is: ${bytes(new TextEncoder().encode(body).length)}.`;
    } catch (reason) {
      this.#decoded = null;
      this.#read.textContent = indented(body);
      const why = reason instanceof Error ? reason.message : String(reason);
      this.#hint.textContent = `The states stay closed, the reader of the edge did not load: ${why}`;
    }
  }
}

/** @param {Delivery} delivery */
function sentence(delivery) {
  const aside =
    delivery.setAside > 0 ? ` ${count(delivery.setAside)} refused for good and set aside.` : "";
  if (delivery.state === "sending") return `On the way now.${aside}`;
  if (delivery.requests === 0) return `Nothing has been sent.${aside}`;
  if (delivery.acknowledgedVersion >= delivery.version)
    return `All of it is committed at the edge.${aside}`;
  return `The newest part is still here.${aside}`;
}
