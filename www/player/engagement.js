// @ts-check

/**
 * What a view has measured so far. Times are whole milliseconds.
 *
 * @typedef {object} Engagement
 * @property {number} version grows with every state that is sent
 * @property {number} acknowledgedVersion the highest that the edge has committed
 * @property {number | null} completion unique content over duration, 0 to 1; null for live or unknown
 * @property {number | null} durationMs null for live or unknown
 * @property {number} uniqueMs distinct content shown: the union of `intervals`
 * @property {number} playedMs content shown, repeats included
 * @property {number} playingMs wall time in which content played
 * @property {number} pausedMs wall time paused
 * @property {number} seekingMs wall time from seeks until content moved again
 * @property {number} startupMs wall time from asking to play until the first content moved
 * @property {number} stalledMs wall time in which content should have moved and did not
 * @property {number} suspendedMs wall time that nothing explains: sleep, a frozen tab
 * @property {number} linearAdMs wall time in which an advertisement replaced the content
 * @property {number} adMs wall time with any advertisement
 * @property {number} mutedMs playing time without sound
 * @property {number} hiddenMs playing time on a page that was not visible
 * @property {number} rateWeightedUs playing time times the rate, in microseconds
 * @property {number} stalls
 * @property {number} seeks
 * @property {number} loops times that the end wrapped to the beginning
 * @property {number} rejected readings that could not be true
 * @property {[number, number][]} intervals unique content, [start, end) in ms, sorted
 * @property {[number, number][]} rewatched content shown more than once, likewise
 * @property {number} ads advertisements that began
 * @property {number} errors that the player told of
 * @property {number} qualitySwitches
 * @property {number} bitrateWeightedBits playing time times the bitrate
 * @property {number} stallLongestMs
 * @property {number} droppedFrames
 * @property {number[]} milestones of unique content that were reached, in percent
 * @property {number[]} passed milestones whose place was played through, in percent
 * @property {boolean} live whether the title has no end
 * @property {boolean} truncated whether unique content is undercounted: too many intervals
 */

/** Milestones that are looked for, in percent. */
export const MILESTONES = [10, 25, 50, 75, 90, 95, 100];

/** Bits of `View.reached`. */
export const [WATCHED, PASSED] = [1, 2];

/**
 * The figures of a view under their JavaScript names.
 * @param {import("./view.js").View} view
 * @returns {Engagement}
 */
export function engagementOf(view) {
  const { figures } = view;
  const names = view.figureNames.slice(0, -1).split(",");
  /** @type {any} */
  const engagement = { acknowledgedVersion: view.acknowledgedVersion };
  names.forEach((name, index) => {
    const figure = figures[index] ?? NaN;
    engagement[name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())] = isNaN(figure)
      ? null
      : figure;
  });
  const content = names.length + 1;
  const rewatched = content + (figures[content - 1] ?? 0);
  engagement.intervals = pairs(figures.subarray(content, rewatched));
  engagement.rewatched = pairs(figures.subarray(rewatched));
  const reached = (/** @type {number} */ bit) =>
    MILESTONES.filter((percent) => view.reached(percent) & bit);
  engagement.milestones = reached(WATCHED);
  engagement.passed = reached(PASSED);
  engagement.live = Boolean(engagement.live);
  engagement.truncated = Boolean(engagement.truncated);
  return engagement;
}

/**
 * @param {Float64Array} ends
 * @returns {[number, number][]}
 */
function pairs(ends) {
  return Array.from({ length: ends.length / 2 }, (_, index) => [
    ends[2 * index] ?? 0,
    ends[2 * index + 1] ?? 0,
  ]);
}
