// @ts-check
// Puts a film on the screen, delivered as one file or as HLS.

/** @typedef {import("./catalogue.js").Film} Film */
/** @typedef {import("./catalogue.js").Delivery} Delivery */
/** @typedef {import("hls.js").default} Hls */

/**
 * Events: `failed` (detail: a sentence), `refused` (the browser does not play by itself), `player` (detail:
 * what will play a film, before it has its source).
 */
export class Screening extends EventTarget {
  #video;
  /** @type {Hls | null} */
  #hls = null;
  /** Counts the films put on: an answer for an earlier one is late and is dropped. */
  #turn = 0;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    super();
    this.#video = video;
    video.addEventListener("error", () => {
      if (this.#hls === null && video.error) this.#fail(mediaError(video.error));
    });
  }

  /**
   * @param {Film} film
   * @param {Delivery} delivery
   * @param {string | null} [media] where its files lie if not in the open: the place behind the gate
   * @returns {Promise<void>} resolves when the element has its source
   */
  async show(film, delivery, media = null) {
    const turn = ++this.#turn;
    const playing = !this.#video.paused && !this.#video.ended;
    const loader = delivery === "hls" ? await this.#loader() : null;
    if (turn !== this.#turn) return;
    this.#prepare(film);
    const address = placed(film.sources[delivery], media);
    if (loader?.isSupported()) this.#stream(loader, address);
    else {
      this.#tell("player", this.#video);
      this.#video.src = address;
    }
    if (playing) this.play();
  }

  /**
   * Shows the poster of a film and nothing else.
   * @param {Film} film
   */
  clear(film) {
    this.#turn += 1;
    this.#prepare(film);
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  /** @param {Film} film */
  #prepare(film) {
    this.#hls?.destroy();
    this.#hls = null;
    // The session reads the title from here when the new source begins its view.
    this.#video.dataset.title = film.id;
    this.#video.poster = film.poster;
  }

  /** Plays, or says that the browser waits for a gesture. */
  play() {
    this.#video.play().catch((/** @type {unknown} */ reason) => {
      // AbortError: another source came meanwhile. NotSupportedError: told by `error`.
      if (reason instanceof DOMException && reason.name === "NotAllowedError") {
        this.dispatchEvent(new Event("refused"));
      }
    });
  }

  /** @returns {Promise<typeof import("hls.js").default | null>} */
  async #loader() {
    try {
      return (await import("hls.js")).default;
    } catch {
      this.#fail("hls.js could not be loaded");
      return null;
    }
  }

  /**
   * @param {typeof import("hls.js").default} loader
   * @param {string} address
   */
  #stream(loader, address) {
    const hls = new loader();
    this.#hls = hls;
    let mended = false;
    hls.on(loader.Events.ERROR, (_event, data) => {
      if (!data.fatal) return;
      // One broken buffer is mended once, as hls.js asks; anything else ends the screening.
      if (data.type === loader.ErrorTypes.MEDIA_ERROR && !mended) {
        mended = true;
        hls.recoverMediaError();
        return;
      }
      const status = data.response?.code ? `, the server answered ${data.response.code}` : "";
      this.#fail(`HLS stopped with \`${data.details}\`${status}`);
    });
    this.#tell("player", hls);
    hls.loadSource(address);
    hls.attachMedia(this.#video);
  }

  /** @param {string} sentence */
  #fail(sentence) {
    this.#tell("failed", sentence);
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * @param {string} address of a film in the open
 * @param {string | null} media
 */
function placed(address, media) {
  const file = address.slice(address.lastIndexOf("/") + 1);
  return media === null ? address : new URL(media + file, location.href).href;
}

/** @param {MediaError} error */
function mediaError(error) {
  switch (error.code) {
    case MediaError.MEDIA_ERR_NETWORK:
      return "the network broke off while the film was loading";
    case MediaError.MEDIA_ERR_DECODE:
      return "the film is damaged or this browser cannot decode it";
    default:
      return "the film was not found, or this browser cannot play H.264 in MP4";
  }
}
