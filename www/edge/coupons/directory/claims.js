// @ts-check
import { Refused } from "../../refusal.js";
import { codesOf } from "../objects.js";

/** @typedef {import("usher/office").Coupon} Coupon */

/** Claims of codes by coupons that are about to be defined. */
export class Claims {
  #env;
  #isDefined;
  /** Coupons whose code is claimed and that are not defined yet. @type {Set<string>} */
  #open = new Set();

  /**
   * @param {import("../../coupons.js").CouponsEnv} env
   * @param {(coupon: string) => boolean} isDefined
   */
  constructor(env, isDefined) {
    this.#env = env;
    this.#isDefined = isDefined;
  }

  /**
   * Claims the code of a coupon, if it is named, and defines the coupon. A claim that a crash left without a
   * coupon is taken over by the next one.
   * @param {Coupon} coupon
   * @param {number} shards of its group
   * @param {() => void} define
   */
  async during(coupon, shards, define) {
    this.#open.add(coupon.id);
    try {
      if (coupon.codes.kind === "named") await this.#claim(coupon, coupon.codes.code, shards);
      define();
    } finally {
      this.#open.delete(coupon.id);
    }
  }

  /**
   * @param {Coupon} coupon
   * @param {string} code
   * @param {number} shards
   */
  async #claim({ id, group }, code, shards) {
    const owner = { coupon: id, group, shards, job: 0 };
    const codes = codesOf(this.#env, code);
    if ((await codes.insert(owner, [[0, code, 1]])).accepted === 1) return;
    const holder = (await codes.find(code))?.coupon ?? "";
    const isOrphan = !this.#isDefined(holder) && !this.#open.has(holder);
    if (isOrphan && (await codes.take(code, holder, owner))) return;
    const message = `code \`${code}\` is taken by coupon \`${holder}\`, expected another one`;
    throw new Refused("code_taken", message, "codes.code");
  }
}
