// @ts-check
import { DurableObject } from "cloudflare:workers";
import { About } from "../about.js";
import { refusedBy } from "../store-answer.js";
import { DenyList } from "./deny-list.js";
import { Plans } from "./plans.js";
import { Publications, contentOf } from "./publications.js";
import { SCHEMA } from "./schema.js";
import { Titles } from "./titles.js";

/** @typedef {import("../store-answer.js").StoreRefusal} StoreRefusal */
/** @typedef {import("./revision.js").Expected} Expected */
/** @typedef {import("./document.js").Json} Json */
/** @typedef {import("./publications.js").Publication} Publication */
/** @typedef {import("./titles.js").TitleDraft} TitleDraft */

/**
 * The catalogue of a tenant: titles, plans and policy as they are being worked on, the versions that were
 * published, and what is denied. What the edge is told of changes only by a publication.
 * @extends {DurableObject<import("../catalogue.js").CatalogueEnv>}
 */
export class Catalogue extends DurableObject {
  #about;
  #titles;
  #plans;
  #publications;
  #denyList;
  /** The last publication, after which the next one begins. @type {Promise<unknown>} */
  #publishing = Promise.resolve();

  /**
   * @param {DurableObjectState} ctx
   * @param {import("../catalogue.js").CatalogueEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    const sql = ctx.storage.sql;
    this.#about = new About(sql, SCHEMA);
    this.#titles = new Titles(sql);
    this.#plans = new Plans(sql, this.#about);
    this.#publications = new Publications(ctx.storage);
    this.#denyList = new DenyList(sql, this.#about);
  }

  /** @param {string} id */
  title(id) {
    return this.#atOnce(() => this.#titles.get(id));
  }

  /** @param {import("./titles.js").TitleSearch} search */
  titles(search) {
    return this.#atOnce(() => ({ ...this.#titles.list(search), states: this.#titles.counts() }));
  }

  /**
   * Stores a title that was checked.
   * @param {TitleDraft} draft
   * @param {string} actor
   * @param {Expected} expected
   */
  putTitle(draft, actor, expected) {
    return this.#atOnce(() => {
      const isNew = !this.#titles.has(draft.id);
      this.#titles.put([draft], actor, Date.now(), expected);
      return { title: this.#titles.get(draft.id), isNew };
    });
  }

  /**
   * Stores titles that were checked: all of them or none.
   * @param {TitleDraft[]} drafts
   * @param {string} actor
   * @returns {{ changed: number } | { line: StoreRefusal & { index: number } } | StoreRefusal}
   */
  importTitles(drafts, actor) {
    let index = -1;
    const answer = this.#atOnce(() => {
      try {
        return { changed: this.#titles.put(drafts, actor, Date.now()) };
      } catch (error) {
        index = /** @type {{ index?: number }} */ (error).index ?? -1;
        throw error;
      }
    });
    return index >= 0 && "refusal" in answer ? { line: { ...answer, index } } : answer;
  }

  /**
   * @param {string} id
   * @param {string} state
   * @param {string} actor
   * @param {Expected} expected
   */
  moveTitle(id, state, actor, expected) {
    return this.#atOnce(() => this.#titles.move(id, state, actor, Date.now(), expected));
  }

  /**
   * @param {string} id
   * @param {Expected} expected
   */
  deleteTitle(id, expected) {
    return this.#atOnce(() => {
      this.#titles.delete(id, expected);
      return {};
    });
  }

  /** @param {string} id */
  plan(id) {
    return this.#atOnce(() => this.#plans.get(id));
  }

  /**
   * @param {string | null} after
   * @param {number} limit
   */
  plans(after, limit) {
    return this.#atOnce(() => this.#plans.list(after, limit));
  }

  /**
   * @param {string} id
   * @param {Json} plan
   * @param {string} actor
   * @param {Expected} expected
   */
  putPlan(id, plan, actor, expected) {
    return this.#atOnce(() => this.#plans.put(id, plan, actor, Date.now(), expected));
  }

  /**
   * @param {string} id that no grant uses
   * @param {Expected} expected
   */
  deletePlan(id, expected) {
    return this.#atOnce(() => {
      this.#plans.delete(id, expected);
      return {};
    });
  }

  policy() {
    return this.#atOnce(() => this.#plans.policy());
  }

  /**
   * @param {Json} policy
   * @param {Json[] | null} plans
   * @param {string} actor
   * @param {Expected} expected
   */
  putPolicy(policy, plans, actor, expected) {
    return this.#atOnce(() => this.#plans.putPolicy(policy, plans, actor, Date.now(), expected));
  }

  /** Plans that would go if there were only these. @param {string[]} ids */
  plansMissingIn(ids) {
    return this.#atOnce(() => ({ ids: this.#plans.missingIn(ids) }));
  }

  /**
   * What of the things that a grant names is there.
   * @param {string | null} plan
   * @param {string | null} title
   */
  knows(plan, title) {
    return this.#atOnce(() => ({
      plan: plan === null || this.#plans.has(plan),
      title: title === null || this.#titles.has(title),
    }));
  }

  /**
   * Publishes what there is now, or the content of an older version, as the next version. The same content again
   * is no new version.
   * @param {number | null} version
   * @param {string} actor
   * @returns {Promise<Publication | StoreRefusal>}
   */
  publish(version, actor) {
    const published = this.#publishing.then(async () => {
      try {
        if (version !== null) return await this.#publications.republish(version, actor, Date.now());
        // All that is read here is of one moment: nothing else runs meanwhile.
        const content = contentOf(this.#plans.whole(), this.#titles.published());
        return await this.#publications.publish(content, actor, Date.now());
      } catch (error) {
        return refusedBy(error);
      }
    });
    this.#publishing = published.catch(() => {});
    return published;
  }

  /** @returns {Publication | null} */
  newest() {
    return this.#publications.newest();
  }

  /**
   * @param {number} version
   * @param {number} number
   */
  piece(version, number) {
    return this.#publications.piece(version, number);
  }

  /**
   * @param {number | null} after
   * @param {number} limit
   */
  versions(after, limit) {
    return this.#atOnce(() => this.#publications.list(after, limit));
  }

  /**
   * The version of the keys that have this digest: other keys are the next version.
   * @param {string} digest
   */
  keysetVersion(digest) {
    return this.ctx.storage.transactionSync(() => {
      const version = Number(this.#about.get("keyset_version") ?? 0);
      if (this.#about.get("keyset_digest") === digest) return version;
      this.#about.set("keyset_digest", digest);
      this.#about.set("keyset_version", version + 1);
      return version + 1;
    });
  }

  denyList() {
    return this.ctx.storage.transactionSync(() => this.#denyList.document(Date.now()));
  }

  /**
   * @param {number | null} after
   * @param {number} limit
   */
  denied(after, limit) {
    return this.#atOnce(() => this.#denyList.list(after, limit, Date.now()));
  }

  /**
   * @param {import("./deny-list.js").Denial} denial
   * @param {string} actor
   */
  deny(denial, actor) {
    return this.#atOnce(() => ({ entry: this.#denyList.add(denial, actor, Date.now()) }));
  }

  /** @param {number} entry */
  undeny(entry) {
    return this.#atOnce(() => {
      this.#denyList.delete(entry, Date.now());
      return {};
    });
  }

  /**
   * Runs `work` in one transaction, of which nothing stays when it throws.
   * @template T
   * @param {() => T} work
   * @returns {T | StoreRefusal}
   */
  #atOnce(work) {
    try {
      return this.ctx.storage.transactionSync(work);
    } catch (error) {
      return refusedBy(error);
    }
  }
}
