// @ts-check
// The operator's catalogue: titles and their licences, plans, what viewers hold, and decisions explained.
import { element } from "./parts/element.js";
import { hashViews } from "./parts/hash-views.js";
import { addTexts, language, languageSwitch, onLanguage, say, translate } from "./parts/texts.js";
import { CATALOGUE_EN } from "./parts/texts-catalogue-en.js";
import { CATALOGUE_ES } from "./parts/texts-catalogue-es.js";
import { RIGHTS_EN } from "./parts/texts-rights-en.js";
import { RIGHTS_ES } from "./parts/texts-rights-es.js";
import { themeToggle } from "./parts/theme-toggle.js";
import { AccountList } from "./parts/account-list.js";
import { AccountPage } from "./parts/account-page.js";
import { DecisionPage } from "./parts/decision-page.js";
import { PlanList } from "./parts/plan-list.js";
import { PlanPage } from "./parts/plan-page.js";
import { Publication } from "./parts/publication.js";
import { TitleList } from "./parts/title-list.js";
import { TitlePage } from "./parts/title-page.js";

addTexts(CATALOGUE_EN, CATALOGUE_ES);
addTexts(RIGHTS_EN, RIGHTS_ES);
themeToggle(element("theme", HTMLButtonElement), {
  label: (theme) => say(`theme.${theme}`),
  sentence: (now, next) => say("theme.say", { now, next }),
  onLanguage,
});
languageSwitch(element("languages", HTMLElement));
onLanguage(speak);
speak();

hashViews([
  { path: /^#?\/?$/, id: "titles-view", section: "#/", view: new TitleList() },
  { path: /^#\/titles\/([^/]+)$/, id: "title-view", section: "#/", view: new TitlePage() },
  { path: /^#\/plans$/, id: "plans-view", section: "#/plans", view: new PlanList() },
  { path: /^#\/plans\/([^/]+)$/, id: "plan-view", section: "#/plans", view: new PlanPage() },
  {
    path: /^#\/publication$/,
    id: "publication-view",
    section: "#/publication",
    view: new Publication(),
  },
  { path: /^#\/viewers$/, id: "viewers-view", section: "#/viewers", view: new AccountList() },
  {
    path: /^#\/viewers\/([^/]+)$/,
    id: "viewer-view",
    section: "#/viewers",
    view: new AccountPage(),
  },
  {
    path: /^#\/decisions(?:\?(.*))?$/,
    id: "decisions-view",
    section: "#/decisions",
    view: new DecisionPage(),
  },
]);

function speak() {
  document.documentElement.lang = language();
  translate(document);
  document.title = say("catalogue.document");
}
