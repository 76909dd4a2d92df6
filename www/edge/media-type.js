// @ts-check

const MEDIA_TYPES = new Map([
  ["css", "text/css; charset=utf-8"],
  ["html", "text/html; charset=utf-8"],
  ["ico", "image/x-icon"],
  ["jpg", "image/jpeg"],
  ["js", "text/javascript; charset=utf-8"],
  ["json", "application/json"],
  ["m3u8", "application/vnd.apple.mpegurl"],
  ["m4a", "audio/mp4"],
  ["m4s", "video/iso.segment"],
  ["map", "application/json"],
  ["mjs", "text/javascript; charset=utf-8"],
  ["mp4", "video/mp4"],
  ["mpd", "application/dash+xml"],
  ["png", "image/png"],
  ["svg", "image/svg+xml"],
  ["ts", "video/mp2t"],
  ["txt", "text/plain; charset=utf-8"],
  ["vtt", "text/vtt; charset=utf-8"],
  ["wasm", "application/wasm"],
  ["wav", "audio/wav"],
  ["webm", "video/webm"],
  ["webp", "image/webp"],
  ["woff2", "font/woff2"],
]);

/**
 * @param {string} path
 * @returns {string} bytes of an unknown kind are never taken for a page or a script
 */
export function mediaType(path) {
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return MEDIA_TYPES.get(extension) ?? "application/octet-stream";
}
