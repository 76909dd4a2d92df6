// @ts-check
// The entry point for pages that let their player report, without Usher's module.
export { cmcdTarget } from "../www/player/cmcd-target.js";
export { UsherError } from "./error.js";

/** @typedef {import("../www/player/cmcd-target.js").CmcdTarget} CmcdTarget */
/** @typedef {import("../www/player/cmcd-target.js").CmcdTargetOptions} CmcdTargetOptions */
