// @ts-check
import { clock } from "./duration.js";
import { make } from "./element.js";

/** @typedef {import("./catalogue.js").Film} Film */
/** @typedef {import("./catalogue.js").Delivery} Delivery */

/**
 * Fills the programme with a card a film and tells what is chosen, at once and on every change.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement} cards
 * @param {Film[]} films
 * @param {(film: Film, delivery: Delivery) => void} choose
 */
export function filmPicker(form, cards, films, choose) {
  const address = new URL(location.href);
  const first = films.find(({ id }) => id === address.searchParams.get("film")) ?? films[0];
  cards.replaceChildren(...films.map((film) => card(film, film === first)));
  if (address.searchParams.get("delivery") === "hls") {
    for (const input of form.querySelectorAll("input[name=delivery]")) {
      if (input instanceof HTMLInputElement) input.checked = input.value === "hls";
    }
  }
  const read = () => {
    const chosen = new FormData(form);
    const film = films.find(({ id }) => id === chosen.get("film"));
    if (!film) return;
    /** @type {Delivery} */
    const delivery = chosen.get("delivery") === "hls" ? "hls" : "progressive";
    choose(film, delivery);
    return { film, delivery };
  };
  form.addEventListener("change", () => {
    const chosen = read();
    if (!chosen) return;
    // A reload, or a link sent to a friend, shows the same.
    address.searchParams.set("film", chosen.film.id);
    address.searchParams.set("delivery", chosen.delivery);
    history.replaceState(null, "", address);
  });
  read();
}

/**
 * @param {Film} film
 * @param {boolean} checked
 */
function card(film, checked) {
  const label = make("label", "card");
  const input = make("input");
  input.type = "radio";
  input.name = "film";
  input.value = film.id;
  input.checked = checked;
  const image = make("img");
  image.src = film.poster;
  image.alt = "";
  image.width = 640;
  image.height = 360;
  image.loading = "lazy";
  const words = make("span", "card-words");
  words.append(
    make("b", "", film.name),
    make("small", "", `${film.id} · ${clock(film.duration_ms).replace(/\.\d+$/, "")}`),
  );
  label.append(input, image, words);
  return label;
}
