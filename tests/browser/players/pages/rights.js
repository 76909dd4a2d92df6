// @ts-check
// hls.js, Shaka and what decides and caps, at hand for experiments.
import Hls from "hls.js";
import shaka from "shaka-player/dist/shaka-player.compiled.js";
import * as rights from "usher/entitlement";

shaka.polyfill.installAll();
Object.assign(globalThis, { lab: { Hls, shaka, rights } });
