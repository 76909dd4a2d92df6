// @ts-check
import { Refused } from "../refusal.js";
import { FIRST_POLICY, checkPlans, policyWith } from "./document.js";
import { demandRevision } from "./revision.js";

/** @typedef {import("./revision.js").Expected} Expected */
/** @typedef {import("./document.js").Json} Json */

/**
 * What was written, with which revision it is, and who wrote it when.
 * @typedef {object} Written
 * @property {number} revision 0: never
 * @property {number} changed_ms
 * @property {string} changed_by
 */

/** The policy and its plans, which are judged together. */
export class Plans {
  #sql;
  #about;

  /**
   * @param {SqlStorage} sql
   * @param {import("../about.js").About} about
   */
  constructor(sql, about) {
    this.#sql = sql;
    this.#about = about;
  }

  /** @param {string} id */
  get(id) {
    const [row] = this.#sql.exec("SELECT * FROM plans WHERE id = ?", id).toArray();
    if (row !== undefined) return writtenIn(row);
    throw new Refused("plan_unknown", `plan \`${id}\` is not known`, "plan");
  }

  /** @param {string} id */
  has(id) {
    return this.#sql.exec("SELECT 1 FROM plans WHERE id = ?", id).toArray().length > 0;
  }

  /**
   * @param {string | null} after
   * @param {number} limit
   */
  list(after, limit) {
    const sql = "SELECT * FROM plans WHERE id > ? ORDER BY id LIMIT ?";
    const rows = this.#sql.exec(sql, after ?? "", limit + 1).toArray();
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? String(page.at(-1)?.["id"]) : null;
    return { rows: page.map(writtenIn), next };
  }

  /**
   * The policy without its plans.
   * @returns {Written}
   */
  policy() {
    const [row] = this.#sql.exec("SELECT * FROM policy").toArray();
    if (row !== undefined) return writtenIn(row);
    return { ...FIRST_POLICY, revision: 0, changed_ms: 0, changed_by: "" };
  }

  /** The policy as it is published. */
  whole() {
    const revision = Number(this.#about.get("policy_revision") ?? 0);
    return policyWith(this.#policy(), this.#plans(), revision);
  }

  /**
   * @param {string} id
   * @param {Json} plan
   * @param {string} actor
   * @param {number} nowMs
   * @param {Expected} expected
   */
  put(id, plan, actor, nowMs, expected) {
    const known = this.has(id) ? this.get(id) : null;
    demandRevision(expected, known?.revision ?? 0, "plan", id);
    const plans = this.#plans();
    const found = plans.findIndex((each) => each["id"] === id);
    const place = found === -1 ? plans.length : found;
    plans.splice(place, 1, plan);
    checkPlans(this.#policy(), plans, place);
    this.#write(id, plan, actor, nowMs);
    return { plan: this.get(id), isNew: known === null };
  }

  /**
   * @param {string} id
   * @param {Expected} expected
   */
  delete(id, expected) {
    demandRevision(expected, this.get(id).revision, "plan", id);
    const includers = this.#plans().filter(({ includes }) =>
      /** @type {unknown[]} */ (includes ?? []).includes(id),
    );
    const [first] = includers;
    if (first !== undefined) {
      const message = `plan \`${id}\` is a part of plan \`${first["id"]}\`, expected one that nothing includes`;
      throw new Refused("plan_in_use", message, "plan");
    }
    this.#sql.exec("DELETE FROM plans WHERE id = ?", id);
    this.#changed();
  }

  /**
   * @param {Json} policy
   * @param {Json[] | null} plans that take the place of all that are there
   * @param {string} actor
   * @param {number} nowMs
   * @param {Expected} expected
   */
  putPolicy(policy, plans, actor, nowMs, expected) {
    demandRevision(expected, this.policy().revision, "policy", "policy");
    checkPlans(policy, plans ?? this.#plans(), null);
    const document = JSON.stringify(policy);
    if (JSON.stringify(this.#policy()) !== document || this.policy().revision === 0) {
      this.#sql.exec(
        `INSERT INTO policy VALUES (1, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document,
           revision = revision + 1, changed_ms = excluded.changed_ms, changed_by = excluded.changed_by`,
        document,
        nowMs,
        actor,
      );
      this.#changed();
    }
    if (plans !== null) this.#replace(plans, actor, nowMs);
    return this.policy();
  }

  /** @param {string[]} ids that would go if these plans took the place of all */
  missingIn(ids) {
    return this.#plans()
      .map(({ id }) => String(id))
      .filter((id) => !ids.includes(id));
  }

  /**
   * @param {Json[]} plans
   * @param {string} actor
   * @param {number} nowMs
   */
  #replace(plans, actor, nowMs) {
    for (const id of this.missingIn(plans.map(({ id }) => String(id)))) {
      this.#sql.exec("DELETE FROM plans WHERE id = ?", id);
      this.#changed();
    }
    for (const plan of plans) this.#write(String(plan["id"]), plan, actor, nowMs);
  }

  /**
   * @param {string} id
   * @param {Json} plan
   * @param {string} actor
   * @param {number} nowMs
   */
  #write(id, plan, actor, nowMs) {
    const written = this.#sql.exec(
      `INSERT INTO plans VALUES (?, ?, 1, ?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document,
         revision = revision + 1, changed_ms = excluded.changed_ms, changed_by = excluded.changed_by
       WHERE document <> excluded.document RETURNING 1`,
      id,
      JSON.stringify(plan),
      nowMs,
      actor,
    );
    if (written.toArray().length > 0) this.#changed();
  }

  #changed() {
    const revision = Number(this.#about.get("policy_revision") ?? 0);
    this.#about.set("policy_revision", revision + 1);
  }

  /** @returns {Json} */
  #policy() {
    const { revision, changed_ms, changed_by, ...policy } = this.policy();
    return policy;
  }

  /** @returns {Json[]} */
  #plans() {
    const rows = this.#sql.exec("SELECT document FROM plans ORDER BY id").toArray();
    return rows.map(({ document }) => JSON.parse(String(document)));
  }
}

/**
 * @param {Record<string, SqlStorageValue>} row
 * @returns {Written}
 */
function writtenIn({ document, revision, changed_ms, changed_by }) {
  return {
    ...JSON.parse(String(document)),
    revision: Number(revision),
    changed_ms: Number(changed_ms),
    changed_by: String(changed_by),
  };
}
