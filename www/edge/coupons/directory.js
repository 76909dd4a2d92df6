// @ts-check
import { DurableObject } from "cloudflare:workers";
import { changeCoupon, orderCodes, readCoupon, readCouponGroup } from "usher/office";
import { Alarm } from "../alarm.js";
import { callModule } from "../office-module.js";
import { Refused } from "../refusal.js";
import { refusedBy } from "../store-answer.js";
import { Claims } from "./directory/claims.js";
import { Coupons } from "./directory/coupons.js";
import { Figures } from "./directory/figures.js";
import { Groups } from "./directory/groups.js";
import { JOBS_KEPT_MS, Jobs } from "./directory/jobs.js";
import { Pushes } from "./directory/pushes.js";
import { Ranges } from "./directory/ranges.js";
import { REQUESTS_KEPT_MS, Requests } from "./directory/requests.js";
import { About } from "./directory/schema.js";
import { newId } from "./identifier.js";
import { groupShardOf } from "./objects.js";

/** @typedef {import("../store-answer.js").StoreRefusal} StoreRefusal */
/** @typedef {import("usher/office").Coupon} Coupon */
/** @typedef {import("usher/office").Making} Making */
/** @typedef {import("./directory/jobs.js").Job} Job */
/** @typedef {{ coupon: Coupon, job: Job | null }} NewCoupon */
/** @typedef {import("./directory/jobs.js").RefusedRow} RefusedRow */
/** @typedef {{ codes: number, rows: string, refused: RefusedRow[] }} CodeRows */

/** What did not go well is tried again after that. */
const AGAIN_MS = 2000;

/** How long an alarm works before others have their turn. */
const WORK_MS_MAX = 5000;

/** Coupons that the edge is told of. */
const KNOWLEDGE_COUPONS_MAX = 10_000;

/** How long the edge is told of a coupon that is over, so that it can say so. */
const KNOWLEDGE_ENDED_MS = 7 * 24 * 3600 * 1000;

/**
 * The groups, coupons and jobs of a tenant. It consumes nothing: shards of groups do, which are told of every
 * definition.
 * @extends {DurableObject<import("../coupons.js").CouponsEnv>}
 */
export class CouponDirectory extends DurableObject {
  #about;
  #alarm;
  #groups;
  #coupons;
  #pushes;
  #jobs;
  #requests;
  #claims;
  #ranges;
  #figures;

  /**
   * @param {DurableObjectState} ctx
   * @param {import("../coupons.js").CouponsEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    const sql = ctx.storage.sql;
    this.#about = new About(sql);
    this.#alarm = new Alarm(ctx.storage);
    this.#groups = new Groups(sql);
    this.#coupons = new Coupons(sql);
    this.#pushes = new Pushes(sql, env);
    this.#jobs = new Jobs(ctx.storage, env);
    this.#requests = new Requests(sql);
    this.#claims = new Claims(env, (coupon) => this.#coupons.find(coupon) !== null);
    this.#ranges = new Ranges(sql, env.COUPON_KEYS);
    this.#figures = new Figures(sql);
    this.#jobs.dropReceiving();
    ctx.blockConcurrencyWhile(async () => {
      await this.#alarm.load();
      this.#armToForget();
    });
  }

  /** Goes on with what waits. An alarm must not throw: it would be given up on. */
  async alarm() {
    this.#alarm.rang();
    try {
      this.ctx.storage.transactionSync(() => {
        this.#jobs.forget(Date.now() - JOBS_KEPT_MS);
        this.#requests.forget(Date.now() - REQUESTS_KEPT_MS);
      });
      const isTold = await this.#pushes.step(null);
      const endMs = Date.now() + WORK_MS_MAX;
      while (Date.now() < endMs && (await this.#jobs.step())) {
        // Calls between objects of one process never let its loop look at the network.
        await scheduler.wait(1);
      }
      if (!isTold) this.#alarm.arm(Date.now() + AGAIN_MS);
      if (this.#jobs.isWaiting()) this.#alarm.arm(Date.now());
      this.#armToForget();
    } catch (error) {
      console.error("a job could not go on:", error);
      this.#alarm.arm(Date.now() + AGAIN_MS);
    }
  }

  /** @param {Uint8Array} body */
  createGroup(body) {
    return this.#atOnce(() => {
      const draft = callModule(() => readCouponGroup(body));
      return this.#groups.add(draft, Date.now());
    });
  }

  /** @param {string} id */
  group(id) {
    return this.#atOnce(() => this.#groups.get(id));
  }

  /**
   * @param {string | null} search
   * @param {number | null} after
   * @param {number} limit
   */
  groups(search, after, limit) {
    return this.#atOnce(() => this.#groups.list(search, after, limit));
  }

  /**
   * Claims the code of a coupon, if it has one, defines the coupon, begins to make its codes and tells the
   * shards of its group; once, if it comes with a key.
   * @param {string} group
   * @param {Uint8Array} body
   * @param {import("./directory/requests.js").KeyedRequest | null} request
   * @returns {Promise<NewCoupon | StoreRefusal>}
   */
  async createCoupon(group, body, request) {
    try {
      const create = () => this.#createCoupon(group, body, request);
      const made = await this.#requests.once(request, create);
      // Also when it was made before: a crash may have come between.
      await this.#pushes.step(made.coupon.id);
      return made;
    } catch (error) {
      return refusedBy(error);
    }
  }

  /**
   * @param {string} group
   * @param {Uint8Array} body
   * @param {import("./directory/requests.js").KeyedRequest | null} request
   * @returns {Promise<NewCoupon>}
   */
  async #createCoupon(group, body, request) {
    const { shards } = this.#groups.get(group);
    const place = { id: newId(), group, shards };
    const { coupon, making } = callModule(() => readCoupon(body, place));
    /** @type {Job | null} */
    let job = null;
    await this.#claims.during(coupon, shards, () => {
      this.ctx.storage.transactionSync(() => {
        this.#define(coupon, making, shards);
        if (making === null) this.#coupons.count(coupon.id, 1);
        else if (making.quantity > 0) job = this.#issue(coupon.id, making);
        this.#requests.remember(request, { coupon, job });
      });
    });
    return { coupon, job };
  }

  /**
   * Changes what may be changed of a coupon and tells the shards of its group.
   * @param {string} id
   * @param {Uint8Array} body
   */
  async changeCoupon(id, body) {
    try {
      const { coupon } = this.#coupons.get(id);
      const changed = callModule(() => changeCoupon(coupon, body));
      if (changed.version !== coupon.version) {
        const { shards } = this.#groups.get(coupon.group);
        this.ctx.storage.transactionSync(() => this.#define(changed, null, shards));
      }
      // Also when nothing changed: a shard may not have heard of the change before.
      await this.#pushes.step(id);
      return this.#coupons.get(id);
    } catch (error) {
      return refusedBy(error);
    }
  }

  /**
   * Begins to make further codes.
   * @param {string} id
   * @param {Uint8Array} body
   */
  orderCodes(id, body) {
    return this.#atOnce(() => {
      const { issued } = this.#coupons.get(id);
      const making = this.#coupons.making(id);
      if (making === null) {
        const message = `coupon \`${id}\` has one code, expected a coupon with generated codes`;
        throw new Refused("invalid_value", message, "coupon");
      }
      return this.#issue(
        id,
        callModule(() => orderCodes(making, issued, body)),
      );
    });
  }

  /** @param {string} id */
  coupon(id) {
    return this.#atOnce(() => this.#coupons.get(id));
  }

  /**
   * @param {string} group
   * @param {import("./directory/coupons.js").CouponFilter} filter
   */
  coupons(group, filter) {
    return this.#atOnce(() => {
      this.#groups.get(group);
      return this.#coupons.list(group, filter, Date.now());
    });
  }

  /**
   * @param {number | null} after
   * @param {number} limit
   */
  jobs(after, limit) {
    return this.#atOnce(() => this.#jobs.list(after, limit));
  }

  /** @param {string} job */
  job(job) {
    return this.#atOnce(() => this.#jobs.get(job));
  }

  /** @param {string} job */
  cancelJob(job) {
    return this.#atOnce(() => this.#jobs.cancel(job));
  }

  /**
   * @param {string} group
   * @param {string} id
   */
  beginImport(group, id) {
    return this.#atOnce(() => {
      this.#groups.get(group);
      const { coupon } = this.#coupons.get(id);
      const { codes } = coupon;
      const takes = coupon.group === group && codes.kind === "generated" && !codes.tagged;
      if (takes) return this.#jobs.add("import", id, 0, null);
      const message = `coupon \`${id}\` takes no codes of a file, expected one of group \`${group}\` with generated codes that are not tagged`;
      throw new Refused("invalid_value", message, "coupon");
    });
  }

  /**
   * @param {string} job
   * @param {number} sequence
   * @param {CodeRows} piece
   */
  importPiece(job, sequence, piece) {
    return this.#atOnce(() => {
      this.#jobs.receive(job, sequence, piece);
      return {};
    });
  }

  /**
   * @param {string} job
   * @param {number} sequence
   * @param {{ last: CodeRows, rows: number, ignored: string[] }} end
   */
  endImport(job, sequence, { last, rows, ignored }) {
    return this.#atOnce(() => {
      this.#jobs.receive(job, sequence, last);
      this.#alarm.arm(Date.now());
      const names = ignored.map((name) => `\`${name}\``).join(", ");
      const message = ignored.length === 0 ? "" : `columns that were not looked at: ${names}`;
      return this.#jobs.received(job, rows, message);
    });
  }

  /**
   * @param {string} job
   * @param {string | null} message
   */
  dropImport(job, message) {
    return this.#atOnce(() => {
      this.#jobs.drop(job, message);
      return {};
    });
  }

  /**
   * @param {string} job
   * @param {number} after
   */
  report(job, after) {
    return this.#atOnce(() => this.#jobs.report(job, after));
  }

  /**
   * What the edge has to know, if it changed since.
   * @param {number} sinceVersion 0 for all
   */
  knowledge(sinceVersion) {
    const version = this.#about.get("knowledge");
    if (version === sinceVersion) return null;
    const sql = this.ctx.storage.sql;
    const coupons = this.#coupons.current(Date.now() - KNOWLEDGE_ENDED_MS, KNOWLEDGE_COUPONS_MAX);
    return {
      version,
      coupons,
      complete: coupons.length < KNOWLEDGE_COUPONS_MAX,
      groups: sql.exec("SELECT id, shards FROM groups ORDER BY number").toArray(),
      ranges: this.#ranges.list(null),
    };
  }

  /**
   * A tagged code that was issued: it is stored nowhere unless it was revoked.
   * @param {string} code as it is stored
   * @returns {import("./codes.js").FoundCode | null | StoreRefusal}
   */
  tagged(code) {
    return this.#atOnce(() => {
      const id = this.#ranges.couponOf(code);
      if (id === null) return null;
      const { group } = this.#coupons.get(id).coupon;
      const shard = groupShardOf(code, this.#groups.get(group).shards);
      return { code, coupon: id, group, shard, revoked: false, exact: false };
    });
  }

  /**
   * Where the codes of a group are: those of the first coupon from this number on, or of this one alone.
   * @param {string} group
   * @param {string | null} coupon
   * @param {number} number
   * @returns {(import("./directory/coupons.js").CodeSource & { shards: number }) | null | StoreRefusal}
   */
  codeSource(group, coupon, number) {
    return this.#atOnce(() => {
      const { shards } = this.#groups.get(group);
      const source = this.#coupons.source(group, coupon, number);
      return source && { ...source, shards, ranges: this.#ranges.list(source.coupon) };
    });
  }

  /**
   * What a shard of a group tells of its redemptions.
   * @param {string} group
   * @param {number} shard
   * @param {number} _version of the last row; each row has its own
   * @param {import("./directory/figures.js").FigureRow[]} rows
   */
  figures(group, shard, _version, rows) {
    this.ctx.storage.transactionSync(() => this.#figures.put(group, shard, rows));
  }

  /**
   * @param {keyof typeof import("./directory/figures.js").FIGURES_BY} by
   * @param {import("./directory/figures.js").FigureQuery} query
   * @returns {{ rows: object[], next: string | number | null } | StoreRefusal}
   */
  figuresBy(by, query) {
    return this.#atOnce(() => this.#figures.list(by, query));
  }

  /** Rings when the first job or request is to be forgotten. */
  #armToForget() {
    const { oldestEndMs } = this.#jobs;
    if (oldestEndMs !== null) this.#alarm.arm(oldestEndMs + JOBS_KEPT_MS);
    const { oldestMs } = this.#requests;
    if (oldestMs !== null) this.#alarm.arm(oldestMs + REQUESTS_KEPT_MS);
  }

  /**
   * @param {Coupon} coupon
   * @param {Making | null} making
   * @param {number} shards
   */
  #define(coupon, making, shards) {
    this.#coupons.put(coupon, making, Date.now());
    this.#pushes.add(coupon.id, shards);
    this.#about.next("knowledge");
    this.#alarm.arm(Date.now() + AGAIN_MS);
  }

  /**
   * @param {string} coupon
   * @param {Making} making
   * @returns {Job}
   */
  #issue(coupon, making) {
    const { quantity } = making;
    if (!making.tagged) {
      this.#alarm.arm(Date.now());
      return this.#jobs.add("generate", coupon, quantity, making);
    }
    // Nothing is to be stored of them.
    this.#ranges.take(coupon, quantity);
    this.#coupons.count(coupon, quantity);
    this.#about.next("knowledge");
    return this.#jobs.addDone(coupon, quantity);
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
