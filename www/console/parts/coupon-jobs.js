// @ts-check
// What runs in the background for a coupon: codes being generated, files being imported.
import { address, call } from "./api.js";
import { jobPath } from "./coupon-api.js";
import { amount, moment, named } from "./coupon-words.js";
import { make, write } from "./element.js";
import { troubleText } from "./row-table.js";
import { onLanguage, say, worded } from "./texts.js";

/** @typedef {import("./coupon-api.js").Job} Job */

const ASK_MS = 400;
const ASK_MS_FAILED = 3_000;
/** Older ones are not looked for. */
const JOBS_MAX = 200;

export class CouponJobs {
  #place;
  #onEnd;
  #coupon = "";
  #timer = 0;
  /** @type {Job[]} */
  #jobs = [];
  /** @type {unknown} */
  #trouble = null;

  /**
   * @param {HTMLElement} place
   * @param {() => void} onEnd something that ran has ended
   */
  constructor(place, onEnd) {
    this.#place = place;
    this.#onEnd = onEnd;
    onLanguage(() => this.#draw());
  }

  /** @param {string} coupon */
  show(coupon) {
    if (coupon !== this.#coupon) this.#jobs = [];
    this.#coupon = coupon;
    this.#draw();
    void this.#ask();
  }

  hide() {
    clearTimeout(this.#timer);
    this.#coupon = "";
  }

  async #ask() {
    clearTimeout(this.#timer);
    const coupon = this.#coupon;
    try {
      const page = await call(address("/v1/coupon-jobs", { limit: JOBS_MAX }));
      if (coupon !== this.#coupon) return;
      const running = new Set(this.#jobs.filter(isRunning).map(({ id }) => id));
      // The list is of all coupons, the newest first.
      this.#jobs = page.rows.filter((/** @type {Job} */ job) => job.coupon === coupon);
      this.#trouble = null;
      if (this.#jobs.some((job) => running.has(job.id) && !isRunning(job))) this.#onEnd();
    } catch (reason) {
      if (coupon !== this.#coupon) return;
      this.#trouble = reason;
    }
    this.#draw();
    const wait = this.#trouble === null ? ASK_MS : ASK_MS_FAILED;
    if (this.#trouble !== null || this.#jobs.some(isRunning)) {
      this.#timer = window.setTimeout(() => void this.#ask(), wait);
    }
  }

  #draw() {
    const lines = this.#jobs.map((job) => this.#line(job));
    const known = new Map(
      [...this.#place.children].map((child) => [
        /** @type {HTMLElement} */ (child).dataset.job,
        child,
      ]),
    );
    // What is the same job stays the same element: a button under the finger does not go away.
    const kept = lines.map(({ id, made }) => {
      const old = known.get(id);
      if (
        !old ||
        old.getAttribute("data-state") !== made.dataset.state ||
        made.dataset.state !== "running"
      ) {
        return made;
      }
      const [oldBar, newBar] = [old.querySelector("progress"), made.querySelector("progress")];
      if (oldBar && newBar) {
        oldBar.max = newBar.max;
        oldBar.value = newBar.value;
      }
      const [oldText, newText] = [old.querySelector(".clock"), made.querySelector(".clock")];
      if (oldText && newText) write(oldText, newText.textContent ?? "");
      return old;
    });
    if (this.#trouble !== null) kept.unshift(make("p", "fault", troubleText(this.#trouble)));
    this.#place.replaceChildren(...kept);
  }

  /** @param {Job} job */
  #line(job) {
    const made = make("article", "job");
    made.dataset.job = job.id;
    made.dataset.state = job.state;
    const head = make("p", "row");
    head.append(
      make("strong", "", named("jobs.kind", job.kind)),
      make("span", "mark", named("jobs.state", job.state)),
      make("span", "hint", moment(job.started_ms)),
    );
    head.querySelector(".mark")?.setAttribute("data-state", job.state);
    made.append(head);
    if (isRunning(job)) made.append(this.#progress(job));
    else made.append(...this.#outcome(job));
    return { id: job.id, made };
  }

  /** @param {Job} job */
  #progress(job) {
    const line = make("div", "progress");
    const bar = make("progress");
    bar.setAttribute("aria-label", say("jobs.progress"));
    if (job.total > 0) {
      bar.max = job.total;
      bar.value = job.done;
    }
    const text = make("span", "clock", progressText(job));
    line.append(bar, text);
    const stop = worded("button", "", "jobs.cancel");
    stop.type = "button";
    stop.addEventListener("click", async () => {
      stop.disabled = true;
      try {
        await call(jobPath(job.id), { method: "DELETE" });
      } catch (reason) {
        this.#trouble = reason;
      }
      void this.#ask();
    });
    line.append(stop);
    return line;
  }

  /** @param {Job} job */
  #outcome(job) {
    const parts = [make("p", "", outcomeText(job))];
    if (job.message) parts.push(make("p", "hint", job.message));
    if (job.kind === "import" && job.duplicates + job.errors > 0) {
      const line = make("p");
      const report = worded("a", "action", "import.report");
      report.href = `${jobPath(job.id)}/report.csv`;
      report.download = `report-${job.id}.csv`;
      line.append(report);
      parts.push(line);
    }
    return parts;
  }
}

/** @param {Job} job */
function isRunning({ state }) {
  return state === "running";
}

/** @param {Job} job */
function progressText({ done, total }) {
  return total > 0
    ? say("jobs.of", { done: amount(done), total: amount(total) })
    : say("jobs.done_so_far", { count: done });
}

/** @param {Job} job */
function outcomeText({ kind, done, duplicates, errors }) {
  if (kind === "generate") return say("jobs.generated", { count: done });
  return [
    say("import.taken", { count: done }),
    say("import.duplicates", { count: duplicates }),
    say("import.broken", { count: errors }),
  ].join(" ");
}
