// @ts-check
// Objects of what the module keeps of entitlements. Nothing is decided here.
import {
  closeEntitlement,
  countryCode,
  decideByNumbers,
  lastNumbers,
  limitOf,
  openCatalogue,
  openRights,
  placeOf,
  titlesOf,
} from "#wasm/rights";
import { UsherError } from "./error.js";

/** @typedef {import("#wasm/rights").EntitlementCircumstances} EntitlementCircumstances */
/** @typedef {import("#wasm/rights").EntitlementDecision} EntitlementDecision */
/** @typedef {import("#wasm/rights").EntitlementExplanation} EntitlementExplanation */
/** @typedef {import("#wasm/rights").EntitlementListing} EntitlementListing */
/** @typedef {import("#wasm/rights").EntitlementNotice} EntitlementNotice */
/** @typedef {import("#wasm/rights").EntitlementReason} EntitlementReason */
/** @typedef {import("#wasm/rights").EntitlementViewer} EntitlementViewer */

/**
 * The reasons against a decision: bit 0 of what `Rights.decide` gives is the first.
 * @type {readonly EntitlementReason[]}
 */
export const REASONS = [
  "ACCOUNT_CLOSED",
  "ACCOUNT_SUSPENDED",
  "CHARGEBACK",
  "PAST_DUE",
  "TITLE_UNKNOWN",
  "COUNTRY_UNKNOWN",
  "GEO_BLOCKED",
  "NOT_YET_AVAILABLE",
  "NO_LONGER_AVAILABLE",
  "BLACKOUT",
  "RATING_BLOCKED",
  "GRANT_NOT_STARTED",
  "GRANT_EXPIRED",
  "DEVICE_CLASS_BLOCKED",
  "AD_TIER_EXCLUDED",
  "NOT_ENTITLED",
  "DEVICE_LIMIT",
  "STREAM_LIMIT",
];

/**
 * The notices: bit 0 of `Rights.notices` is the first.
 * @type {readonly EntitlementNotice[]}
 */
export const NOTICES = ["PAST_DUE_GRACE"];

/**
 * The classes of devices, by their numbers.
 * @type {readonly import("#wasm/rights").DeviceClass[]}
 */
export const DEVICE_CLASSES = ["mobile", "web", "tv", "console"];

/**
 * The reasons of some bits, in order.
 * @param {number} bits what `Rights.decide` gave
 */
export const reasonsOf = (bits) => REASONS.filter((_, place) => bits & (1 << place));

/** What a step of each rule tells, in the order of the module's numbers. */
const STEPS = /** @type {const} */ ([
  ["account", "since"],
  ["past_due", "since", "grace_days", "grace_ends_at"],
  ["title"],
  ["country"],
  ["territory"],
  ["window", "open_until", "opens_at"],
  ["blackout", "until", "next_at"],
  ["rating", "rating", "max_rating"],
  ["grant", "grant", "from", "to", "obstacles", "max_height", "ads"],
  ["entitlement", "grant", "max_height", "ads"],
  ["device_limit", "registered", "devices", "limit"],
  ["stream_limit", "streams", "limit"],
]);
const OUTCOMES = ["pass", "fail", "skip"];

/** Numbers a step: its rule, its outcome, and its parameters. */
const STEP_NUMBERS = 8;

/** The grant of a free title. */
const FREE = 65_535;

/** Counts the instances of the module: what was kept in one is not in the next. */
let instance = 0;
export const countInstance = () => void (instance += 1);

/** Frees what was forgotten, where the host tells of it. */
const forgotten = globalThis.FinalizationRegistry
  ? new FinalizationRegistry((/** @type {{ of: number, number: number }} */ { of, number }) => {
      if (of === instance) closeEntitlement(number);
    })
  : undefined;

/** What the module keeps under a number. */
class Kept {
  #of = instance;
  #number;

  /** @param {number} number */
  constructor(number) {
    this.#number = number;
    forgotten?.register(this, { of: instance, number }, this);
  }

  /** The number. Only for this file: another may be kept under it later. */
  get number() {
    if (this.#of !== instance) {
      const message = "the module was started afresh: open the catalogue again";
      throw new UsherError("unavailable", message, null);
    }
    return this.#number;
  }

  /** Frees it. Used after that, it is refused. */
  free() {
    if (this.#of === instance && this.#number >= 0) closeEntitlement(this.#number);
    forgotten?.unregister(this);
    this.#number = -1;
  }
}

/**
 * All titles and the policy. Free it when a newer one has taken its place: rights that were made of it keep what
 * they need.
 */
export class Catalogue extends Kept {
  /** @type {string[] | undefined} */
  #titles;

  /**
   * @param {Uint8Array} json `{ version, policy, titles }`, as it is published
   * @throws {{ code: string, message: string, field: string | null }} with the path of what is wrong
   */
  constructor(json) {
    const [number, version, size, bytes, ...policy] = openCatalogue(json).split(" ");
    super(Number(number));
    /** @readonly the version of the document */
    this.version = Number(version);
    /** @readonly */
    this.policyVersion = policy.join(" ");
    /** @readonly how many titles there are */
    this.size = Number(size);
    /** @readonly bytes of the module's memory that it holds */
    this.bytes = Number(bytes);
  }

  /**
   * The place of a title, from 0; -1 for one that is not there.
   * @param {string} id
   */
  title(id) {
    return placeOf(this.number, `${id}`);
  }

  /**
   * The title of a place; undefined where there is none. The first call makes all of them.
   * @param {number} place
   */
  titleId(place) {
    this.#titles ??= titlesOf(this.number).split("\n").slice(0, -1);
    return this.#titles[place];
  }

  /**
   * Reads a viewer, for any number of decisions.
   * @param {EntitlementViewer} viewer
   * @throws {{ code: string, message: string, field: string | null }} with the path of what is wrong
   */
  rights(viewer) {
    return new Rights(this, viewer);
  }
}

/** What a viewer may do. Free it when the answer is given. */
export class Rights extends Kept {
  #catalogue;
  #viewer;
  /** @type {Float64Array | undefined} */
  #last;

  /**
   * @param {Catalogue} catalogue
   * @param {EntitlementViewer} viewer
   */
  constructor(catalogue, viewer) {
    super(openRights(catalogue.number, jsonOf(viewer)));
    this.#catalogue = catalogue;
    this.#viewer = viewer;
  }

  /**
   * Decides: the reasons against it as bits, bit 0 the first of `REASONS`; 0 for leave to watch. Then the other
   * properties tell of this decision.
   *
   * A title, a country or a device that is no number from 0 is one that nobody knows. Without a class of devices
   * or a time nothing is decided, and the answer is -1, all reasons at once.
   * @param {number} title what `Catalogue.title` gave
   * @param {number} country what `countryCode` gave
   * @param {number} deviceClass a place in `DEVICE_CLASSES`
   * @param {number} device what `device` gave
   * @param {number} now in seconds, UTC
   */
  decide(title, country, deviceClass, device, now) {
    this.#last = undefined;
    return decideByNumbers(this.number, title, country, deviceClass, device, now);
  }

  /**
   * The place of a device; -1 for one that is neither registered nor streaming.
   * @param {string} id
   */
  device(id) {
    return placeOf(this.number, `${id}`);
  }

  /**
   * How many streams may run at a time.
   * @param {number} now in seconds, UTC
   */
  streamLimit(now) {
    return limitOf(this.number, 0, now);
  }

  /**
   * How many devices may be registered.
   * @param {number} now in seconds, UTC
   */
  deviceLimit(now) {
    return limitOf(this.number, 1, now);
  }

  /** @param {number} place */
  #number(place) {
    this.#last ??= lastNumbers(this.number, 0);
    return this.#last[place] ?? -1;
  }

  /** The notices as bits: bit 0 is the first of `NOTICES`. */
  get notices() {
    return Math.max(this.#number(0), 0);
  }

  /** The place of the grant that was used among the viewer's; -1 for a free title, and without leave. */
  get grant() {
    const place = this.#number(1);
    return place === FREE ? -1 : place;
  }

  /** Tallest picture, in lines; -1 without leave. */
  get maxHeight() {
    return this.#number(2);
  }

  /** Whether advertisements have to be shown. */
  get ads() {
    return this.#number(3) === 1;
  }

  /** When the leave ends, in seconds, UTC; -1 without leave. */
  get expiresAt() {
    return this.#number(4);
  }

  /** When to ask again, in seconds, UTC; -1 without leave. */
  get recheckAt() {
    return this.#number(5);
  }

  /** When the next window of the country opens, in seconds, UTC, if none is open; else -1. */
  get opensAt() {
    return this.#number(6);
  }

  /**
   * Decides on some titles, in their order.
   * @param {EntitlementCircumstances} circumstances
   * @param {string[]} titles
   * @throws {UsherError} `invalid_value` for an unknown class of devices, and what is no time
   */
  decideTitles(circumstances, titles) {
    const numbers = this.#numbersOf(circumstances);
    return titles.map((title) => this.#decide(this.#catalogue.title(title), numbers));
  }

  /**
   * Decides on every title of the catalogue.
   * @param {EntitlementCircumstances} circumstances
   * @returns {EntitlementListing}
   * @throws {UsherError} `invalid_value` for an unknown class of devices, and what is no time
   */
  decideCatalogue(circumstances) {
    this.#decide(-1, this.#numbersOf(circumstances));
    const [recheck_at = 0, ...rest] = lastNumbers(this.number, 2);
    const counts = rest.splice(0, REASONS.length);
    /** @type {EntitlementListing} */
    const listing = { allowed: [], max_height: [], ads: [], denied: {}, recheck_at };
    for (const [place, reason] of REASONS.entries()) {
      if (counts[place]) listing.denied[reason] = counts[place];
    }
    for (let at = 0; at < rest.length; at += 2) {
      const height = rest[at + 1] ?? 0;
      listing.allowed.push(this.#catalogue.titleId(rest[at] ?? 0) ?? "");
      listing.max_height.push(height >> 1);
      listing.ads.push(height % 2 === 1);
    }
    return listing;
  }

  /**
   * Decides on a title, and tells how every rule was judged.
   * @param {EntitlementCircumstances} circumstances
   * @param {string} title
   * @returns {EntitlementExplanation}
   * @throws {UsherError} `invalid_value` for an unknown class of devices, and what is no time
   */
  explain(circumstances, title) {
    const [decision] = this.decideTitles(circumstances, [title]);
    const numbers = lastNumbers(this.number, 1);
    const { country } = circumstances;
    /** @type {Record<string, object>} */
    const words = {
      account: { status: this.#viewer.account.status },
      title: { title },
      country: country ? { country } : {},
      territory: { country },
    };
    const steps = [];
    for (let at = 0; at < numbers.length; at += STEP_NUMBERS) {
      const [rule = "title", ...keys] = STEPS[numbers[at] ?? 0] ?? [];
      /** @type {Record<string, any>} */
      const parameters = { ...words[rule] };
      for (const [place, key] of keys.entries()) {
        const number = numbers[at + 2 + place] ?? -1;
        if (number < 0) continue;
        if (key === "obstacles") parameters[key] = reasonsOf(number);
        else if (key === "ads" || key === "registered") parameters[key] = number === 1;
        else if (key !== "grant") parameters[key] = number;
        else {
          const { id, kind, plan, title: of } = this.#grant(number) ?? {};
          parameters.grant = id;
          if (rule !== "grant") continue;
          parameters.kind = kind;
          if (plan) parameters.plan = plan;
          if (of) parameters.title = of;
        }
      }
      steps.push({ rule, outcome: OUTCOMES[numbers[at + 1] ?? 0], parameters });
    }
    return /** @type {any} */ ({ decision, steps });
  }

  /**
   * @param {number} place
   * @returns {{ id: string, kind: string, plan?: string | null, title?: string | null } | undefined}
   */
  #grant(place) {
    return place === FREE ? { id: "free", kind: "free" } : this.#viewer.grants[place];
  }

  /**
   * @param {EntitlementCircumstances} circumstances
   * @returns {[number, number, number, number]}
   */
  #numbersOf({ country, device_class, device_id, now }) {
    return [
      countryCode(country ?? ""),
      DEVICE_CLASSES.indexOf(device_class),
      this.device(device_id ?? ""),
      now,
    ];
  }

  /**
   * @param {number} title
   * @param {[number, number, number, number]} numbers
   * @returns {EntitlementDecision}
   */
  #decide(title, numbers) {
    const bits = this.decide(title, ...numbers);
    if (bits < 0) {
      const message = `expected ${DEVICE_CLASSES.join(", ")} and seconds, UTC`;
      throw new UsherError("invalid_value", message, numbers[1] < 0 ? "device_class" : "now");
    }
    const allow = bits === 0;
    const { maxHeight: max_height, ads, expiresAt: expires_at, recheckAt: recheck_at } = this;
    const grant = this.#grant(this.#number(1))?.id;
    return {
      allow,
      reasons: reasonsOf(bits),
      notices: NOTICES.filter((_, place) => this.notices & (1 << place)),
      ...(allow && { grant, max_height, ads, expires_at, recheck_at }),
      ...(this.opensAt >= 0 && { opens_at: this.opensAt }),
    };
  }
}

/**
 * Decides on some titles, in their order.
 * @param {Catalogue} catalogue
 * @param {EntitlementViewer} viewer
 * @param {EntitlementCircumstances} circumstances
 * @param {string[]} titles
 */
export const decideTitles = (catalogue, viewer, circumstances, titles) =>
  withRights(catalogue, viewer, (rights) => rights.decideTitles(circumstances, titles));

/**
 * Decides on every title of a catalogue.
 * @param {Catalogue} catalogue
 * @param {EntitlementViewer} viewer
 * @param {EntitlementCircumstances} circumstances
 */
export const decideCatalogue = (catalogue, viewer, circumstances) =>
  withRights(catalogue, viewer, (rights) => rights.decideCatalogue(circumstances));

/**
 * Decides on a title, and tells how every rule was judged.
 * @param {Catalogue} catalogue
 * @param {EntitlementViewer} viewer
 * @param {EntitlementCircumstances & { title: string }} request
 */
export const explainDecision = (catalogue, viewer, request) =>
  withRights(catalogue, viewer, (rights) => rights.explain(request, request.title));

/**
 * @template T
 * @param {Catalogue} catalogue
 * @param {EntitlementViewer} viewer
 * @param {(rights: Rights) => T} work
 */
function withRights(catalogue, viewer, work) {
  const rights = catalogue.rights(viewer);
  try {
    return work(rights);
  } finally {
    rights.free();
  }
}

/**
 * What JSON has no word for is a text in it, which is refused where a number belongs; JSON itself would make
 * null of it, and so a limit of NaN no limit.
 * @param {unknown} value
 */
const jsonOf = (value) =>
  `${JSON.stringify(value, (_, inner) => (typeof inner === "number" && !Number.isFinite(inner) ? `${inner}` : inner))}`;
