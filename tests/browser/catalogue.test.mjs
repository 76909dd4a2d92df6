// @ts-check
// The operator's catalogue in a real browser, over the real workers: a title from its ingest to its publication,
// plans, what a viewer holds, and two edits at once.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { OPERATOR_KEY, startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";
import { openPage } from "./catalogue-page.mjs";

/** @param {string} text */
const utc = (text) => Date.parse(text) / 1000;

describe("the catalogue pages", () => {
  /** @type {import("../edge/server.mjs").Server} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /**
   * @param {string} hash
   * @param {Parameters<typeof openPage>[2]} [as]
   */
  const open = (hash, as) => openPage(browser, `${server.url}/catalogue${hash}`, as);

  /**
   * What another operator does meanwhile.
   *
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async function elsewhere(method, path, body) {
    const response = await fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${OPERATOR_KEY}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.ok(response.ok, `${response.status} ${await response.clone().text()}`);
    return response.status === 204 ? null : response.json();
  }

  test("an_empty_house_says_so", async () => {
    const { page, says, close } = await open("");
    await says("#titles", /No title here that fits/);
    assert.equal(await page.getAttribute('.sections a[href="#/"]', "aria-current"), "page");
    await page.click('.sections a[href="#/plans"]');
    await says("#plans", /No plan yet/);
    await page.click('.sections a[href="#/publication"]');
    await says("#versions", /Nothing has been published yet/);
    await page.click('.sections a[href="#/viewers"]');
    await says("#accounts", /No account here/);
    // Nothing was published: the browser tells of the answer.
    await close(/404/);
  });

  test("complaints_of_the_server_stand_at_their_fields", async () => {
    const { page, fill, fault, close } = await open("");
    await page.click("#title-new summary");
    await fill("#title-new-form", { id: "blob", name: "The Blob", packs: "movies" });
    await page.click("#title-new-form fieldset:has(.window-rows) >> nth=0 >> text=Add a window");
    await fill("#title-new-form", {
      "windows[0].from": "2026-01-01",
      "windows[0].to": "2026-12-31",
      "windows[0].territories": "SE, XX",
    });
    await page.click("#title-new-form .primary");
    assert.match(await fault("#title-new-form", "windows[0].territories"), /XX/);
    await fill("#title-new-form", {
      "windows[0].territories": "SE",
      "windows[0].to": "2025-12-31",
    });
    await page.click("#title-new-form .primary");
    await fault("#title-new-form", "windows[0].from").catch(() =>
      fault("#title-new-form", "windows[0].to"),
    );
    await close(/400/);
  });

  test("a_title_is_made_with_local_days", async () => {
    const { page, says, shown, fill, close } = await open("");
    await page.click("#title-new summary");
    await fill("#title-new-form", {
      id: "blob",
      name: "The Blob That Buffered",
      packs: "movies, premieres",
      rating: "12",
      max_height: "2160",
      duration_s: "1:32:05",
    });
    await page.click("#title-new-form >> text=Add a window");
    assert.equal(await page.inputValue('#title-new-form [name="zone"]'), "Europe/Madrid");
    await fill("#title-new-form", {
      "windows[0].from": "2026-01-01",
      "windows[0].to": "2036-03-31",
      "windows[0].territories": "se, es",
    });
    await says(
      "#title-new-form .means",
      /Dec 31, 2025, 11:00 PM \(UTC\) to Mar 31, 2036, 10:00 PM \(UTC\), in Sweden and Spain/,
    );
    await page.click("#title-new-form .primary");
    await says("#title-heading", /the blob that buffered/i);
    await says("#title-stamp", /^ingest$/i);
    const title = await elsewhere("GET", "/v1/catalogue/titles/blob");
    assert.deepEqual(title.windows, [
      { from: utc("2025-12-31T23:00Z"), to: utc("2036-03-31T22:00Z"), territories: ["SE", "ES"] },
    ]);
    assert.equal(title.duration_s, 5525);
    assert.equal(await page.inputValue('#title-form [name="windows[0].from"]'), "2026-01-01");
    assert.equal(await page.inputValue('#title-form [name="duration_s"]'), "1:32:05");
    assert.match(await shown("#title-path"), /ingest[^]*ready[^]*published[^]*retired/);
    await close();
  });

  test("a_second_title_of_the_same_id_is_refused_at_the_id", async () => {
    const { page, fill, fault, close } = await open("");
    await page.click("#title-new summary");
    await fill("#title-new-form", { id: "blob", packs: "movies" });
    await page.click("#title-new-form .primary");
    assert.match(await fault("#title-new-form", "id"), /There is one of this name already/);
    await close(/409/);
  });

  test("a_title_goes_from_ingest_to_published", async () => {
    const { page, says, close } = await open("#/titles/blob");
    await says("#title-stamp", /^ingest$/i);
    await page.click("#title-moves >> text=Move to ready");
    await says("#title-stamp", /^ready$/i);
    await page.click("#title-moves >> text=Move to published");
    await says("#title-stamp", /^published$/i);
    await says("#title-done", /The edge is told of it when it is published/);
    await page.click('.sections a[href="#/"]');
    await page.selectOption('#titles-filters [name="state"]', "published");
    await says("#titles", /The Blob That Buffered[^]*published[^]*from 12[^]*2160p[^]*Sweden/);
    await page.selectOption('#titles-filters [name="state"]', "retired");
    await says("#titles", /No title here that fits/);
    await page.selectOption('#titles-filters [name="state"]', "");
    await page.fill('#titles-filters [name="q"]', "BUFF");
    await says("#titles", /The Blob That Buffered[^]*1 row/);
    await close();
  });

  test("two_edits_at_once_are_compared_and_none_is_lost_unseen", async () => {
    const { page, says, shown, fill, close } = await open("#/titles/blob");
    await says("#title-stamp", /published/i);
    const { revision, changed_ms, changed_by, ...title } = await elsewhere(
      "GET",
      "/v1/catalogue/titles/blob",
    );
    await elsewhere("PUT", "/v1/catalogue/titles/blob", { ...title, rating: 16 });
    await fill("#title-form", { name: "The Blob" });
    await page.click("#title-form .primary");
    await says("#title-conflict", /Somebody else has changed this meanwhile/);
    const differences = await shown("#title-conflict dl");
    assert.match(differences, /Name\s+Now: The Blob That Buffered\s+Yours: The Blob/);
    assert.match(differences, /Least age\s+Now: 16\s+Yours: 12/);
    assert.equal(await page.inputValue('#title-form [name="name"]'), "The Blob");
    await page.click("#title-conflict >> text=Take what is there now");
    assert.equal(await page.inputValue('#title-form [name="rating"]'), "16");
    await fill("#title-form", { name: "The Blob" });
    await page.click("#title-form .primary");
    await says("#title-done", /^Saved\.$/);
    const saved = await elsewhere("GET", "/v1/catalogue/titles/blob");
    assert.deepEqual([saved.name, saved.rating], ["The Blob", 16]);
    await close(/409/);
  });

  test("a_window_in_moments_keeps_its_moments", async () => {
    const { page, says, fill, close } = await open("#/titles/blob");
    await says("#title-stamp", /published/i);
    await fill("#title-form", { reading: "instants" });
    assert.equal(await page.inputValue('#title-form [name="windows[0].to"]'), "2036-04-01T00:00");
    await fill("#title-form", { "windows[0].to": "2036-04-01T12:30" });
    await page.click("#title-form .primary");
    await says("#title-done", /^Saved\.$/);
    const title = await elsewhere("GET", "/v1/catalogue/titles/blob");
    assert.equal(title.windows[0].to, utc("2036-04-01T10:30Z"));
    await page.reload();
    await says("#title-stamp", /published/i);
    assert.ok(await page.isChecked('#title-form [name="reading"][value="instants"]'));
    await close();
  });

  test("a_bundle_is_made_and_a_cycle_is_told_at_its_field", async () => {
    const { page, says, fill, fault, close } = await open("#/plans");
    for (const [id, values] of /** @type {const} */ ([
      ["standard", { packs: "movies", max_height: "1080" }],
      ["kids", { packs: "kids", max_height: "720" }],
      ["family", { includes: "standard, kids", max_height: "2160", streams: "4" }],
    ])) {
      if (!(await page.isVisible("#plan-new-form"))) await page.click("#plan-new summary");
      await fill("#plan-new-form", { id, ...values });
      await page.click("#plan-new-form .primary");
      await says("#plans", new RegExp(id));
    }
    await says("#plans", /family\s+bundle[^]*with standard, kids[^]*2160p/);
    await page.click("#plans tbody a >> text=standard");
    await says("#plan-heading", /standard/i);
    await fill("#plan-form", { includes: "family" });
    await page.click("#plan-form .primary");
    assert.match(await fault("#plan-form", "includes"), /family[^]*standard|standard[^]*family/);
    await close(/400/);
  });

  test("the_policy_is_written", async () => {
    const { page, says, fill, fault, close } = await open("#/plans");
    await says("#plans", /family/);
    await fill("#policy-form", { decision_ttl_s: "soon" }).catch(() => {});
    await fill("#policy-form", { past_due_grace_days: "-1", decision_ttl_s: "120" });
    await page.click("#policy-form .primary");
    await fault("#policy-form", "past_due_grace_days");
    await fill("#policy-form", { version: "2026-11-a", past_due_grace_days: "5" });
    await page.click("#policy-form .primary");
    await says("#policy-done", /Saved/);
    const policy = await elsewhere("GET", "/v1/catalogue/policy");
    assert.deepEqual(
      [policy.version, policy.past_due_grace_days, policy.decision_ttl_s],
      ["2026-11-a", 5, 120],
    );
    await close(/400/);
  });

  test("what_will_change_is_told_and_then_published", async () => {
    const { page, says, close } = await open("#/publication");
    await says("#changes", /4 come[^]*family[^]*kids[^]*standard[^]*blob/);
    await page.click("#publish");
    await page.click("#ask-yes");
    await says("#publish-done", /Version 1 is out: 1 titles, 3 plans/);
    await says("#changes", /Nothing has changed since the last time/);
    await says("#versions", /2026-11-a[^]*1 row/);
    await elsewhere("POST", "/v1/catalogue/titles/blob/state", { state: "retired" });
    await page.reload();
    await says("#changes", /1 goes[^]*blob/);
    await page.click("#publish");
    await page.click("#ask-yes");
    await says("#versions", /2 rows/);
    await page.click("#versions button >> text=Publish again");
    await page.click("#ask-yes");
    await says("#versions", /version 1 again[^]*3 rows/);
    // There was no publication at first.
    await close(/404/);
  });

  test("a_file_of_titles_is_stored_whole_or_not_at_all", async () => {
    const { page, says, close } = await open("");
    const line = (/** @type {object} */ more) =>
      JSON.stringify({
        packs: ["kids"],
        rating: 0,
        max_height: 720,
        ad_tier: true,
        free: false,
        windows: [],
        ...more,
      });
    const file = (/** @type {string[]} */ lines) => ({
      name: "titles.ndjson",
      mimeType: "application/x-ndjson",
      buffer: Buffer.from(lines.join("\n")),
    });
    await page.setInputFiles(
      "#titles-file",
      file([line({ id: "kids-1" }), line({ id: "kids-2", rating: "x" }), "{"]),
    );
    await says("#titles-import-state", /2 lines were refused, and nothing was stored/);
    await says("#titles-import-report", /2\s+[^]*rating[^]*3/);
    await page.setInputFiles(
      "#titles-file",
      file([line({ id: "kids-1" }), line({ id: "kids-2" })]),
    );
    await says("#titles-import-state", /2 titles are new or different/);
    await says("#titles", /kids-1[^]*kids-2/);
    assert.ok(await page.isHidden("#titles-import-report"));
    await close(/400/);
  });

  test("an_account_is_made_and_given_a_plan_and_a_rental", async () => {
    const { page, says, fill, fault, close } = await open("#/viewers");
    await page.click("#account-new summary");
    await fill("#account-new-form", { viewer: "ada", max_rating: "16" });
    await page.click("#account-new-form .primary");
    await says("#account-stamp", /^active$/i);
    await says("#grants", /Nothing yet/);
    await page.click("#grant-new summary");
    await fill("#grant-form", { plan: "gold", from: "2026-01-01", to: "2036-01-31" });
    await page.click("#grant-form .primary");
    assert.match(await fault("#grant-form", "plan"), /gold/);
    await fill("#grant-form", { plan: "standard" });
    await page.click("#grant-form .primary");
    await says("#grants", /Plan[^]*standard[^]*Feb 1, 2036[^]*holds/);
    await page.click("#grant-new summary");
    await fill("#grant-form", {
      kind: "rental",
      title: "blob",
      from: "2036-01-01",
      to: "2036-01-31",
    });
    await page.click("#grant-form .primary");
    await says("#grants", /Rental[^]*blob[^]*48 hours once played[^]*not yet/);
    await page.click('#grants button[aria-label^="Take away"] >> nth=1');
    await page.click("#ask-yes");
    await says("#grants", /1 row/);
    await close(/40[04]/);
  });

  test("an_account_is_suspended_and_its_tokens_are_refused", async () => {
    const { page, says, fill, close } = await open("#/viewers");
    await page.click("#accounts tbody a >> text=ada");
    await says("#account-stamp", /active/i);
    await fill("#account-form", { status: "suspended" });
    await page.click("#account-form .primary");
    await says("#account-stamp", /suspended/i);
    await page.click("#tokens-form .primary");
    await says("#denied", /All that were made until now/);
    await page.click("#denied button");
    await says("#denied", /None is refused/);
    // Refusing has changed the account too: the next edit begins with that.
    await fill("#account-form", { status: "active" });
    await page.click("#account-form .primary");
    await says("#account-stamp", /^active$/i);
    await close();
  });

  test("the_page_speaks_spanish_and_keeps_what_was_typed", async () => {
    const { page, says, fill, close } = await open("", { locale: "es-MX" });
    await says("#titles-heading", /títulos/i);
    assert.equal(await page.getAttribute("html", "lang"), "es");
    await page.click("#title-new summary");
    await fill("#title-new-form", { name: "La mancha" });
    await page.click('#languages button[lang="en"]');
    await says("#titles-heading", /^titles$/i);
    assert.equal(await page.inputValue('#title-new-form [name="name"]'), "La mancha");
    await close();
  });

  test("a_server_that_is_away_is_told_and_asked_again", async () => {
    const { page, says, fill, shown, close } = await open("");
    await says("#titles", /The Blob/);
    await page.route("**/v1/**", (route) => route.abort());
    await page.fill('#titles-filters [name="q"]', "b");
    await says("#titles", /Nobody answers/);
    await page.click("#title-new summary");
    await fill("#title-new-form", { id: "offline" });
    await page.click("#title-new-form .primary");
    await says("#title-new-form .submit", /Nobody answers/);
    await page.unroute("**/v1/**");
    await page.click("#titles button >> text=Try again");
    await says("#titles", /The Blob/);
    assert.equal(await shown("#titles tbody tr:first-child td:first-child small"), "blob");
    await close(/ERR_FAILED/);
  });

  for (const [width, dark, locale] of /** @type {const} */ ([
    [1280, true, "es"],
    [320, false, "es"],
    [320, true, "en"],
  ])) {
    test(`fits_into_${width}_pixels_${dark ? "by_night" : "by_day"}_${locale}`, async () => {
      const { page, go, close } = await open("", { width, dark, locale });
      await page.waitForSelector("#titles tbody tr:not(.ghost)");
      for (const hash of [
        "#/",
        "#/titles/blob",
        "#/plans",
        "#/plans/family",
        "#/publication",
        "#/viewers",
        "#/viewers/ada",
        "#/decisions",
      ]) {
        await go(hash);
        await page.waitForFunction(
          () => !document.querySelector("#view [aria-busy=true]:not([hidden] *)"),
        );
        for (const fold of await page
          .locator("#view details:not([open]) > summary:visible")
          .all()) {
          await fold.click();
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${wide} pixels wide at ${hash}`);
      }
      await close(/404|503/);
    });
  }
});
