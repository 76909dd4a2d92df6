// @ts-check

/** In English. `entitlement-texts-es.js` has the same codes, in the same order. */
export const EN = {
  reason: {
    ACCOUNT_CLOSED: ["This account is closed."],
    ACCOUNT_SUSPENDED: ["This account is suspended."],
    CHARGEBACK: ["A payment was charged back. Until that is settled nothing plays."],
    PAST_DUE: [
      "A payment has been due since {since}, and the days of grace are over.",
      "A payment is overdue, and the days of grace are over.",
    ],
    TITLE_UNKNOWN: ["This title is not in the catalogue."],
    COUNTRY_UNKNOWN: ["It is not known which country you are in, so nothing can be shown."],
    GEO_BLOCKED: [
      "This title is not licensed in {country}.",
      "This title is not licensed in your country.",
    ],
    NOT_YET_AVAILABLE: ["This title opens on {opens_at}.", "This title is not available yet."],
    NO_LONGER_AVAILABLE: ["This title is no longer available."],
    BLACKOUT: [
      "This title is blacked out in {country} at the moment.",
      "This title is blacked out at the moment.",
    ],
    RATING_BLOCKED: [
      "This title is rated {rating}; this viewer may watch up to {max_rating}.",
      "This title is rated higher than this viewer may watch.",
    ],
    GRANT_NOT_STARTED: [
      "Your right to this title starts on {from}.",
      "Your right to this title has not started yet.",
    ],
    GRANT_EXPIRED: [
      "Your right to this title ended on {to}.",
      "Your right to this title has ended.",
    ],
    DEVICE_CLASS_BLOCKED: [
      "Your plan does not play on {device_class}.",
      "Your plan does not play on this kind of device.",
    ],
    AD_TIER_EXCLUDED: ["Plans with ads do not include this title."],
    NOT_ENTITLED: ["Nothing you have includes this title."],
    DEVICE_LIMIT: [
      "All devices of your plan are taken ({device_limit}): remove one of them first.",
      "All devices of your plan are taken: remove one of them first.",
    ],
    STREAM_LIMIT: [
      "All streams of your plan are running ({stream_limit}): stop one of them first.",
      "All streams of your plan are running: stop one of them first.",
    ],
  },
  notice: {
    PAST_DUE_GRACE: [
      "A payment is due: pay by {grace_until} to go on watching.",
      "A payment is due: pay soon to go on watching.",
    ],
  },
  rule: {
    account: [
      "The account is {status} since {since}.",
      "The account is {status}.",
      "The account is in good standing.",
    ],
    past_due: [
      "A payment is due since {since}; grace ends on {grace_ends_at}.",
      "A payment is due; there are {grace_days} days of grace.",
      "No payment is due.",
    ],
    title: ["The catalogue has {title}.", "The catalogue has the title."],
    country: ["The country is {country}.", "The country is known."],
    territory: ["Licensed in {country}.", "Licensed in the country."],
    window: ["Open until {open_until}.", "Open on {opens_at}.", "A licence window is open."],
    blackout: ["Blacked out until {until}.", "No blackout before {next_at}.", "No blackout."],
    rating: [
      "Rated {rating}, and up to {max_rating} is allowed.",
      "Rated {rating}, and nothing limits this viewer.",
      "The rating is allowed.",
    ],
    grant: [
      "Grant {grant} ({kind} {plan}), {from} to {to}.",
      "Grant {grant} ({kind}), {from} to {to}.",
      "Grant {grant} ({kind}), from {from}.",
      "Grant {grant} ({kind}).",
      "A grant that can be used.",
    ],
    entitlement: [
      "The best grant is {grant}, up to {max_height} lines.",
      "A grant covers the title.",
    ],
    device_limit: [
      "{devices} of {limit} devices are registered.",
      "There is a place for the device.",
    ],
    stream_limit: [
      "{streams} of {limit} streams run on other devices.",
      "There is a place for the stream.",
    ],
  },
  obligation: {
    max_height: ["Picture up to {max_height} lines."],
    ads: ["With ads."],
    no_ads: ["Without ads."],
    expires_at: ["This right ends on {expires_at}."],
  },
  device: {
    mobile: ["phones and tablets"],
    web: ["web browsers"],
    tv: ["television sets"],
    console: ["game consoles"],
  },
  word: {
    active: ["active"],
    past_due: ["past due"],
    suspended: ["suspended"],
    chargeback: ["charged back"],
    closed: ["closed"],
    plan: ["plan"],
    trial: ["trial"],
    purchase: ["purchase"],
    rental: ["rental"],
    coupon: ["coupon"],
    free: ["free"],
  },
};
