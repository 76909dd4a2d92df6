// @ts-check
// The operator's coupons: groups, their coupons and codes, one code, and what was redeemed.
import { init } from "usher";
import { CouponFigures } from "./parts/coupon-figures.js";
import { CouponGroupPage } from "./parts/coupon-group.js";
import { CouponGroups } from "./parts/coupon-groups.js";
import { CouponLookup } from "./parts/coupon-lookup.js";
import { CouponPage } from "./parts/coupon-page.js";
import { element } from "./parts/element.js";
import { hashViews } from "./parts/hash-views.js";
import { Notice } from "./parts/notice.js";
import { language, languageSwitch, onLanguage, say, translate } from "./parts/texts.js";
import { themeToggle } from "./parts/theme-toggle.js";

const notice = new Notice(element("notice", HTMLElement));

themeToggle(element("theme", HTMLButtonElement), {
  label: (theme) => say(`theme.${theme}`),
  sentence: (now, next) => say("theme.say", { now, next }),
  onLanguage,
});
languageSwitch(element("languages", HTMLElement));
onLanguage(speak);
speak();

/** @type {import("./parts/hash-views.js").HashView[]} */
const views = [
  { path: /^#?\/?$/, id: "groups-view", section: "#/", view: new CouponGroups() },
  { path: /^#\/groups\/([^/]+)$/, id: "group-view", section: "#/", view: new CouponGroupPage() },
  { path: /^#\/coupons\/([^/]+)$/, id: "coupon-view", section: "#/", view: new CouponPage() },
  {
    path: /^#\/codes(?:\/([^/]+))?$/,
    id: "lookup-view",
    section: "#/codes",
    view: new CouponLookup(),
  },
  { path: /^#\/figures$/, id: "figures-view", section: "#/figures", view: new CouponFigures() },
];

// Codes are checked by the module before anybody is asked.
try {
  await init("/usher/player.wasm");
} catch (reason) {
  notice.show("module", {
    title: say("failed.module"),
    text: reason instanceof Error ? `${reason.message}.` : String(reason),
    remedy: { label: say("again"), act: () => location.reload() },
  });
}
hashViews(views);

function speak() {
  document.documentElement.lang = language();
  translate(document);
  document.title = say("page.document");
}
