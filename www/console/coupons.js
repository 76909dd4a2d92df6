// @ts-check
// The operator's coupons: groups, their coupons and codes, one code, and what was redeemed.
import { init } from "usher";
import { CouponFigures } from "./parts/coupon-figures.js";
import { CouponGroupPage } from "./parts/coupon-group.js";
import { CouponGroups } from "./parts/coupon-groups.js";
import { CouponLookup } from "./parts/coupon-lookup.js";
import { CouponPage } from "./parts/coupon-page.js";
import { element } from "./parts/element.js";
import { Notice } from "./parts/notice.js";
import { language, languageSwitch, onLanguage, say, translate } from "./parts/texts.js";
import { themeToggle } from "./parts/theme-toggle.js";

/** @typedef {{ show: (name: string) => void, hide: () => void }} View */

const notice = new Notice(element("notice", HTMLElement));

themeToggle(element("theme", HTMLButtonElement), {
  label: (theme) => say(`theme.${theme}`),
  sentence: (now, next) => say("theme.say", { now, next }),
  onLanguage,
});
languageSwitch(element("languages", HTMLElement));
onLanguage(speak);
speak();

/** @type {{ path: RegExp, id: string, section: string, view: View }[]} */
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
addEventListener("hashchange", () => open(true));
open(false);

/** @param {boolean} moves whether somebody followed a link, and reads on from there */
function open(moves) {
  const found = views.find(({ path }) => path.test(location.hash)) ?? views[0];
  if (!found) return;
  const [, name = ""] = found.path.exec(location.hash) ?? [];
  for (const { id, view } of views) {
    const element = document.getElementById(id);
    if (!element || element.hidden) continue;
    element.hidden = true;
    view.hide();
  }
  element(found.id, HTMLElement).hidden = false;
  for (const each of document.querySelectorAll(".sections a")) {
    if (each.getAttribute("href") === found.section) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");
  }
  if (moves) {
    const heading = document.querySelector(`#${found.id} h2`);
    heading?.setAttribute("tabindex", "-1");
    if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  found.view.show(decode(name));
}

/** @param {string} name a link that was cut in the middle of a symbol is taken as it is */
function decode(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function speak() {
  document.documentElement.lang = language();
  translate(document);
  document.title = say("page.document");
}
