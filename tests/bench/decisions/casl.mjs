// @ts-check
// CASL as its guide does it: an ability is made when a viewer comes, with the time in its conditions, and
// asked for each title. It says yes or no.
import { createRequire } from "node:module";
import { counted, isInGoodStanding, isLive, partsOf } from "./facts.mjs";

const { AbilityBuilder, createMongoAbility } = createRequire(import.meta.url)("@casl/ability");

/**
 * @param {import("./facts.mjs").Catalogue} catalogue
 * @returns {import("./facts.mjs").Engine<{ ability: any, title: object | null }>}
 */
export function loadCasl({ policy, titles }) {
  const known = new Map(
    titles.map((title) => [title.id, { ...title, blackouts: title.blackouts ?? [] }]),
  );
  /** @type {WeakMap<object, any>} */
  const abilities = new WeakMap();
  return {
    name: "CASL",
    reasons: false,
    prepare(question) {
      const { viewer, request } = question;
      const ability = abilities.get(viewer) ?? abilityOf(policy, question);
      abilities.set(viewer, ability);
      return { ability, title: known.get(request.title) ?? null };
    },
    decide: ({ ability, title }) => title !== null && ability.can("play", title),
  };
}

/**
 * @param {import("./facts.mjs").Catalogue["policy"]} policy
 * @param {import("./facts.mjs").Question} question
 */
function abilityOf(policy, question) {
  const { viewer, request } = question;
  const { country, device_class, now } = request;
  const { can, cannot, build } = new AbilityBuilder(createMongoAbility);
  const { deviceLimit, streamLimit, isRegistered, devices, streams } = counted(policy, question);
  const isWelcome =
    isInGoodStanding(policy, question) &&
    country !== null &&
    (isRegistered || devices < deviceLimit) &&
    streams < streamLimit;
  if (isWelcome) {
    const open = { $elemMatch: { from: { $lte: now }, to: { $gt: now }, territories: country } };
    const rating = viewer.max_rating === null ? {} : { rating: { $lte: viewer.max_rating } };
    const common = { windows: open, ...rating };
    can("play", "Title", { free: true, ...common });
    for (const grant of viewer.grants.filter((held) => isLive(held, now))) {
      if (grant.title !== undefined) can("play", "Title", { id: grant.title, ...common });
      for (const part of grant.plan === undefined ? [] : partsOf(policy, grant.plan)) {
        if (!part.device_classes.includes(device_class) || part.packs.length === 0) continue;
        const tier = part.ads ? { ad_tier: true } : {};
        can("play", "Title", { packs: { $in: part.packs }, ...tier, ...common });
      }
    }
    cannot("play", "Title", { blackouts: open });
  }
  return build({ detectSubjectType: () => "Title" });
}
