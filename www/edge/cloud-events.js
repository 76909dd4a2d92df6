// @ts-check

/** Events of one request. */
export const EVENTS_MAX = 100;

/**
 * The rows of a batch from one on, as a CloudEvents 1.0 batch in JSON. An event has the same id whenever
 * it is sent, so a receiver that knows the id has the event.
 * @param {import("./outbox.js").Delivery} delivery
 * @param {string} source
 * @param {number} count
 */
export function eventsOf({ batch, kind, body, done }, source, count) {
  const lines = new TextDecoder().decode(body).trimEnd().split("\n");
  const events = lines.slice(done, done + count).map((line, index) => {
    const data = JSON.parse(line);
    const [type, subject, timeMs] =
      kind === "windows"
        ? ["usher.window.v1", data.title, data.window_start_ms]
        : ["usher.view.v1", data.view, data.watched_ms];
    return {
      specversion: "1.0",
      // Rows are counted from 1, as the lines of a refusal are.
      id: `${batch}#${done + index + 1}`,
      source,
      type,
      subject,
      time: new Date(timeMs).toISOString(),
      datacontenttype: "application/json",
      data,
    };
  });
  return JSON.stringify(events);
}
