// @ts-check
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";

/** @typedef {{ cores: number, model: string, memoryGiB: number, system: string, load: number }} Machine */

/** @returns {Machine} */
export function describeMachine() {
  return {
    cores: cpus().length,
    model: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${distribution()} (${type()} ${release()})`,
    load: loadavg()[0] ?? NaN,
  };
}

function distribution() {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "unknown";
  } catch {
    return "unknown";
  }
}
