// @ts-check
// A catalogue as large as that of a large service, and viewers of it: the same every time, for every engine that
// is measured.

/** Now, in seconds, UTC: what the windows and grants lie around. */
export const NOW = 1_790_000_000;

const DAY = 86_400;
const COUNTRIES = "SE ES CL DE US FR GB NO DK FI PT IT NL BE AT CH PL CZ MX AR BR CO PE UY".split(
  " ",
);
const CLASSES = ["mobile", "web", "tv", "console"];
const PACKS =
  "news archive series movies premieres kids sports docs music local anime classics".split(" ");

/**
 * Numbers that look random and are the same every time.
 *
 * Source: Marsaglia, Xorshift RNGs, 2003.
 * @param {number} seed not 0
 */
function random(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** @returns {any} a policy of 12 plans, three of them bundles */
export function policy() {
  const plan = (/** @type {string} */ id, /** @type {string[]} */ packs, rest = {}) => ({
    id,
    packs,
    max_height: 1080,
    ads: false,
    streams: 2,
    devices: 4,
    device_classes: CLASSES,
    ...rest,
  });
  return {
    version: "bench-1",
    past_due_grace_days: 3,
    fallback_streams: 1,
    fallback_devices: 2,
    decision_ttl_s: 300,
    plans: [
      plan("free-avod", ["news", "archive"], {
        max_height: 720,
        ads: true,
        streams: 1,
        devices: 2,
      }),
      plan("basic-ads", ["news", "archive", "series", "docs"], { ads: true, devices: 3 }),
      plan("standard", ["news", "archive", "series", "movies", "docs", "local"]),
      plan("premium", PACKS.slice(0, 5), { max_height: 2160, streams: 4, devices: 6 }),
      plan("kids", ["kids", "anime"], { device_classes: ["mobile", "web", "tv"], devices: 3 }),
      plan("sports", ["sports"], { streams: 1, devices: 3 }),
      plan("music", ["music"], { max_height: 720 }),
      plan("classics", ["classics"], { max_height: 576 }),
      plan("student-mobile", ["series", "movies"], {
        max_height: 480,
        streams: 1,
        devices: 1,
        device_classes: ["mobile"],
      }),
      plan("family", [], {
        max_height: 2160,
        streams: 5,
        devices: 8,
        includes: ["standard", "kids", "sports"],
      }),
      plan("culture", [], { streams: 3, includes: ["music", "classics"] }),
      plan("everything", [], {
        max_height: 2160,
        streams: 6,
        devices: 10,
        includes: ["family", "culture", "premium"],
      }),
    ],
  };
}

/**
 * A catalogue in the form in which it is published.
 * @param {number} [count]
 */
export function catalogue50k(count = 50_000) {
  const of = random(20_261_122);
  const some = (/** @type {number} */ most) => {
    const first = of(COUNTRIES.length);
    return Array.from(
      { length: 1 + of(most) },
      (_, place) => COUNTRIES[(first + place) % COUNTRIES.length],
    );
  };
  const window = () => {
    const from = NOW + (of(800) - 500) * DAY;
    return { from, to: from + (1 + of(700)) * DAY, territories: some(12) };
  };
  const titles = Array.from({ length: count }, (_, place) => ({
    id: `title-${String(place).padStart(6, "0")}`,
    packs: [...new Set(Array.from({ length: 1 + of(3) }, () => PACKS[of(PACKS.length)]))],
    rating: [0, 0, 7, 12, 16, 18][of(6)],
    max_height: [576, 720, 1080, 1080, 2160][of(5)],
    ad_tier: of(4) > 0,
    free: of(20) === 0,
    windows: Array.from({ length: 1 + of(3) }, window),
    ...(of(25) === 0 && { blackouts: [window()] }),
  }));
  return { version: 1, policy: policy(), titles };
}

/** Viewers of many kinds, each with what is asked: the country, the device and its class. */
export function viewers(count = 64) {
  const of = random(64_206);
  const plans = policy().plans.map((/** @type {any} */ plan) => plan.id);
  const statuses = ["active", "active", "active", "active", "past_due", "suspended"];
  return Array.from({ length: count }, (_, number) => {
    const grants = Array.from({ length: 1 + of(3) }, (_unused, place) => {
      const plan = plans[of(plans.length)];
      const from = NOW - of(40) * DAY;
      const kind = ["plan", "plan", "trial"][of(3)];
      return { id: `${kind}-${place}`, kind, plan, from, to: from + (20 + of(60)) * DAY };
    });
    const title = `title-${String(of(50_000)).padStart(6, "0")}`;
    const rental = {
      id: "rental",
      kind: "rental",
      title,
      from: NOW - DAY,
      to: NOW + 20 * DAY,
      play_window_s: 2 * DAY,
    };
    const devices = Array.from({ length: of(5) }, (_unused, place) => `d${place}`);
    return {
      viewer: {
        account: { status: statuses[of(statuses.length)], since: NOW - of(6) * DAY },
        max_rating: [null, null, 7, 12, 18][of(5)],
        devices,
        open_streams: Array.from({ length: of(3) }, (_unused, place) => ({
          device: `d${place + 1}`,
          until: NOW + of(90) - 20,
        })),
        grants: number % 3 ? grants : [...grants, rental],
      },
      country: number % 16 ? (COUNTRIES[of(COUNTRIES.length)] ?? null) : null,
      device_class: CLASSES[of(CLASSES.length)] ?? "web",
      device_id: `d${of(5)}`,
      now: NOW,
    };
  });
}
