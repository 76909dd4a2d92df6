// @ts-check
// All streams of the plan run: which of them stops?
import { element, make, write } from "./element.js";
import { language, say, translate, word } from "./texts.js";

/** @typedef {import("usher/entitlement").OpenStream} OpenStream */
/** @typedef {"start" | "take_over" | null} Choice what to do here now */

const MS = 1000;

export class StreamsDialog {
  #dialog = element("streams", HTMLDialogElement);
  #list = element("streams-list", HTMLElement);
  #said = element("streams-said", HTMLElement);
  /** @type {(choice: Choice) => void} */
  #answer = () => {};

  constructor() {
    this.#dialog.addEventListener("close", () => this.#answer(null));
    element("streams-take", HTMLButtonElement).addEventListener("click", () =>
      this.#choose("take_over"),
    );
  }

  /**
   * @param {OpenStream[]} streams
   * @param {(stream: string) => Promise<unknown>} stop ends one of them
   * @param {(title: string) => string} nameOf a title
   * @returns {Promise<Choice>}
   */
  ask(streams, stop, nameOf) {
    this.#dialog.lang = language();
    translate(this.#dialog);
    const count = streams.length;
    word(element("streams-text", HTMLElement), "taken.text", { count });
    write(this.#said, "");
    const oldest = streams.toSorted((one, other) => one.started_at - other.started_at);
    this.#list.replaceChildren(...oldest.map((each) => this.#row(each, stop, nameOf)));
    this.#dialog.showModal();
    return new Promise((answer) => (this.#answer = answer));
  }

  /**
   * @param {OpenStream} open
   * @param {(stream: string) => Promise<unknown>} stop
   * @param {(title: string) => string} nameOf
   */
  #row({ stream, device, device_name, title, started_at }, stop, nameOf) {
    const row = make("li");
    const who = make("span", "who");
    const since = new Date(started_at * MS).toLocaleTimeString(language(), { timeStyle: "short" });
    const name = device_name || device;
    who.append(
      make("b", "", name),
      make("small", "", say("taken.since", { title: nameOf(title), since })),
    );
    const button = make("button", "", say("taken.stop"));
    button.type = "button";
    button.setAttribute("aria-label", `${say("taken.stop")}: ${name}`);
    button.addEventListener("click", () => void this.#stop(button, () => stop(stream)));
    row.append(who, button);
    return row;
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {() => Promise<unknown>} stop
   */
  async #stop(button, stop) {
    button.disabled = true;
    write(this.#said, say("taken.stopping"));
    try {
      await stop();
      this.#choose("start");
    } catch (reason) {
      button.disabled = false;
      const why = reason instanceof Error ? reason.message : String(reason);
      write(this.#said, say("taken.failed", { why }));
    }
  }

  /** @param {Choice} choice */
  #choose(choice) {
    this.#answer(choice);
    this.#answer = () => {};
    this.#dialog.close();
  }
}
