// @ts-check
import { readClocks, readProvenance, readState } from "usher/edge";
import { base64url } from "../base64.js";
import { callModule } from "../edge-module.js";

/** Views in one part of an export. */
const VIEWS_PER_PART = 500;

/**
 * @typedef {object} Stores
 * @property {import("./view-states.js").ViewStates} views
 * @property {import("./quarantine.js").Quarantine} quarantine
 * @property {import("./page-clocks.js").PageClocks} clocks
 * @property {import("./outgoing.js").Outgoing} outgoing
 * @property {import("../cmcd-sessions.js").CmcdSessions} sessions
 * @property {import("./usage.js").Usage} usage
 * @property {import("./erasure.js").Erasure} erasure
 * @property {import("./errands.js").Errands} errands
 * @property {import("./streams.js").Streams} streams
 * @property {import("./receipts.js").Receipts} receipts
 */

/**
 * A part of everything that is held of a viewer, laid open: views, and with the first part the rest.
 * @param {string} after the view that the part before ended with
 * @param {Stores} stores
 */
export async function exportOf(after, stores) {
  const views = stores.views.list(after, VIEWS_PER_PART);
  const next = views.length === VIEWS_PER_PART ? (views.at(-1)?.view ?? null) : null;
  return {
    views: views.map(openView),
    next,
    ...(after === "" ? await restOf(stores) : {}),
  };
}

/** @param {import("./view-states.js").KeptView} view */
function openView({ view, title, state, provenance, first_seen_ms, last_seen_ms }) {
  const { intervals, producers, record } = callModule(() => readState(new Uint8Array(state)));
  const { country, device, anchors } = callModule(() => readProvenance(new Uint8Array(provenance)));
  const figures = Object.entries(record).filter(([, figure]) => typeof figure === "number");
  return {
    view,
    title,
    country,
    device,
    figures: { ...Object.fromEntries(figures), first_seen_ms, last_seen_ms },
    intervals,
    producers,
    heard: anchors,
  };
}

/** @param {Stores} stores */
async function restOf({
  quarantine,
  clocks,
  outgoing,
  sessions,
  usage,
  erasure,
  errands,
  ...rights
}) {
  return {
    class: usage.class,
    clocks: callModule(() => readClocks(clocks.read())),
    quarantine: quarantine.list().map(({ said, state, ...row }) => ({
      ...row,
      state: base64url(new Uint8Array(state)),
      said: base64url(new Uint8Array(said)),
    })),
    reports: sessions.list().map(({ view, title, state }) => ({
      session: view,
      title,
      state: base64url(state),
    })),
    waiting: outgoing.list().map(({ record }) => {
      const { viewer: _, ...figures } = JSON.parse(record);
      return figures;
    }),
    audit: errands.list("audit").map(({ body }) => {
      const { viewer: _, ...entry } = JSON.parse(body);
      return entry;
    }),
    ...(await rights.streams.exported()),
    decisions: rights.receipts.list(),
    erasure: erasure.progress,
  };
}
