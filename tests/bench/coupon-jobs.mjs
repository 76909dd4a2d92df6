// @ts-check
// Jobs of the operator's coupons end to end: node tests/bench/coupon-jobs.mjs [codes] [rows]
import { ended, generated, newCoupon, newGroup } from "../edge/coupon-api.mjs";
import { startServer } from "../edge/server.mjs";

const JOB_MS_MAX = 600_000;
const ROWS_PER_CHUNK = 5000;

const codes = Number(process.argv[2] ?? 1_000_000);
const rows = Number(process.argv[3] ?? 2_000_000);
const server = await startServer();
try {
  const group = (await newGroup(server.url)).id;
  let startMs = performance.now();
  const { job } = await newCoupon(server.url, group, generated(codes));
  tell("generated", await ended(server.url, job.id, JOB_MS_MAX));
  startMs = performance.now();
  const file = await fetch(`${server.url}/v1/coupon-groups/${group}/codes.csv`);
  tell("exported", { bytes: (await file.arrayBuffer()).byteLength });
  startMs = performance.now();
  tell("imported", await ended(server.url, await imported(group), JOB_MS_MAX));

  /**
   * @param {string} what
   * @param {object} outcome
   */
  function tell(what, outcome) {
    const seconds = (performance.now() - startMs) / 1000;
    const peakMB = server.memoryPeakBytes() / 1e6;
    console.log(what, { seconds, peakMB, ...outcome });
  }
} finally {
  await server.stop();
}

/** @param {string} group */
async function imported(group) {
  const { coupon } = await newCoupon(server.url, group, { codes: { kind: "generated" } });
  let row = 0;
  const body = new ReadableStream({
    pull(stream) {
      let text = row === 0 ? "code\r\n" : "";
      for (let at = 0; at < ROWS_PER_CHUNK && row < rows; at += 1, row += 1) {
        text += `PARTNER-${row}\r\n`;
      }
      stream.enqueue(new TextEncoder().encode(text));
      if (row >= rows) stream.close();
    },
  });
  const url = `${server.url}/v1/coupon-groups/${group}/import?coupon=${coupon.id}`;
  const init = /** @type {any} */ ({ method: "POST", body, duplex: "half" });
  return (await (await fetch(url, init)).json()).id;
}
