// @ts-check
// Playlists of both kinds as the gate writes the token into them: text in, text out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dashWithToken } from "../../www/edge/rights/dash-manifest.js";
import { hlsWithToken } from "../../www/edge/rights/hls-playlist.js";

const T = "CTA-Common-Access-Token=TOKEN";

const SCOPE = {
  document: "https://edge.example/vod/film/360p/rendition.m3u8?a=b",
  path: "/vod/film/",
  token: "TOKEN",
};

/**
 * @param {typeof hlsWithToken} rewrite
 * @param {[string, string][]} rows what stands there, what is written
 */
function check(rewrite, rows) {
  for (const [given, expected] of rows) assert.equal(rewrite(given, SCOPE), expected, given);
}

test("every_line_of_hls_that_leads_to_the_title_carries_the_token", () => {
  check(hlsWithToken, [
    ["#EXTM3U\n#EXTINF:4,\nsegment-00.m4s\n", `#EXTM3U\n#EXTINF:4,\nsegment-00.m4s?${T}\n`],
    ["a.m4s\r\nb.m4s\r\n", `a.m4s?${T}\r\nb.m4s?${T}\r\n`],
    ["a.m4s?start=1", `a.m4s?start=1&${T}`],
    ["a.m4s#t=1", `a.m4s?${T}#t=1`],
    ["../180p/a.m4s", `../180p/a.m4s?${T}`],
    ["/vod/film/a.m4s", `/vod/film/a.m4s?${T}`],
    ["https://edge.example/vod/film/a.m4s", `https://edge.example/vod/film/a.m4s?${T}`],
    ["# a comment\n\n  \n", "# a comment\n\n  \n"],
    ["", ""],
  ]);
});

test("keys_sections_and_variants_in_attributes_of_hls_carry_the_token", () => {
  check(hlsWithToken, [
    ['#EXT-X-MAP:URI="init.mp4"', `#EXT-X-MAP:URI="init.mp4?${T}"`],
    [
      '#EXT-X-MAP:URI="init.mp4",BYTERANGE="718@0"',
      `#EXT-X-MAP:URI="init.mp4?${T}",BYTERANGE="718@0"`,
    ],
    [
      '#EXT-X-KEY:METHOD=AES-128,URI="key",IV=0x1',
      `#EXT-X-KEY:METHOD=AES-128,URI="key?${T}",IV=0x1`,
    ],
    [
      '#EXT-X-MEDIA:TYPE=AUDIO,NAME="a,URI=b",URI="audio.m3u8"',
      `#EXT-X-MEDIA:TYPE=AUDIO,NAME="a,URI=b",URI="audio.m3u8?${T}"`,
    ],
    [
      '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="i.m3u8"',
      `#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="i.m3u8?${T}"`,
    ],
    ['#EXT-X-PART:DURATION=1,URI="p.m4s"', `#EXT-X-PART:DURATION=1,URI="p.m4s?${T}"`],
    ['#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p.m4s"', `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p.m4s?${T}"`],
    [
      '#EXT-X-CONTENT-STEERING:SERVER-URI="s.json"',
      `#EXT-X-CONTENT-STEERING:SERVER-URI="s.json?${T}"`,
    ],
    ['#EXTINF:4,URI="no attribute"', '#EXTINF:4,URI="no attribute?' + `${T}"`],
    ["#EXT-X-ENDLIST", "#EXT-X-ENDLIST"],
    ['# URI="a comment"', '# URI="a comment"'],
  ]);
});

test("nobody_else_is_told_the_token_by_hls", () => {
  for (const link of [
    "https://other.example/vod/film/a.m4s",
    "http://edge.example/vod/film/a.m4s",
    "https://edge.example:8443/vod/film/a.m4s",
    "https://edge.example@other.example/vod/film/a.m4s",
    "//other.example/vod/film/a.m4s",
    "\\\\other.example/vod/film/a.m4s",
    "/vod/film2/a.m4s",
    "/vod/film",
    "/films/film/a.m4s",
    "../../other/a.m4s",
    "%2e%2e/%2e%2e/other/a.m4s",
    "skd://key",
    "data:text/plain,a",
    "a.m4s?CTA-Common-Access-Token=OTHER",
    "{$host}/a.m4s",
  ]) {
    check(hlsWithToken, [
      [link, link],
      [`#EXT-X-KEY:METHOD=AES-128,URI="${link}"`, `#EXT-X-KEY:METHOD=AES-128,URI="${link}"`],
    ]);
  }
});

test("variables_of_hls_are_known_before_they_are_judged", () => {
  const here = '#EXT-X-DEFINE:NAME="at",VALUE="180p"\n{$at}/a.m4s';
  const elsewhere = '#EXT-X-DEFINE:NAME="at",VALUE="https://other.example"\n{$at}/a.m4s';
  const imported = '#EXT-X-DEFINE:IMPORT="at"\n{$at}/a.m4s';
  check(hlsWithToken, [
    [here, `${here}?${T}`],
    [elsewhere, elsewhere],
    [imported, imported],
  ]);
});

test("every_attribute_of_dash_that_leads_to_the_title_carries_the_token", () => {
  check(dashWithToken, [
    [
      `<SegmentTemplate media="$RepresentationID$/$Number%05d$.m4s" initialization="i.mp4"/>`,
      `<SegmentTemplate media="$RepresentationID$/$Number%05d$.m4s?${T}" initialization="i.mp4?${T}"/>`,
    ],
    [
      `<SegmentTemplate media='a.m4s?x=1&amp;y=2' >`,
      `<SegmentTemplate media="a.m4s?x=1&amp;y=2&amp;${T}" >`,
    ],
    [
      `<SegmentURL media="a.m4s" mediaRange="0-9"/>`,
      `<SegmentURL media="a.m4s?${T}" mediaRange="0-9"/>`,
    ],
    [`<Initialization sourceURL="i.mp4"/>`, `<Initialization sourceURL="i.mp4?${T}"/>`],
    [`<d:Initialization sourceURL="i.mp4"/>`, `<d:Initialization sourceURL="i.mp4?${T}"/>`],
    [`<BaseURL>film.mp4</BaseURL>`, `<BaseURL>film.mp4?${T}</BaseURL>`],
    [
      `<BaseURL> film.mp4?a=1&amp;b=2\n</BaseURL>`,
      `<BaseURL> film.mp4?a=1&amp;b=2&amp;${T}\n</BaseURL>`,
    ],
    [`<Location>live.mpd</Location>`, `<Location>live.mpd?${T}</Location>`],
    [`<BaseURL>180p/</BaseURL>`, `<BaseURL>180p/</BaseURL>`],
    [`<BaseURL/>text`, `<BaseURL/>text`],
    [`<!-- <SegmentURL media="a.m4s"/> -->`, `<!-- <SegmentURL media="a.m4s"/> -->`],
    [`<Label>a > b</Label>`, `<Label>a > b</Label>`],
    [`<Representation media="a" id="1>2"/>`, `<Representation media="a" id="1>2"/>`],
    [`<SegmentURL mediaRange="0-9`, `<SegmentURL mediaRange="0-9`],
  ]);
});

test("nobody_else_is_told_the_token_by_dash", () => {
  const relative = `<SegmentTemplate media="a.m4s"/>`;
  const own = `<SegmentTemplate media="https://edge.example/vod/film/a.m4s"/>`;
  const elsewhere = `<BaseURL>https://other.example/</BaseURL>`;
  check(dashWithToken, [
    [`${elsewhere}${relative}`, `${elsewhere}${relative}`],
    ...[
      "&#47;&#x2f;other.example/",
      "/\t/other.example/",
      "https:\\\\other.example/",
      "http://[",
    ].map(
      (base) =>
        /** @type {[string, string]} */ ([
          `<BaseURL>${base}</BaseURL>${relative}`,
          `<BaseURL>${base}</BaseURL>${relative}`,
        ]),
    ),
    [
      `<BaseURL>//other.example/</BaseURL>${relative}`,
      `<BaseURL>//other.example/</BaseURL>${relative}`,
    ],
    [`${elsewhere}${own}`, `${elsewhere}${own.replace(".m4s", `.m4s?${T}`)}`],
    [
      `<BaseURL>https://edge.example/vod/film/</BaseURL>${relative}`,
      `<BaseURL>https://edge.example/vod/film/</BaseURL>${relative.replace(".m4s", `.m4s?${T}`)}`,
    ],
    [
      `<BaseURL>https://other.example/film.mp4</BaseURL>`,
      `<BaseURL>https://other.example/film.mp4</BaseURL>`,
    ],
    [
      `<SegmentURL media="https://other.example/a.m4s"/>`,
      `<SegmentURL media="https://other.example/a.m4s"/>`,
    ],
    [`<SegmentURL media="/vod/other/a.m4s"/>`, `<SegmentURL media="/vod/other/a.m4s"/>`],
  ]);
});
