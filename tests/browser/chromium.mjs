// @ts-check
import { chromium } from "playwright-core";

/** A browser that talks to nobody but the page's server, and plays without a gesture. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

/** Starts Debian's Chromium, or the one that `CHROMIUM` names. */
export function startChromium() {
  const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}
