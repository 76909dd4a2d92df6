// @ts-check
// node-casbin: a row of policy for each part of a plan, and conditions as functions of the host, as its guide
// to attributes does it; what excludes most rows comes first. It says yes or no.
import { createRequire } from "node:module";
import { counted, isInGoodStanding, isLive, partsOf } from "./facts.mjs";

const { newEnforcer, newModelFromString, StringAdapter } = createRequire(import.meta.url)("casbin");

const MODEL = `
[request_definition]
r = sub, obj, env

[policy_definition]
p = grant, packs, classes, ads

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = holds(r.sub, p.grant, r.obj, r.env) && covers(r.obj, p.packs, p.ads) && fits(r.env, p.classes) && mayWatch(r.sub, r.obj, r.env)
`;

/**
 * @param {import("./facts.mjs").Catalogue} catalogue
 * @returns {Promise<import("./facts.mjs").Engine<{ sub: object, obj: object | null, env: object }>>}
 */
export async function loadCasbin({ policy, titles }) {
  const rows = policy.plans.flatMap(({ id }) =>
    partsOf(policy, id)
      .filter(({ packs }) => packs.length > 0)
      .map(({ packs, device_classes, ads }) => [
        id,
        packs.join(" "),
        device_classes.join(" "),
        ads,
      ]),
  );
  const lines = [["@free", "*", "*", false], ["@title", "*", "*", false], ...rows];
  const text = lines.map((row) => `p, ${row.join(", ")}`).join("\n");
  const enforcer = await newEnforcer(newModelFromString(MODEL), new StringAdapter(text));
  for (const [name, call] of Object.entries(conditions())) {
    await enforcer.addFunction(name, call);
  }
  const known = new Map(titles.map((title) => [title.id, title]));
  return {
    name: "node-casbin",
    reasons: false,
    prepare(question) {
      const { viewer, request } = question;
      const sub = { viewer, isWelcome: isWelcome(policy, question) };
      return { sub, obj: known.get(request.title) ?? null, env: request };
    },
    decide: ({ sub, obj, env }) => obj !== null && enforcer.enforceSync(sub, obj, env),
  };
}

/**
 * @param {import("./facts.mjs").Catalogue["policy"]} policy
 * @param {import("./facts.mjs").Question} question
 */
function isWelcome(policy, question) {
  const { deviceLimit, streamLimit, isRegistered, devices, streams } = counted(policy, question);
  return (
    isInGoodStanding(policy, question) &&
    (isRegistered || devices < deviceLimit) &&
    streams < streamLimit
  );
}

/** What the matcher calls. */
function conditions() {
  /** @type {Map<string, Set<string>>} */
  const sets = new Map();
  /** @param {string} words */
  const setOf = (words) => {
    const known = sets.get(words) ?? new Set(words.split(" "));
    sets.set(words, known);
    return known;
  };
  /** @param {import("./facts.mjs").Window[] | undefined} windows @param {any} env */
  const isWithin = (windows, { country, now }) =>
    (windows ?? []).some(
      ({ from, to, territories }) => from <= now && now < to && territories.includes(country),
    );
  return {
    /** @type {(sub: any, grant: string, obj: any, env: any) => boolean} */
    holds({ viewer }, grant, title, { now }) {
      if (grant === "@free") return title.free;
      const key = grant === "@title" ? "title" : "plan";
      const name = grant === "@title" ? title.id : grant;
      return viewer.grants.some(
        (/** @type {any} */ held) => held[key] === name && isLive(held, now),
      );
    },
    /** @type {(obj: any, packs: string, ads: string) => boolean} */
    covers: (title, packs, ads) =>
      packs === "*" ||
      ((ads === "false" || title.ad_tier) &&
        title.packs.some((/** @type {string} */ pack) => setOf(packs).has(pack))),
    /** @type {(env: any, classes: string) => boolean} */
    fits: ({ device_class }, classes) => classes === "*" || setOf(classes).has(device_class),
    /** @type {(sub: any, obj: any, env: any) => boolean} */
    mayWatch: ({ viewer, isWelcome }, title, env) =>
      isWelcome &&
      env.country !== null &&
      (viewer.max_rating === null || title.rating <= viewer.max_rating) &&
      isWithin(title.windows, env) &&
      !isWithin(title.blackouts, env),
  };
}
