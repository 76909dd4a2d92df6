// @ts-check
// The offer that came with the link, above the tickets.
import { benefitText, moment, money, scopeText } from "./coupon-words.js";
import { element, write } from "./element.js";
import { offerToken, verifiedOffer } from "./offer-link.js";
import { onLanguage, say } from "./texts.js";

const SECOND_MS = 1000;

export class OfferBox {
  #place = element("offer", HTMLElement);
  #text = element("offer-text", HTMLElement);
  #use = element("offer-use", HTMLButtonElement);
  #good;
  #code = "";
  /** @type {() => string} */
  #said = () => "";

  /**
   * @param {() => import("./tickets.js").Good | null} good what is chosen, to show its price
   * @param {(code: string) => void} take the code of an offer that holds
   */
  constructor(good, take) {
    this.#good = good;
    this.#use.addEventListener("click", () => take(this.#code));
    onLanguage(() => write(this.#text, this.#said()));
    addEventListener("hashchange", () => void this.open());
  }

  async open() {
    const token = offerToken();
    this.#place.hidden = token === null;
    if (token === null) return;
    this.#use.hidden = true;
    this.#say("idle", () => say("box.offer.checking"));
    try {
      const { offer, good, decision } = await verifiedOffer(token, this.#good());
      const { exp, code, coupon } = offer;
      this.#code = code ?? "";
      this.#use.hidden = !code;
      this.#say("good", () => {
        const until = moment(Number(exp) * SECOND_MS);
        const benefit = benefitText(/** @type {any} */ (coupon.benefit));
        const price =
          good && decision?.valid && decision.discount_minor > 0 ? priceText(good, decision) : "";
        return `${benefit}. ${price} ${say("box.offer.good", { until })}`;
      });
    } catch (reason) {
      const why = reason instanceof Error ? reason.message : String(reason);
      this.#say("bad", () => say("box.offer.bad", { why }));
    }
  }

  /**
   * @param {"idle" | "good" | "bad"} kind
   * @param {() => string} said
   */
  #say(kind, said) {
    this.#said = said;
    this.#place.dataset.kind = kind;
    write(this.#text, said());
  }
}

/**
 * @param {import("./tickets.js").Good} good
 * @param {{ subtotal_minor: number, total_minor: number }} decision
 */
function priceText({ scope, currency }, { subtotal_minor, total_minor }) {
  return say("box.offer.price", {
    good: scopeText(scope),
    before: money(Number(subtotal_minor), currency),
    after: money(Number(total_minor), currency),
  });
}
