// @ts-check
// A look into the objects of coupon groups from beside the product: a worker of the same process, at a port of its
// own, that no demo has.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEMO } from "./server.mjs";

const PROBE = `
export default {
  async fetch(request, env) {
    const { method, args, group, shard } = await request.json();
    const object = env.COUPON_GROUP.getByName(env.TENANT + "/" + group + "/" + shard);
    return Response.json((await object[method](...args)) ?? null);
  },
};
`;

/** @typedef {{ demo: string, ask: (group: string, method: string, ...args: unknown[]) => Promise<any> }} Probe */

/**
 * A copy of the demo with the probe in it.
 * @returns {Promise<Probe>}
 */
export async function makeProbe() {
  const demo = mkdtempSync(join(tmpdir(), "usher-probe-"));
  cpSync(DEMO, demo, { recursive: true });
  const port = await freePort();
  const config = join(demo, "usher.capnp");
  const worker = `const probe :Workerd.Worker = (
    modules = [(name = "probe.js", esModule = embed "probe.js")], compatibilityDate = .date,
    bindings = [
      (name = "TENANT", text = "demo"),
      (name = "COUPON_GROUP", durableObjectNamespace = (className = "CouponGroup", serviceName = "coupons")),
    ]);\n`;
  const text = readFileSync(config, "utf8");
  const changed = text
    .replace("services = [", 'services = [(name = "probe", worker = .probe),')
    .replace(
      /sockets = \[(.*)\],/,
      `sockets = [$1, (name = "probe", address = "127.0.0.1:${port}", http = (), service = "probe")],`,
    );
  assert.notEqual(changed, text);
  writeFileSync(config, changed + worker);
  writeFileSync(join(demo, "probe.js"), PROBE);
  return {
    demo,
    ask: async (group, method, ...args) => {
      const body = JSON.stringify({ group, shard: 0, method, args });
      const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body });
      assert.equal(response.status, 200);
      return response.json();
    },
  };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((found, failed) => {
    const server = createServer().once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => found(address.port));
    });
  });
}

/**
 * All redemptions of a group.
 * @param {Probe} probe
 * @param {string} group
 * @returns {Promise<any[]>}
 */
export async function rowsOf(probe, group) {
  const all = [];
  for (let after = null; ;) {
    const { rows, next } = await probe.ask(group, "search", { after, limit: 1000 });
    all.push(...rows);
    if (next === null) return all;
    after = next;
  }
}
