// @ts-check
// The films of the house, as `film/make` writes them.

/**
 * @typedef {"progressive" | "hls"} Delivery
 *
 * @typedef {object} Film
 * @property {string} id
 * @property {string} name
 * @property {string} tagline
 * @property {number} duration_ms
 * @property {Record<Delivery, string>} sources absolute
 * @property {string} poster absolute
 */

/**
 * @param {string} address where films.json is; its own addresses are relative to it
 * @returns {Promise<Film[]>}
 */
export async function catalogue(address = "/films/films.json") {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the catalogue answered ${response.status}`);
  /** @type {{ films: Film[] }} */
  const { films } = await response.json();
  if (!Array.isArray(films) || films.length === 0) throw new Error("the catalogue lists no film");
  const absolute = (/** @type {string} */ path) => new URL(path, response.url).href;
  return films.map((film) => ({
    ...film,
    sources: { progressive: absolute(film.sources.progressive), hls: absolute(film.sources.hls) },
    poster: absolute(film.poster),
  }));
}
