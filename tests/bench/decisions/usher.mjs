// @ts-check
// The edge build: the catalogue stands in its memory, a viewer's rights are read once, and a decision is a call
// with numbers that gives every reason as a bit.
import {
  Catalogue,
  DEVICE_CLASSES,
  countryCode,
  decideCatalogue,
  decideTitles,
  initSync,
  reasonsOf,
} from "usher/rights";
import { moduleBytes } from "../../js/module-bytes.mjs";
import { median } from "../median.mjs";

const LOADS = 5;

/** @typedef {import("./facts.mjs").Question} Question */
/** @typedef {import("usher/rights").Rights} Rights */
/** @typedef {{ rights: Rights, title: number, country: number, classPlace: number, device: number, now: number }} Asked */

/**
 * @typedef {object} Loaded
 * @property {Catalogue} catalogue
 * @property {number} jsonBytes
 * @property {number} heldBytes of linear memory, by its own account
 * @property {number} grownBytes of linear memory by the first, reading included
 * @property {number} loadMs the median
 */

/**
 * Reads the catalogue, and tells what that takes.
 * @param {import("./facts.mjs").Catalogue} document
 * @returns {Loaded}
 */
export function loadCatalogue(document) {
  const memory = startWithMemory();
  const json = new TextEncoder().encode(JSON.stringify(document));
  const before = memory.buffer.byteLength;
  new Catalogue(json).free();
  const grownBytes = memory.buffer.byteLength - before;
  const times = Array.from({ length: LOADS }, () => {
    const began = performance.now();
    const catalogue = new Catalogue(json);
    const ms = performance.now() - began;
    catalogue.free();
    return ms;
  });
  const catalogue = new Catalogue(json);
  return {
    catalogue,
    jsonBytes: json.length,
    heldBytes: catalogue.bytes,
    grownBytes,
    loadMs: median(times),
  };
}

/**
 * @param {Catalogue} catalogue
 * @returns {import("./facts.mjs").Engine<Asked>}
 */
export function usherEngine(catalogue) {
  const rightsOf = rightsReader(catalogue);
  /** @param {Asked} asked */
  const bits = ({ rights, title, country, classPlace, device, now }) =>
    rights.decide(title, country, classPlace, device, now);
  return {
    name: "Usher, `Rights.decide`",
    reasons: true,
    prepare({ viewer, request }) {
      const rights = rightsOf(viewer);
      return {
        rights,
        title: catalogue.title(request.title),
        country: countryCode(request.country ?? ""),
        classPlace: DEVICE_CLASSES.indexOf(/** @type {any} */ (request.device_class)),
        device: rights.device(request.device_id),
        now: request.now,
      };
    },
    decide: (asked) => bits(asked) === 0,
    reasonsOf: (asked) => reasonsOf(bits(asked)),
  };
}

/**
 * The same, for who has names: each call finds the numbers of the title, the country and the device too.
 * @param {Catalogue} catalogue
 * @returns {import("./facts.mjs").Engine<Question & { rights: Rights }>}
 */
export function usherByNames(catalogue) {
  const { prepare, decide, reasonsOf } = usherEngine(catalogue);
  return {
    name: "Usher, the same by names",
    reasons: true,
    prepare: (question) => ({ ...question, rights: prepare(question).rights }),
    decide: (question) => decide(prepare(question)),
    reasonsOf: (question) => reasonsOf?.(prepare(question)) ?? [],
  };
}

/**
 * The same from plain data alone: the viewer is read by each call, and the decision written as an object with
 * what it obliges to.
 * @param {Catalogue} catalogue
 * @returns {import("./facts.mjs").Engine<Question>}
 */
export function usherPlain(catalogue) {
  /** @param {Question} question */
  const decision = ({ viewer, request: { title, ...circumstances } }) => {
    const [only] = decideTitles(
      catalogue,
      /** @type {any} */ (viewer),
      /** @type {any} */ (circumstances),
      [title],
    );
    if (only === undefined) throw new Error("expected a decision");
    return only;
  };
  return {
    name: "Usher, `decideTitles` of one",
    reasons: true,
    prepare: (question) => question,
    decide: (question) => decision(question).allow,
    reasonsOf: (question) => decision(question).reasons,
  };
}

/** @param {Catalogue} catalogue */
function rightsReader(catalogue) {
  /** @type {WeakMap<object, Rights>} */
  const known = new WeakMap();
  return (/** @type {Question["viewer"]} */ viewer) => {
    const rights = known.get(viewer) ?? catalogue.rights(/** @type {any} */ (viewer));
    known.set(viewer, rights);
    return rights;
  };
}

/** Starts the module, and keeps the memory that the package hides. */
function startWithMemory() {
  const { Instance } = WebAssembly;
  /** @type {WebAssembly.Memory | undefined} */
  let memory;
  WebAssembly.Instance = /** @type {any} */ (
    /** @type {(module: WebAssembly.Module, imports: WebAssembly.Imports) => WebAssembly.Instance} */
    function (module, imports) {
      const instance = new Instance(module, imports);
      memory = Object.values(instance.exports).find((item) => item instanceof WebAssembly.Memory);
      return instance;
    }
  );
  initSync(new WebAssembly.Module(moduleBytes("rights")));
  WebAssembly.Instance = Instance;
  if (!memory) throw new Error("the module exports no memory");
  return memory;
}

/**
 * How long it takes to decide on every title for one viewer, the median.
 * @param {Catalogue} catalogue
 * @param {Question} question
 * @param {number} times
 */
export function wholeCatalogueMs(catalogue, { viewer, request }, times) {
  const { title: _, ...circumstances } = request;
  const rounds = Array.from({ length: times }, () => {
    const began = performance.now();
    decideCatalogue(catalogue, /** @type {any} */ (viewer), /** @type {any} */ (circumstances));
    return performance.now() - began;
  });
  return median(rounds);
}
