// @ts-check

/**
 * What the centre was started with, as the audit log tells it: of secrets only whether two are the same.
 * @param {import("../central.js").CentralEnv} env
 * @param {import("./tenant-key.js").TenantKey} key
 * @param {Record<string, number>} retentionDays
 */
export function configurationOf(env, key, retentionDays) {
  /** @param {string | null | undefined} secret */
  const id = (secret) => (secret ? key.fingerprint(secret).slice(0, 16) : null);
  return {
    retention_days: retentionDays,
    operator_key: id(env.OPERATOR_KEY),
    batch_key: id(env.BATCH_KEY),
    tenant_key: key.fingerprint("").slice(0, 16),
    session_keys: namesOf(env.SESSION_KEYS),
    unsigned_views: env.UNSIGNED_VIEWS || null,
    sinks: sinksOf(env.SINKS),
  };
}

/**
 * The names in a list such as `name:secret,name:secret`, never what follows them.
 * @param {string | null | undefined} list
 */
function namesOf(list) {
  return (list ?? "")
    .split(",")
    .filter(Boolean)
    .map((each) => each.split(/[:=]/)[0]?.trim() ?? "");
}

/** @param {string | null | undefined} sinks JSON, of which the edge reads the rest */
function sinksOf(sinks) {
  try {
    return JSON.parse(sinks || "[]").map((/** @type {any} */ { name }) => String(name));
  } catch {
    return null;
  }
}

/**
 * Notes a configuration that is not the one of the start before.
 * @param {object} configuration
 * @param {import("../about.js").About} about
 * @param {import("./audit.js").Audit} audit
 * @param {number} nowMs
 */
export function noteConfiguration(configuration, about, audit, nowMs) {
  const now = JSON.stringify(configuration);
  const before = about.get("configuration");
  if (before === now) return;
  about.set("configuration", now);
  const detail = JSON.stringify({
    before: before === null ? null : JSON.parse(before),
    now: configuration,
  });
  const entry = { actor: "central", action: "configuration_changed", subject: "", detail };
  audit.add(entry, nowMs);
}
