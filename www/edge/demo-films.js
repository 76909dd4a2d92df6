// @ts-check
// The films of the demo as a catalogue, and the people who may choose to watch them.

const DAY_S = 86_400;

/** 2020 to 2040, UTC. */
const ALWAYS = { from: 1_577_836_800, to: 2_208_988_800 };
const PREMIERE = 2_019_686_400;

const EVERYWHERE = ["CL", "DE", "ES", "MX", "SE", "US"];

export const POLICY = {
  version: "demo",
  past_due_grace_days: 3,
  fallback_streams: 1,
  fallback_devices: 2,
  decision_ttl_s: 60,
};

/** Of which the smaller one shows the lesser of the two pictures that the films are drawn in. */
export const PLANS = [
  {
    id: "cult-ads",
    packs: ["cult"],
    max_height: 180,
    ads: true,
    streams: 1,
    devices: 2,
    device_classes: ["mobile", "web", "tv"],
  },
  {
    id: "cult-premium",
    packs: ["cult", "premieres"],
    max_height: 1080,
    ads: false,
    streams: 2,
    devices: 4,
    device_classes: ["mobile", "web", "tv", "console"],
  },
];

export const FILMS = [
  {
    id: "the-blob-that-buffered",
    name: "The Blob That Buffered",
    packs: ["cult"],
    rating: 12,
    max_height: 1080,
    ad_tier: true,
    free: false,
    windows: [{ ...ALWAYS, territories: EVERYWHERE }],
  },
  {
    id: "fifty-foot-test-card",
    name: "Attack of the 50 Foot Test Card",
    packs: ["cult"],
    rating: 0,
    max_height: 1080,
    ad_tier: true,
    free: true,
    windows: [{ ...ALWAYS, territories: EVERYWHERE }],
  },
  {
    id: "love-at-two-frames",
    name: "Love at Two Frames per Second",
    packs: ["premieres"],
    rating: 16,
    max_height: 1080,
    ad_tier: false,
    free: false,
    windows: [
      { ...ALWAYS, territories: ["DE", "ES", "SE"] },
      { from: PREMIERE, to: ALWAYS.to, territories: ["CL", "US"] },
    ],
  },
];

/**
 * Who may be chosen: an account, and the plan that it holds.
 * @type {Record<string, { status: string, plan?: string, since_days?: number }>}
 */
export const ACCOUNTS = {
  none: { status: "active" },
  basic: { status: "active", plan: "cult-ads" },
  premium: { status: "active", plan: "cult-premium" },
  past_due: { status: "past_due", plan: "cult-premium", since_days: 1 },
  suspended: { status: "suspended", plan: "cult-premium" },
};

/**
 * @param {string} account one of `ACCOUNTS`
 * @param {number} now UTC seconds
 */
export function accountOf(account, now) {
  const { status, since_days } = ACCOUNTS[account] ?? { status: "active" };
  const since = since_days === undefined ? {} : { since: now - since_days * DAY_S };
  return { status, ...since, max_rating: null };
}

/**
 * @param {string} account one of `ACCOUNTS`
 * @param {number} now UTC seconds
 */
export function grantOf(account, now) {
  const { plan } = ACCOUNTS[account] ?? {};
  return plan && { id: "plan", kind: "plan", plan, from: now - DAY_S, to: now + 365 * DAY_S };
}
