// @ts-check
// Cedar: a policy for each part of a plan, what is forbidden beside them, the policies parsed once, and with
// each question the two entities it is about: windows are tags of the title under the country, grants tags of
// the viewer under the plan. It counts nothing, so the host does. It says yes or no.
import { createRequire } from "node:module";
import { byCountry, counted, endOf, partsOf } from "./facts.mjs";

const cedar = createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs");

/** Windows of one country that a title may have. */
const WINDOWS_MAX = 2;

/**
 * @param {import("./facts.mjs").Catalogue} catalogue
 * @returns {import("./facts.mjs").Engine<object>}
 */
export function loadCedar({ policy, titles }) {
  const parsed = cedar.preparsePolicySet("rights", { staticPolicies: policiesOf(policy) });
  if (parsed.type !== "success") throw new Error(JSON.stringify(parsed.errors));
  const resources = new Map(titles.map((title) => [title.id, resourceOf(title)]));
  const unknown = entity("Title", "unknown", {
    id: "unknown",
    packs: [],
    rating: 0,
    ad_tier: false,
    free: false,
  });
  /** @type {WeakMap<object, any>} */
  const principals = new WeakMap();
  return {
    name: "cedar-wasm",
    reasons: false,
    prepare(question) {
      const { viewer, request } = question;
      const principal = principals.get(viewer) ?? principalOf(viewer);
      principals.set(viewer, principal);
      const resource = resources.get(request.title) ?? unknown;
      const { deviceLimit, streamLimit, isRegistered, devices, streams } = counted(
        policy,
        question,
      );
      return {
        principal: principal.uid,
        action: { type: "Action", id: "play" },
        resource: resource.uid,
        context: {
          now: request.now,
          country: request.country ?? "",
          class: request.device_class,
          devices_left: isRegistered ? 1 : deviceLimit - devices,
          streams_left: streamLimit - streams,
        },
        preparsedPolicySetId: "rights",
        entities: [principal, resource],
      };
    },
    decide(call) {
      const answer = cedar.statefulIsAuthorized(call);
      if (answer.type !== "success" || answer.response.diagnostics.errors.length > 0) {
        throw new Error(JSON.stringify(answer));
      }
      return answer.response.decision === "allow";
    },
  };
}

/** @param {import("./facts.mjs").Catalogue["policy"]} policy */
function policiesOf(policy) {
  const graceS = policy.past_due_grace_days * 86_400;
  /** @param {string} key */
  const live = (key) =>
    `principal.hasTag(${key}) && principal.getTag(${key}).from <= context.now && context.now < principal.getTag(${key}).to`;
  const rows = Array.from({ length: WINDOWS_MAX }, (_, index) => index);
  /** @param {string} prefix of the names of the windows */
  const isWithin = (prefix) =>
    rows
      .map((row) => `resource.getTag(context.country).${prefix}${row}`)
      .map((at, row) => {
        const has = `resource.getTag(context.country) has ${prefix}${row}`;
        return `(${has} && ${at}.from <= context.now && context.now < ${at}.to)`;
      })
      .join(" || ");
  const permits = policy.plans.flatMap(({ id }) =>
    partsOf(policy, id)
      .filter(({ packs }) => packs.length > 0)
      .map(({ packs, device_classes, ads }) => {
        const tier = ads ? " && resource.ad_tier" : "";
        return (
          `permit (principal, action, resource) when { ${live(JSON.stringify(id))} && ` +
          `resource.packs.containsAny(${JSON.stringify(packs)}) && ` +
          `${JSON.stringify(device_classes)}.contains(context.class)${tier} };`
        );
      }),
  );
  return [
    ...permits,
    `permit (principal, action, resource) when { ${live("resource.id")} };`,
    `permit (principal, action, resource) when { resource.free };`,
    `forbid (principal, action, resource) unless { resource.hasTag(context.country) && (${isWithin("window_")}) };`,
    `forbid (principal, action, resource) when { resource.hasTag(context.country) && (${isWithin("blackout_")}) };`,
    `forbid (principal, action, resource) when { principal has max_rating && resource.rating > principal.max_rating };`,
    `forbid (principal, action, resource) unless { principal.status == "active" || (principal.status == "past_due" && context.now < principal.since + ${graceS}) };`,
    `forbid (principal, action, resource) when { context.devices_left <= 0 || context.streams_left <= 0 };`,
  ].join("\n");
}

/** @param {import("../rights-catalogue.mjs").Title} title */
function resourceOf({ id, packs, rating, ad_tier, free, windows, blackouts }) {
  /** @type {Record<string, Record<string, object>>} */
  const tags = {};
  for (const [prefix, list] of /** @type {const} */ ([
    ["window_", windows],
    ["blackout_", blackouts],
  ])) {
    for (const [country, ranges] of Object.entries(byCountry(list))) {
      if (ranges.length > WINDOWS_MAX)
        throw new Error(`\`${id}\` has more windows than are compared`);
      ranges.forEach((range, row) => ((tags[country] ??= {})[`${prefix}${row}`] = range));
    }
  }
  return { ...entity("Title", id, { id, packs, rating, ad_tier, free }), tags };
}

/** @param {import("../rights-catalogue.mjs").Viewer} viewer */
function principalOf({ account, max_rating, grants }) {
  const rating = max_rating === null ? {} : { max_rating };
  const tags = Object.fromEntries(
    grants.map((grant) => [
      grant.plan ?? grant.title ?? "",
      { from: grant.from, to: endOf(grant) },
    ]),
  );
  const attributes = { status: account.status, since: account.since ?? 0, ...rating };
  return { ...entity("Viewer", "viewer", attributes), tags };
}

/**
 * @param {string} type
 * @param {string} id
 * @param {Record<string, unknown>} attrs
 */
function entity(type, id, attrs) {
  return { uid: { type, id }, attrs, parents: [] };
}
