// @ts-check
import { moveStreams } from "usher/rights";
import { callModule } from "../rights-module.js";
import { openedName } from "../sealed-name.js";
import { Devices } from "./devices.js";
import { Leases } from "./leases.js";

/** @typedef {import("./devices.js").DeviceRow} DeviceRow */
/** @typedef {import("./devices.js").NewDevice} NewDevice */
/** @typedef {import("./leases.js").LeaseRow} LeaseRow */

/** @typedef {import("usher/rights").EntitlementDecision} Decision */

/**
 * What holds for a step; the limits are those that the viewer's plans give.
 * @typedef {object} Terms
 * @property {number} lease_ms
 * @property {number} cooling_ms
 * @property {number} device_limit
 * @property {number} stream_limit
 */

/**
 * A decision on a start, without the limits, with what its receipt says besides.
 * @typedef {object} Judged
 * @property {Decision} decision
 * @property {object} input of the decision, for its receipt
 */

/**
 * What somebody wants of the devices and streams of a viewer. Names of devices are sealed.
 * @typedef {{ terms: Terms } & (
 *   | { step: "look" }
 *   | { step: "start", device: NewDevice, title: string, takesOver: boolean, judged: Judged }
 *   | { step: "heartbeat" | "stop", stream: string }
 *   | { step: "refuse", stream: string, judged: Judged }
 *   | { step: "register", device: NewDevice }
 *   | { step: "remove", id: string }
 * )} Operation
 */

/**
 * What became of it.
 * @typedef {object} Moved
 * @property {boolean} isDone
 * @property {boolean} isNew whether a stream or a device is there that was not
 * @property {Decision | null} decision on a start, with the limits
 * @property {LeaseRow | null} lease of the step; null if there is no such stream
 * @property {DeviceRow | null} device of the step; null if it is not known
 * @property {LeaseRow[]} leases that live, the oldest first; none of a step that was done
 * @property {DeviceRow[]} devices that have a slot; none of a step that was done
 */

/**
 * What a step is about.
 * @typedef {{ device?: string, title?: string, stream?: string, is_allowed?: boolean, takes_over?: boolean }} Step
 */

/** A decision of which only the limits are told. @type {Decision} */
const REFUSED = { allow: false, reasons: [], notices: [] };

/** The reasons that are judged here, in their order. @type {Decision["reasons"]} */
const LIMITS = ["DEVICE_LIMIT", "STREAM_LIMIT"];

/** The devices and the streams of a viewer: each step is one call of the module in one transaction. */
export class Streams {
  #devices;
  #leases;
  #receipts;
  #env;

  /**
   * @param {SqlStorage} sql
   * @param {import("../edge.js").EdgeEnv} env
   * @param {import("./receipts.js").Receipts} receipts of decisions, in the same transaction
   */
  constructor(sql, env, receipts) {
    this.#env = env;
    this.#devices = new Devices(sql);
    this.#leases = new Leases(sql);
    this.#receipts = receipts;
  }

  /**
   * To be called in a transaction.
   * @param {Operation} operation
   * @param {number} nowMs
   * @param {string} viewer sealed
   * @returns {Moved}
   */
  run(operation, nowMs, viewer) {
    switch (operation.step) {
      case "start":
        return this.#start(operation, nowMs, viewer);
      case "heartbeat":
      case "stop":
      case "refuse":
        return this.#go(operation, nowMs, viewer);
      case "register":
        return this.#register(operation, nowMs);
      case "remove": {
        const { isDone } = this.#move(operation, nowMs, { device: operation.id });
        return this.#told({ isDone, device: this.#devices.find(operation.id) });
      }
      case "look":
        this.#move(operation, nowMs, {});
        return this.#told({ isDone: false });
    }
  }

  /**
   * What is known of a live lease; null if it is over.
   * @param {string} stream
   * @param {number} nowMs
   */
  live(stream, nowMs) {
    const lease = this.#leases.find(stream);
    return lease === null || lease.ended !== null || lease.until_ms <= nowMs ? null : lease;
  }

  /** Everything that is held, with the names of devices, for an export. */
  async exported() {
    const streams = this.#leases.all();
    const devices = this.#devices.list().map(async ({ name, ...device }) => ({
      ...device,
      name: name === "" ? null : await openedName(this.#env, name),
    }));
    return { devices: await Promise.all(devices), streams };
  }

  /**
   * @param {number} nowMs
   * @param {number} devicesMs how long devices are kept that are not seen
   * @returns {number} how many devices were forgotten
   */
  prune(nowMs, devicesMs) {
    this.#leases.prune(nowMs);
    return this.#devices.prune(nowMs - devicesMs);
  }

  /**
   * When something can be forgotten; null if nothing is held.
   * @param {number} devicesMs how long devices are kept that are not seen
   */
  dueMs(devicesMs) {
    const { oldestMs } = this.#devices;
    const dues = [oldestMs === null ? null : oldestMs + devicesMs + 1, this.#leases.dueMs];
    const due = dues.filter((ms) => ms !== null);
    return due.length === 0 ? null : Math.min(...due);
  }

  clear() {
    this.#devices.clear();
    this.#leases.clear();
  }

  /**
   * Decides with the limits and starts the stream: nobody else's step comes in between.
   * @param {Operation & { step: "start" }} operation
   * @param {number} nowMs
   * @param {string} viewer
   */
  #start(operation, nowMs, viewer) {
    const { device, title, takesOver, judged } = operation;
    const { decision: before, input } = judged;
    const moved = this.#move(operation, nowMs, {
      device: device.id,
      title,
      is_allowed: before.allow,
      takes_over: takesOver,
    });
    const { isDone, isNew, lease } = moved;
    const decision = withLimits(before, moved);
    if (isDone) this.#devices.seen(device, nowMs);
    // The same stream again is the same decision: its receipt is on its way.
    if (isNew || !isDone) {
      this.#receipts.add({ viewer, title, decision, input, stream: lease?.stream ?? null }, nowMs);
    }
    return this.#told({ isDone, isNew, decision, lease, device: this.#devices.find(device.id) });
  }

  /**
   * @param {Operation & { step: "heartbeat" | "stop" | "refuse" }} operation
   * @param {number} nowMs
   * @param {string} viewer
   */
  #go(operation, nowMs, viewer) {
    const { stream } = operation;
    const { isDone, lease, place } = this.#move(operation, nowMs, { stream });
    const device = lease === null ? null : this.#devices.find(lease.device);
    if (isDone && operation.step === "heartbeat" && device !== null) {
      this.#devices.seen({ ...device, name: null }, nowMs);
    }
    if (isDone && operation.step === "refuse") {
      const { decision, input } = operation.judged;
      this.#receipts.add({ viewer, title: lease?.title ?? "", decision, input, stream }, nowMs);
    }
    // Who beats and is refused by the limit is told so once; later only that it is over.
    const isLimited = operation.step === "heartbeat" && place >= 0 && lease?.ended === "refused";
    const decision = isLimited
      ? withLimits(REFUSED, { device_limit: false, stream_limit: true })
      : null;
    return this.#told({ isDone, lease, device, decision });
  }

  /**
   * @param {Operation & { step: "register" }} operation
   * @param {number} nowMs
   */
  #register({ device, step, terms }, nowMs) {
    const known = this.#devices.find(device.id);
    const isKnown = known !== null && known.free_ms === null;
    const { isDone } = this.#move({ step, terms }, nowMs, { device: device.id });
    if (isDone) this.#devices.seen(device, nowMs);
    const isNew = isDone && !isKnown;
    return this.#told({ isDone, isNew, device: this.#devices.find(device.id) });
  }

  /**
   * One step of the module, and what it changes. The module knows devices and titles by numbers.
   * @param {Pick<Operation, "step" | "terms">} operation
   * @param {number} nowMs
   * @param {Step} step
   */
  #move({ step, terms }, nowMs, { device = "", title = "", stream, ...flags }) {
    const devices = this.#devices.list();
    const leases = this.#leases.list();
    const asked = leases.findIndex((lease) => lease.stream === stream);
    if (stream !== undefined && asked < 0) {
      const lease = this.#leases.find(stream);
      return {
        isDone: false,
        isNew: false,
        lease,
        place: -1,
        device_limit: false,
        stream_limit: false,
      };
    }
    const numberOf = numbering();
    const { is_done, place, device_limit, stream_limit, ...after } = callModule(() =>
      moveStreams({
        ...terms,
        ...flags,
        step: /** @type {any} */ (step),
        now_ms: nowMs,
        device: numberOf(device),
        title: numberOf(title),
        place: Math.max(asked, 0),
        devices: devices.map(({ id, free_ms }) => ({ id: numberOf(id), free_ms })),
        leases: leases.map((lease) => ({
          device: numberOf(lease.device),
          title: numberOf(lease.title),
          until_ms: lease.until_ms,
        })),
      }),
    );
    this.#devices.write(devices, after.devices);
    this.#leases.write(leases, after.leases, nowMs);
    const isNew = place === leases.length && after.leases.length > place;
    const started = isNew ? this.#leases.add(device, title, after.leases[place] ?? 0, nowMs) : null;
    const id = started ?? leases[place]?.stream ?? "";
    const isOfLease = stream !== undefined || (step === "start" && is_done);
    const lease = isOfLease ? this.#leases.find(id) : null;
    return { isDone: is_done, isNew, lease, place, device_limit, stream_limit };
  }

  /**
   * @param {Partial<Moved> & { isDone: boolean }} moved
   * @returns {Moved}
   */
  #told(moved) {
    const lists = moved.isDone
      ? { leases: [], devices: [] }
      : { leases: this.#leases.list(), devices: this.#devices.list() };
    return { isNew: false, decision: null, lease: null, device: null, ...lists, ...moved };
  }
}

/** Gives each text a number, the same for the same one. */
function numbering() {
  /** @type {Map<string, number>} */
  const numbers = new Map();
  return (/** @type {string} */ text) => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  };
}

/**
 * A decision with what the limits say, which are its last reasons.
 * @param {Decision} decision
 * @param {{ device_limit: boolean, stream_limit: boolean }} limits
 * @returns {Decision}
 */
function withLimits(decision, { device_limit, stream_limit }) {
  const isJudged = !decision.reasons.includes("TITLE_UNKNOWN");
  if (!isJudged || (!device_limit && !stream_limit)) return decision;
  const { notices, opens_at } = decision;
  const reasons = [
    ...decision.reasons.filter((reason) => !LIMITS.includes(reason)),
    ...LIMITS.filter((_, index) => [device_limit, stream_limit][index]),
  ];
  return { allow: false, reasons, notices, ...(opens_at === undefined ? {} : { opens_at }) };
}
