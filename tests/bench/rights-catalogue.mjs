// @ts-check
// A catalogue as large as a big house's, and viewers who ask for its titles: the same for every engine, and
// from run to run.

export const NOW = 1_790_000_000;

const DAY = 86_400;
const TITLES = 50_000;
const CLASSES = ["mobile", "web", "tv", "console"];
const PACKS = ["news", "archive", "series", "movies", "premieres", "kids", "sports"].concat([
  "anime",
  "arthouse",
  "documentary",
  "music",
  "local",
]);
const COUNTRIES = (
  "SE NO DK FI IS DE AT CH FR ES PT IT NL BE LU IE GB PL CZ SK HU RO BG GR HR SI EE LV LT US CA MX BR AR CL CO " +
  "PE UY JP KR TW HK SG MY TH VN PH ID IN AU NZ ZA"
).split(" ");

/** @typedef {{ from: number, to: number, territories: string[] }} Window */

/**
 * @typedef {object} Title
 * @property {string} id
 * @property {string[]} packs
 * @property {number} rating
 * @property {number} max_height
 * @property {boolean} ad_tier
 * @property {boolean} free
 * @property {Window[]} windows
 * @property {Window[]} [blackouts]
 */

/**
 * @typedef {object} Plan
 * @property {string} id
 * @property {string[]} packs
 * @property {number} max_height
 * @property {boolean} ads
 * @property {number} streams
 * @property {number} devices
 * @property {string[]} device_classes
 * @property {string[]} [includes]
 */

/**
 * @typedef {object} Catalogue
 * @property {number} version
 * @property {object & { past_due_grace_days: number, fallback_streams: number, fallback_devices: number, plans: Plan[] }} policy
 * @property {Title[]} titles
 */

/**
 * @typedef {object} Grant
 * @property {string} id
 * @property {string} kind
 * @property {string} [plan]
 * @property {string} [title]
 * @property {number} from
 * @property {number | null} to
 * @property {number} [play_window_s]
 * @property {number} [first_play_at]
 */

/**
 * @typedef {object} Viewer
 * @property {{ status: string, since?: number }} account
 * @property {number | null} max_rating
 * @property {string[]} devices
 * @property {{ device: string, until: number }[]} open_streams
 * @property {Grant[]} grants
 */

/** @typedef {{ title: string, country: string | null, device_class: string, device_id: string, now: number }} Request */
/** @typedef {{ viewer: Viewer, request: Request }} Question */

/** @returns {Catalogue} */
export function rightsCatalogue(count = TITLES) {
  const random = numbers(7);
  const titles = Array.from({ length: count }, (_, index) => title(`title-${index}`, random));
  return { version: 1, policy: POLICY, titles };
}

/**
 * Viewers with a few requests each, most of which are allowed.
 * @param {Catalogue} catalogue
 * @param {number} viewers
 * @param {number} each
 * @returns {Question[]}
 */
export function rightsQuestions({ titles }, viewers, each) {
  const random = numbers(11);
  return Array.from({ length: viewers }, () => {
    const viewer = viewerOf(titles, random);
    const country = random.chance(0.02) ? null : random.one(COUNTRIES.slice(0, 12));
    const device_class = random.one(CLASSES);
    const device_id = random.chance(0.85) && viewer.devices[0] ? viewer.devices[0] : "d-new";
    const own = viewer.grants.flatMap((grant) => grant.title ?? []);
    return Array.from({ length: each }, () => {
      const asked = random.chance(0.1) ? random.one(own) : random.one(titles).id;
      const title = random.chance(0.01) ? "title-unknown" : (asked ?? random.one(titles).id);
      return { viewer, request: { title, country, device_class, device_id, now: NOW } };
    });
  }).flat();
}

/** @type {Catalogue["policy"]} */
const POLICY = Object.assign(
  { version: "bench-1", decision_ttl_s: 300 },
  {
    past_due_grace_days: 3,
    fallback_streams: 1,
    fallback_devices: 2,
    plans: [
      plan("free-avod", ["news", "archive"], 720, true, 1, 2),
      plan("basic-ads", ["news", "archive", "series", "local"], 1080, true, 2, 3),
      plan(
        "standard",
        ["news", "archive", "series", "movies", "local", "music"],
        1080,
        false,
        2,
        4,
      ),
      plan("premium", PACKS.slice(0, 5).concat("local", "music", "documentary"), 2160, false, 4, 6),
      plan("kids", ["kids"], 1080, false, 2, 3, ["mobile", "web", "tv"]),
      plan("sports", ["sports"], 1080, false, 1, 3),
      plan("student-mobile", ["series", "movies"], 480, false, 1, 1, ["mobile"]),
      plan("anime", ["anime"], 1080, false, 2, 4),
      plan("arthouse", ["arthouse", "documentary"], 2160, false, 2, 4),
      plan("music", ["music"], 1080, true, 2, 4),
      plan("sports-day", ["sports"], 720, true, 1, 2, ["mobile", "web"]),
      {
        ...plan("family-bundle", [], 2160, false, 5, 8),
        includes: ["standard", "kids", "sports"],
      },
    ],
  },
);

/**
 * @param {string} id
 * @param {string[]} packs
 * @param {number} max_height
 * @param {boolean} ads
 * @param {number} streams
 * @param {number} devices
 * @returns {Plan}
 */
function plan(id, packs, max_height, ads, streams, devices, device_classes = CLASSES) {
  return { id, packs, max_height, ads, streams, devices, device_classes };
}

/**
 * @param {string} id
 * @param {Random} random
 * @returns {Title}
 */
function title(id, random) {
  const packs = random.some(PACKS, random.chance(0.7) ? 1 : 2);
  const windows = Array.from({ length: random.upTo(2) }, () => window(random, COUNTRIES));
  const first = windows[0];
  const hasBlackout = packs.includes("sports") && first !== undefined && random.chance(0.5);
  return {
    id,
    packs,
    rating: random.one([0, 0, 7, 7, 12, 16, 18]),
    max_height: random.one([576, 720, 1080, 1080, 2160]),
    ad_tier: random.chance(0.8),
    free: random.chance(0.02),
    windows,
    ...(hasBlackout ? { blackouts: [blackout(random, first.territories)] } : {}),
  };
}

/**
 * @param {Random} random
 * @param {string[]} countries
 * @returns {Window}
 */
function window(random, countries) {
  const from = NOW + Math.round((random.next() * 700 - 600) * DAY);
  const to = from + Math.round((30 + random.next() * 900) * DAY);
  // Mostly the countries of a region, which lie side by side.
  const first = random.chance(0.8) ? 0 : Math.floor(random.next() * countries.length);
  return { from, to, territories: countries.slice(first, first + 4 + random.upTo(20)) };
}

/**
 * @param {Random} random
 * @param {string[]} territories
 * @returns {Window}
 */
function blackout(random, territories) {
  const from = NOW - Math.round(random.next() * 7200);
  return { from, to: from + 10_800, territories: territories.slice(0, 3) };
}

/**
 * @param {Title[]} titles
 * @param {Random} random
 * @returns {Viewer}
 */
function viewerOf(titles, random) {
  const status = random.chance(0.9) ? "active" : random.one(["suspended", "past_due", "closed"]);
  const since = NOW - Math.round(random.next() * 6 * DAY);
  const devices = Array.from({ length: random.upTo(4) }, (_, index) => `d${index}`);
  return {
    account: status === "past_due" ? { status, since } : { status },
    max_rating: random.chance(0.8) ? null : random.one([7, 12, 16]),
    devices,
    open_streams: random.chance(0.3) ? [{ device: "d9", until: NOW + 30 }] : [],
    grants: grants(titles, random),
  };
}

/**
 * Plans of their own, each once, and a title or two.
 * @param {Title[]} titles
 * @param {Random} random
 * @returns {Grant[]}
 */
function grants(titles, random) {
  const plans = POLICY.plans.map(({ id }) => id);
  const main = random.one(["premium", "premium", "family-bundle", "standard", "basic-ads"]);
  const others = random.some(plans, random.upTo(2)).filter((id) => id !== main);
  const granted = [main, ...others].map((plan, index) => {
    const isPast = index > 0 && random.chance(0.3);
    const from = NOW - Math.round((isPast ? 90 : random.next() * 30) * DAY);
    return { id: `plan:${plan}`, kind: index ? "trial" : "plan", plan, from, to: from + 40 * DAY };
  });
  const bought = random.some(titles, 2).map(({ id }, index) => {
    const from = NOW - Math.round(random.next() * 20 * DAY);
    if (index === 0) return { id: `purchase:${id}`, kind: "purchase", title: id, from, to: null };
    const first_play_at = NOW - Math.round(random.next() * 4 * DAY);
    const rental = { kind: "rental", title: id, play_window_s: 2 * DAY, first_play_at };
    return { id: `rental:${id}`, from: NOW - 10 * DAY, to: NOW + 20 * DAY, ...rental };
  });
  return [...granted, ...bought];
}

/** @typedef {ReturnType<typeof numbers>} Random */

/**
 * The same numbers for the same seed.
 * @param {number} seed
 */
function numbers(seed) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  /** @type {<T>(list: readonly T[]) => T} */
  const one = (list) => /** @type {any} */ (list[Math.floor(next() * list.length)]);
  return {
    next,
    one,
    chance: (/** @type {number} */ probability) => next() < probability,
    /** From 1. */
    upTo: (/** @type {number} */ most) => 1 + Math.floor(next() * most),
    /** @type {<T>(list: readonly T[], count: number) => T[]} different ones */
    some(list, count) {
      const chosen = new Set();
      while (chosen.size < count) chosen.add(one(list));
      return [...chosen];
    },
  };
}
