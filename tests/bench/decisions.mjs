// @ts-check
// Decisions beside other engines of policy, on the same catalogue and the same questions: first that all answer
// alike, then how fast. `node tests/bench/decisions.mjs`.
import { pathToFileURL } from "node:url";
import { median } from "./median.mjs";
import { rightsCatalogue, rightsQuestions } from "./rights-catalogue.mjs";
import { table } from "./table.mjs";

const VIEWERS = 500;
const TITLES_EACH = 4;
const ROUNDS = 7;

/** Calls in a row between two looks at the clock, for decisions a second. */
const CALLS = 20_000;
const SLOW_CALLS = 1_000;
const SLOW_US = 20;

/** Times that the whole catalogue is decided. */
const WHOLE = 15;

/** @typedef {import("./decisions/facts.mjs").Engine<any>} Engine */

/**
 * @typedef {object} EngineFigures
 * @property {string} name
 * @property {boolean} reasons
 * @property {number} loadMs
 * @property {number} p50Us of one call, the clock's own time included; the median of the rounds
 * @property {number} p99Us
 * @property {number} perSecond calls in a row, the median of the rounds
 */

/**
 * @typedef {object} Decisions
 * @property {number} titles
 * @property {number} plans
 * @property {number} questions
 * @property {number} allowed of these
 * @property {number} clockUs that two looks at the clock take
 * @property {EngineFigures[]} engines
 * @property {{ jsonBytes: number, heldBytes: number, grownBytes: number, loadMs: number, wholeMs: number }} catalogue
 */

/** @returns {Promise<Decisions>} */
export async function measureDecisions() {
  const usher = await import("./decisions/usher.mjs");
  const document = rightsCatalogue();
  const questions = rightsQuestions(document, VIEWERS, TITLES_EACH);
  const { catalogue, ...loaded } = usher.loadCatalogue(document);
  const peers = [
    async () => (await import("./decisions/casl.mjs")).loadCasl(document),
    async () => (await import("./decisions/regorus.mjs")).loadRegorus(document),
    async () => (await import("./decisions/casbin.mjs")).loadCasbin(document),
    async () => (await import("./decisions/cedar.mjs")).loadCedar(document),
  ];
  const engines = [usher.usherEngine, usher.usherByNames, usher.usherPlain].map((engine) => ({
    engine: /** @type {Engine} */ (engine(catalogue)),
    loadMs: loaded.loadMs,
  }));
  for (const load of peers) {
    const began = performance.now();
    engines.push({ engine: await load(), loadMs: performance.now() - began });
  }
  const allowed = checkAnswers(
    engines.map(({ engine }) => engine),
    questions,
  );
  const first = questions[0];
  if (first === undefined) throw new Error("no question");
  return {
    titles: document.titles.length,
    plans: document.policy.plans.length,
    questions: questions.length,
    allowed,
    clockUs: clockUs(),
    engines: measure(engines, questions),
    catalogue: { ...loaded, wholeMs: usher.wholeCatalogueMs(catalogue, first, WHOLE) },
  };
}

/**
 * Asks every engine every question. Throws where two of them disagree.
 * @param {Engine[]} engines the first is asked for what is right
 * @param {import("./rights-catalogue.mjs").Question[]} questions
 * @returns {number} how many are allowed
 */
function checkAnswers(engines, questions) {
  const [first, ...others] = engines;
  let allowed = 0;
  for (const question of questions) {
    const reasons = reasonsOf(first, question);
    allowed += Number(reasons === "");
    for (const engine of others) {
      const isAllowed = engine.decide(engine.prepare(question));
      const told = engine.reasons ? reasonsOf(engine, question) : reasons;
      if (isAllowed === (reasons === "") && told === reasons) continue;
      const said = `${engine.name} says \`${isAllowed} ${told}\``;
      throw new Error(`expected \`${reasons}\`, ${said} of ${JSON.stringify(question)}`);
    }
  }
  return allowed;
}

/**
 * @param {Engine | undefined} engine
 * @param {import("./rights-catalogue.mjs").Question} question
 */
function reasonsOf(engine, question) {
  if (!engine?.reasonsOf) throw new Error("an engine that names reasons has `reasonsOf`");
  return [...engine.reasonsOf(engine.prepare(question))].sort().join(" ");
}

/**
 * Rounds by turns, so that what else the machine does meets all of them.
 * @param {{ engine: Engine, loadMs: number }[]} engines
 * @param {import("./rights-catalogue.mjs").Question[]} questions
 * @returns {EngineFigures[]}
 */
function measure(engines, questions) {
  const runs = engines.map(({ engine, loadMs }) => ({
    engine,
    loadMs,
    prepared: questions.map(engine.prepare),
    /** @type {{ p50Us: number, p99Us: number, perSecond: number }[]} */
    rounds: [],
  }));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const { engine, prepared, rounds } of runs) {
      const figures = measureRound(engine, prepared);
      // The first one compiles.
      if (round >= 0) rounds.push(figures);
    }
  }
  return runs.map(({ engine: { name, reasons }, loadMs, rounds }) => ({
    name,
    reasons,
    loadMs,
    p50Us: median(rounds.map(({ p50Us }) => p50Us)),
    p99Us: median(rounds.map(({ p99Us }) => p99Us)),
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
  }));
}

/**
 * @param {Engine} engine
 * @param {any[]} prepared
 */
function measureRound(engine, prepared) {
  const times = prepared.map((question) => {
    const began = performance.now();
    engine.decide(question);
    return performance.now() - began;
  });
  times.sort((one, other) => one - other);
  const at = (/** @type {number} */ share) =>
    1000 * (times[Math.floor(times.length * share)] ?? NaN);
  const p50Us = at(0.5);
  const calls = p50Us > SLOW_US ? SLOW_CALLS : CALLS;
  const began = performance.now();
  for (let call = 0; call < calls; call += 1) engine.decide(prepared[call % prepared.length]);
  const seconds = (performance.now() - began) / 1000;
  return { p50Us, p99Us: at(0.99), perSecond: calls / seconds };
}

function clockUs() {
  const times = Array.from({ length: CALLS }, () => {
    const began = performance.now();
    return 1000 * (performance.now() - began);
  });
  return median(times);
}

/**
 * @param {Decisions | undefined} figures
 * @param {(name: string) => string} version
 */
export function decisionTables(figures, version) {
  if (!figures) return "";
  const { titles, plans, questions, allowed, engines, catalogue, clockUs } = figures;
  const packages = {
    CASL: "@casl/ability",
    "node-casbin": "casbin",
    "cedar-wasm": "@cedar-policy/cedar-wasm",
  };
  const base = engines[0]?.p50Us ?? NaN;
  const rows = engines.map(({ name, reasons, loadMs, p50Us, p99Us, perSecond }) => [
    `${name} ${version(packages[/** @type {keyof typeof packages} */ (name)] ?? name)}`.trim(),
    reasons ? "every one" : "none",
    p50Us.toFixed(p50Us < 10 ? 2 : 1),
    p99Us.toFixed(p99Us < 10 ? 2 : 1),
    Math.round(perSecond).toString(),
    (p50Us / base).toFixed(0),
    loadMs.toFixed(0),
  ]);
  const decided = table(
    [
      `${questions} questions, ${allowed} allowed, ${titles} titles, ${plans} plans, equal answers; ` +
        `a call with the clock, ${clockUs.toFixed(2)} µs`,
      "reasons",
      "p50, µs",
      "p99, µs",
      "decisions a second",
      "times Usher's p50",
      "load, ms",
    ],
    rows,
  );
  const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(2);
  const held = table(
    [
      `Usher's catalogue of ${titles} titles, ${megabytes(catalogue.jsonBytes)} MB of JSON`,
      "figure",
    ],
    [
      ["read and compiled, ms", catalogue.loadMs.toFixed(0)],
      ["held in linear memory, MB", megabytes(catalogue.heldBytes)],
      ["growth of linear memory, reading included, MB", megabytes(catalogue.grownBytes)],
      ["the whole catalogue decided for one viewer, ms", catalogue.wholeMs.toFixed(1)],
    ],
  );
  return `${decided}\n\n${held}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { installPeers } = await import("./peers.mjs");
  installPeers();
  console.log(decisionTables(await measureDecisions(), () => ""));
}
