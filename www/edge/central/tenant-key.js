// @ts-check
import { keyedName } from "usher/office";
import { callModule } from "../office-module.js";
import { Refused } from "../refusal.js";

const KEY_BYTES = 32;

/**
 * The key under which viewers and views are known in this store. It can never change: under another one
 * every view would be a new view.
 */
export class TenantKey {
  #key;
  /** @type {Error | null} why the key cannot be used */
  #trouble = null;

  /**
   * @param {import("../about.js").About} about
   * @param {string | null | undefined} given TENANT_KEY; without it a random one is made once and kept
   */
  constructor(about, given) {
    this.#key = given || about.get("tenant_key") || randomKey();
    try {
      const fingerprint = this.fingerprint("");
      const known = about.get("tenant_key_fingerprint");
      if (known !== null && known !== fingerprint) {
        const message = "the TENANT_KEY is not the one that the store began with";
        throw new Refused("not_configured", message);
      }
      about.set("tenant_key_fingerprint", fingerprint);
      if (!given) about.set("tenant_key", this.#key);
    } catch (error) {
      this.#trouble = /** @type {Error} */ (error);
    }
  }

  /** The key as text. Throws for one that is too short or that the store did not begin with. */
  get text() {
    if (this.#trouble !== null) throw this.#trouble;
    return this.#key;
  }

  /** @param {string} viewer */
  viewer(viewer) {
    return this.#name("viewer", viewer);
  }

  /** @param {string} view */
  view(view) {
    return this.#name("view", view);
  }

  /**
   * What tells a secret apart from others without telling it.
   * @param {string} secret
   */
  fingerprint(secret) {
    const input = {
      tenant_key: this.#key,
      name: secret,
      kind: /** @type {const} */ ("fingerprint"),
    };
    return callModule(() => keyedName(input));
  }

  /**
   * @param {"viewer" | "view"} kind
   * @param {string} name
   */
  #name(kind, name) {
    const input = { tenant_key: this.text, name, kind };
    return callModule(() => keyedName(input));
  }
}

function randomKey() {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(KEY_BYTES))));
}
