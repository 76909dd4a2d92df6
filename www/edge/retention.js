// @ts-check

const DAY_MS = 24 * 3600 * 1000;

/** Ten years: what is kept for longer is an archive. */
const DAYS_MAX = 3650;

/**
 * How long the edge keeps what, by class of data: the one table of it. Days after it was last heard of;
 * `variable` names the key of the environment that says otherwise, and at least `min`.
 *
 * | data         | what it is                                            | why at least               |
 * | ------------ | ----------------------------------------------------- | -------------------------- |
 * | `states`     | the merged states of views, the reports of players,   | players send what they     |
 * |              | and with the last of them the class of the viewer     | keep for 30 days           |
 * | `quarantine` | states set apart, and what is needed to look at them  |                            |
 * | `clocks`     | what is known of the clocks of page loads             | they date those states     |
 * | `tombstones` | that a viewer was erased                              | the centre's stay 45 days, |
 * |              |                                                       | and drop what comes        |
 * | `devices`    | registered devices, since a stream of theirs ran last | a device that is forgotten |
 * |              |                                                       | gives its slot back        |
 *
 * What is known of a stream that is over goes after an hour (viewer/leases.js), the receipt of a decision when the
 * audit has it. Records of views in the `Rollup` objects stay for 90 days (records.js); batches go when they are
 * delivered.
 */
const RETENTION = /** @type {const} */ ({
  states: { days: 60, min: 31, variable: "RETENTION_DAYS_STATES" },
  quarantine: { days: 30, min: 1, variable: "RETENTION_DAYS_QUARANTINE" },
  clocks: { days: 60, min: 31, variable: "RETENTION_DAYS_CLOCKS" },
  tombstones: { days: 60, min: 46, variable: "RETENTION_DAYS_TOMBSTONES" },
  devices: { days: 365, min: 31, variable: "RETENTION_DAYS_DEVICES" },
});

/** @typedef {keyof typeof RETENTION} KeptData */

/**
 * How long each class of data is kept, in milliseconds. Of what cannot be kept as it is said `errors` tells,
 * and then the table holds.
 * @param {import("./edge.js").EdgeEnv} env
 * @returns {{ kept: Record<KeptData, number>, errors: string[] }}
 */
export function retentionOf(env) {
  /** @type {string[]} */
  const errors = [];
  const kept = Object.entries(RETENTION).map(([data, { days, min, variable }]) => {
    const said = env[variable] || String(days);
    const isDays = /^\d{1,4}$/.test(said) && Number(said) >= min && Number(said) <= DAYS_MAX;
    if (!isDays) {
      const shown = said.slice(0, 80);
      errors.push(`${variable}: \`${shown}\` is not a number of days from ${min} to ${DAYS_MAX}`);
    }
    return [data, (isDays ? Number(said) : days) * DAY_MS];
  });
  return { kept: Object.fromEntries(kept), errors };
}
