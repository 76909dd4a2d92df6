// @ts-check
// Who watches: an account is chosen, its right is judged in the page, and the film plays through the gate.
import { DeviceList } from "./device-list.js";
import { element, make } from "./element.js";
import { StreamsDialog } from "./streams-dialog.js";
import { addTexts, language, languageSwitch, onLanguage, say, translate } from "./texts.js";
import { WATCH_EN } from "./texts-watch-en.js";
import { WATCH_ES } from "./texts-watch-es.js";
import {
  ACCOUNTS,
  COUNTRIES,
  DEVICES,
  accountToken,
  knowledge,
  travelTo,
} from "./watch-account.js";
import { showSteps } from "./watch-steps.js";
import { showStream, tellState } from "./watch-stream.js";
import { showVerdict } from "./watch-verdict.js";

/**
 * @typedef {import("./catalogue.js").Film} Film
 * @typedef {import("./catalogue.js").Delivery} Delivery
 * @typedef {import("./screening.js").Screening} Screening
 * @typedef {typeof import("usher/entitlement")} Module
 * @typedef {import("usher/entitlement").Entitlement} Entitlement
 * @typedef {import("usher/entitlement").StreamSession} StreamSession
 * @typedef {import("usher/entitlement").Obligations} Obligations
 */

addTexts(WATCH_EN, WATCH_ES);

const NOBODY = "nobody";

export class WatchBox {
  #viewer;
  #screening;
  #place = element("watch", HTMLElement);
  #form = element("watch-form", HTMLFormElement);
  #rules = element("watch-rules", HTMLDetailsElement);
  #deviceBox = element("watch-devices", HTMLDetailsElement);
  #play = element("watch-play", HTMLButtonElement);
  #dialog = new StreamsDialog();
  #devices = new DeviceList();
  /** @type {{ film: Film, delivery: Delivery } | null} */
  #chosen = null;
  /** @type {Module | null} loaded when the first account is chosen */
  #module = null;
  /** @type {Entitlement | null} */
  #entitlement = null;
  /** @type {StreamSession | null} */
  #stream = null;
  /** @type {Obligations | null} */
  #obligations = null;
  /** @type {import("./watch-verdict.js").Verdict} */
  #verdict = { kind: "asking" };
  /** Counts the choices: an answer to an earlier one is late and is dropped. */
  #turn = 0;

  /**
   * @param {string} viewer of this browser
   * @param {Screening} screening
   */
  constructor(viewer, screening) {
    this.#viewer = viewer;
    this.#screening = screening;
    languageSwitch(element("watch-languages", HTMLElement));
    this.#drawChoices();
    this.#speak();
    onLanguage(() => this.#speak());
    this.#form.addEventListener("change", () => void this.#choose());
    this.#play.addEventListener("click", () => void this.#start(false));
    element("watch-stop", HTMLElement).addEventListener("click", () => this.#stopByHand());
    this.#rules.addEventListener("toggle", () => void this.#explain());
    this.#deviceBox.addEventListener("toggle", () => void this.#showDevices());
    screening.addEventListener("player", (event) => {
      if (event instanceof CustomEvent) this.#oblige(event.detail);
    });
  }

  /**
   * Puts a film on the screen: open when nobody is chosen, else as soon as its stream is started.
   * @param {Film} film
   * @param {Delivery} delivery
   */
  async show(film, delivery) {
    this.#chosen = { film, delivery };
    await this.#choose();
  }

  get #account() {
    return String(new FormData(this.#form).get("account") ?? NOBODY);
  }

  get #device() {
    const chosen = element("watch-device", HTMLSelectElement).value;
    const kind = DEVICES.find((each) => each === chosen) ?? "web";
    // Each kind is a device of its own, so that one browser can be several.
    const id = `${kind}-${this.#viewer.slice(-12)}`;
    return { id, class: kind, name: say(`watch.device.${kind}`) };
  }

  get #country() {
    return element("watch-country", HTMLSelectElement).value || null;
  }

  /** Another film, account, country or device: what ran ends, and the right is judged anew. */
  async #choose() {
    const turn = ++this.#turn;
    const account = this.#account;
    this.#release();
    element("watch-right", HTMLElement).hidden = account === NOBODY;
    const chosen = this.#chosen;
    if (chosen === null) return;
    if (account === NOBODY) {
      await this.#screening.show(chosen.film, chosen.delivery);
      return;
    }
    travelTo(this.#country);
    this.#screening.clear(chosen.film);
    this.#say({ kind: "asking" });
    tellState("");
    this.#module ??= await import("usher/entitlement");
    if (turn !== this.#turn) return;
    await this.#judge(this.#module, account, chosen.film.id);
  }

  /**
   * @param {Module} module
   * @param {string} account
   * @param {string} title
   */
  async #judge(module, account, title) {
    const entitlement = new module.Entitlement({
      viewer: `${account}-${this.#viewer}`,
      token: () => accountToken(account, this.#viewer),
      knowledge,
      device: this.#device,
      country: this.#country,
    });
    this.#entitlement = entitlement;
    /** @type {(type: string, act: (detail: any) => void) => void} */
    const on = (type, act) =>
      entitlement.addEventListener(type, (event) => {
        const isOurs = this.#entitlement === entitlement;
        if (isOurs && event instanceof CustomEvent) act(event.detail);
      });
    on("decision", (decision) => {
      this.#decided(decision, false);
      this.#obligations?.apply(decision);
      this.#draw();
    });
    on("failed", (error) => this.#say({ kind: "failed", why: error.message }));
    on("ended", () => this.#over(say("watch.ended")));
    await entitlement.follow(title);
    void this.#showDevices();
  }

  /** @param {boolean} takeOver the oldest stream */
  async #start(takeOver) {
    const [module, entitlement, chosen, turn] = [
      this.#module,
      this.#entitlement,
      this.#chosen,
      this.#turn,
    ];
    if (!module || !entitlement || !chosen) return;
    this.#play.disabled = true;
    tellState(say("watch.starting"));
    const options = { token: () => entitlement.token(), device: this.#device };
    try {
      const stream = await module.startStream(options, chosen.film.id, { takeOver });
      if (turn !== this.#turn) return void stream.stop();
      this.#run(stream, chosen);
    } catch (reason) {
      if (turn === this.#turn) await this.#refused(reason, options, chosen.film);
    } finally {
      this.#play.disabled = false;
    }
  }

  /**
   * @param {StreamSession} stream
   * @param {{ film: Film, delivery: Delivery }} chosen
   */
  #run(stream, { film, delivery }) {
    this.#stream = stream;
    Object.assign(globalThis, { usherStream: stream });
    stream.addEventListener("renewed", () => {
      this.#obligations?.apply(stream.decision);
      tellState(say("watch.running"), "good");
      this.#draw();
    });
    stream.addEventListener("away", () => tellState(say("watch.away"), "bad"));
    stream.addEventListener("ended", (event) => {
      const end = event instanceof CustomEvent ? event.detail : null;
      if (this.#stream !== stream) return;
      if (end?.decision) this.#decided(end.decision, true);
      const key = end?.code === "taken_over" ? "watch.ended.taken_over" : "watch.ended";
      this.#over(say(key));
    });
    tellState(say("watch.running"), "good");
    void this.#screening.show(film, delivery, stream.media).then(() => this.#screening.play());
    void this.#showDevices();
    this.#draw();
  }

  /**
   * @param {any} reason
   * @param {import("usher/entitlement").RightsOptions} options
   * @param {Film} film
   */
  async #refused(reason, options, film) {
    const { code, message, answer } = reason;
    // What was decided stands there as sentences.
    const isKnown = Boolean(answer?.decision);
    tellState(isKnown ? say("watch.refused.known") : say("watch.refused", { why: message }), "bad");
    if (answer?.decision) this.#decided(answer.decision, true, answer);
    if (code === "device_limit") {
      tellState(say("watch.device_limit"), "bad");
      this.#deviceBox.open = true;
      await this.#showDevices();
    }
    if (code !== "stream_limit" || !this.#module) return;
    const turn = this.#turn;
    const api = new this.#module.RightsApi(options);
    const choice = await this.#dialog.ask(
      answer.open_streams ?? [],
      (stream) => api.stop(stream),
      (title) => (title === film.id ? film.name : title),
    );
    if (choice !== null && turn === this.#turn) await this.#start(choice === "take_over");
  }

  /**
   * The player of a film that is put on: it is held to what the right obliges to.
   * @param {any} player
   */
  #oblige(player) {
    this.#obligations?.destroy();
    this.#obligations = null;
    if (!this.#stream || !this.#module) return;
    this.#obligations = new this.#module.Obligations(player);
    this.#obligations.addEventListener("cap", () => this.#draw());
    this.#obligations.apply(this.#stream.decision);
    this.#draw();
  }

  /**
   * The stream is over: nothing plays on, and it is said why.
   * @param {string} text
   */
  #over(text) {
    tellState(text, "bad");
    const stream = this.#stream;
    this.#stream = null;
    if (this.#chosen && stream) this.#screening.clear(this.#chosen.film);
    this.#draw();
    void stream?.stop();
  }

  #stopByHand() {
    this.#over("");
    tellState(say("watch.stopped"));
    this.#play.focus();
  }

  /** Gives back whatever was held for the choice before. */
  #release() {
    const stream = this.#stream;
    this.#stream = null;
    this.#obligations?.destroy();
    this.#obligations = null;
    this.#entitlement?.destroy();
    this.#entitlement = null;
    element("watch-steps", HTMLElement).replaceChildren();
    this.#draw();
    // Nobody waits for it: who is offline has nobody to tell.
    void stream?.stop();
  }

  /**
   * @param {any} decision
   * @param {boolean} byEdge
   * @param {{ open_streams?: { device: string }[], devices?: unknown[] }} [taken] all places that there are
   */
  #decided(decision, byEdge, taken) {
    const { id, class: device_class } = this.#device;
    const others = taken?.open_streams?.filter(({ device }) => device !== id);
    const more = {
      country: this.#country,
      device_class,
      device_limit: taken?.devices?.length,
      stream_limit: others?.length,
    };
    this.#say({ kind: "decided", decision, byEdge, more });
    void this.#explain();
  }

  /** @param {import("./watch-verdict.js").Verdict} verdict */
  #say(verdict) {
    this.#verdict = verdict;
    if (this.#module) showVerdict(verdict, this.#module);
  }

  /** Asked only while somebody looks. */
  async #explain() {
    const [module, entitlement, chosen] = [this.#module, this.#entitlement, this.#chosen];
    if (!this.#rules.open || !module || !entitlement || !chosen) return;
    const { steps } = await entitlement.explain(chosen.film.id);
    if (entitlement === this.#entitlement) showSteps(steps, module);
  }

  async #showDevices() {
    const entitlement = this.#entitlement;
    if (!this.#deviceBox.open || !this.#module || !entitlement) return;
    const options = { token: () => entitlement.token(), device: this.#device };
    await this.#devices.show(new this.#module.RightsApi(options));
  }

  #draw() {
    showStream(this.#stream, this.#obligations);
  }

  #drawChoices() {
    const cards = [NOBODY, ...ACCOUNTS].map((account) => {
      const card = make("label", "good");
      const input = make("input");
      input.type = "radio";
      input.name = "account";
      input.value = account;
      input.checked = account === NOBODY;
      const name = make("b");
      name.dataset.text = `watch.account.${account}`;
      const small = make("small");
      small.dataset.text = `watch.small.${account}`;
      card.append(input, name, small);
      return card;
    });
    element("watch-accounts", HTMLElement).replaceChildren(...cards);
    const countries = [...COUNTRIES, ""].map((code) => new Option(code, code));
    element("watch-country", HTMLSelectElement).replaceChildren(...countries);
    const devices = DEVICES.map((kind) => new Option(kind, kind));
    element("watch-device", HTMLSelectElement).replaceChildren(...devices);
  }

  #speak() {
    this.#place.lang = language();
    translate(this.#place);
    const regions = new Intl.DisplayNames([language()], { type: "region" });
    for (const option of element("watch-country", HTMLSelectElement).options) {
      option.text = option.value ? String(regions.of(option.value)) : say("watch.country.none");
    }
    for (const option of element("watch-device", HTMLSelectElement).options) {
      option.text = say(`watch.device.${/** @type {(typeof DEVICES)[number]} */ (option.value)}`);
    }
    this.#say(this.#verdict);
    this.#draw();
    void this.#explain();
    void this.#showDevices();
  }
}
