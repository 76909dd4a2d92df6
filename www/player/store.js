// @ts-check

/**
 * One state of one view, as one page load measured it.
 *
 * @typedef {object} Entry
 * @property {string} viewer
 * @property {string} view
 * @property {string} title
 * @property {string} producer the page load
 * @property {number} version grows with every change
 * @property {string} state base64url
 * @property {[number, number]} at `performance.now()` and `Date.now()` when the state was taken, in ms
 * @property {number} savedMs `Date.now()` when it was stored
 */

/**
 * What is wrong with the storage of this page: there is none, it is full, the browser refuses it (a
 * sandbox, blocked cookies), or it does not answer (another tab holds it, it is broken).
 * @typedef {"missing" | "full" | "private" | "blocked"} Trouble
 */

/** Every key of ours in the page's `localStorage`: the prefix, view and producer. */
const PREFIX = "usher:";

/** UTF-16 units of one hot value; what is longer goes to the backlog. */
const HOT_UNITS_MAX = 2048;

/** Entries in the backlog, and in one answer of `load`. */
const ENTRIES_MAX = 500;

/** What is older is dropped, and counted: 30 days. */
const AGE_MS_MAX = 2_592_000_000;

/** A database that has not answered for this long is given up for this time. */
const ANSWER_MS_MAX = 3000;

/**
 * Keeps states of views beyond the page: the newest of each in `localStorage`, which a crash of the
 * page does not take, the rest in IndexedDB. Whatever goes wrong, nothing throws, rejects or hangs:
 * `trouble` says it, and the caller goes on in memory.
 */
export class Store {
  #notify;
  /** @type {Promise<IDBDatabase> | IDBDatabase | undefined | void} */
  #database;
  /** @type {Set<string>} hot keys of this page load, one a view */
  #own = new Set();
  /** @type {(Trouble | null)[]} of `localStorage`, of the database */
  #troubles = [null, null];
  /** @type {Trouble | null} what is wrong with storage now */
  trouble = null;
  /** Entries that were dropped: too old, or too many. */
  lost = 0;
  /** Values that were no entries, and were removed. */
  corrupt = 0;

  /** @param {() => void} [notify] told when `trouble` has changed */
  constructor(notify) {
    this.#notify = notify;
  }

  /**
   * The hot snapshot: stored when this returns, unless it is too long or there is no room.
   * @param {Entry} entry
   */
  save(entry) {
    const key = keyOf(entry);
    const value = JSON.stringify(entry);
    this.#own.add(key);
    try {
      if (value.length > HOT_UNITS_MAX) this.keep(entry);
      else {
        localStorage[key] = value;
        this.#tell(0);
      }
    } catch (error) {
      this.#tell(0, error);
      // What moves to the backlog makes room for the next snapshot.
      for (const each of [...this.#hot(), entry]) this.keep(each);
    }
  }

  /**
   * Puts an entry into the backlog and, when that is committed, takes its hot snapshot away.
   * @param {Entry} entry
   * @returns whether it is committed
   */
  async keep(entry) {
    let dropped = 0;
    const committed = await this.#transact(idOf(entry), (store, [there]) => {
      if (isNewer(there, entry)) return;
      store.put(entry);
      const count = store.count();
      count.onsuccess = () => {
        if (count.result <= ENTRIES_MAX) return;
        const oldest = store.index("savedMs").openCursor();
        oldest.onsuccess = () => {
          oldest.result?.delete();
          dropped = 1;
        };
      };
    });
    if (committed) {
      this.lost += dropped;
      forget(entry);
    }
    return committed;
  }

  /**
   * What other page loads left: the latest version of each view and producer, newest first.
   * @returns {Promise<Entry[]>}
   */
  async load() {
    /** @type {Entry[]} */
    let stored = [];
    await this.#transact(undefined, (store, entries) => {
      stored = entries.filter((entry) => {
        if (isEntry(entry)) return true;
        store.delete(idOf(entry));
        this.corrupt += 1;
      });
    });
    /** @type {Map<string, Entry>} */
    const found = new Map();
    for (const entry of [...stored, ...this.#hot()]) {
      const key = keyOf(entry);
      if (!this.#own.has(key) && !isNewer(found.get(key), entry)) found.set(key, entry);
    }
    const entries = [...found.values()].sort((one, other) => other.savedMs - one.savedMs);
    return entries.filter((entry, index) => {
      if (index < ENTRIES_MAX && entry.savedMs > Date.now() - AGE_MS_MAX) return true;
      this.lost += 1;
      this.remove(entry);
    });
  }

  /**
   * Removes what is stored of an entry up to its version.
   * @param {Entry} entry
   * @returns whether that is committed
   */
  remove(entry) {
    forget(entry);
    const id = idOf(entry);
    return this.#transact(id, (store, [there]) => {
      if (!isNewer(there, entry)) store.delete(id);
    });
  }

  /**
   * Removes all that Usher stores on this origin.
   * @returns whether that is committed
   */
  purge() {
    this.#each((key) => {
      delete localStorage[key];
    });
    return this.#transact([], (store) => store.clear());
  }

  /** The entries in `localStorage`; what is under our prefix and none of them is removed. */
  #hot() {
    return this.#each((key) => {
      const entry = hot(key);
      if (entry) return entry;
      delete localStorage[key];
      this.corrupt += 1;
      return [];
    });
  }

  /**
   * Does something with every key of ours in `localStorage`.
   * @template T
   * @param {(key: string) => T | T[]} work
   * @returns {T[]}
   */
  #each(work) {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(PREFIX))
        .flatMap(work);
    } catch (error) {
      this.#tell(0, error);
      return [];
    }
  }

  /**
   * Works in one transaction, on the entry with a key or on all.
   * @param {string[] | undefined} id
   * @param {(store: IDBObjectStore, entries: Entry[]) => void} work
   * @returns whether it is committed
   */
  async #transact(id, work) {
    try {
      const database = await (this.#database ??= limited((resolve, reject) => {
        const request = indexedDB.open("usher", 1);
        request.onupgradeneeded = () =>
          request.result
            .createObjectStore("views", { keyPath: ["view", "producer"] })
            .createIndex("savedMs", "savedMs");
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const opened = request.result;
          // Another tab deletes the database or brings a newer one: never in its way.
          opened.onversionchange = opened.onclose = () => {
            this.#database = opened.close();
          };
          resolve((this.#database = opened));
        };
      }));
      await limited((resolve, reject) => {
        const transaction = database.transaction("views", "readwrite");
        const store = transaction.objectStore("views");
        const found = store.getAll(id);
        found.onsuccess = () => work(store, found.result);
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      this.#tell(1);
      return true;
    } catch (error) {
      // One that has not answered yet may still do so; one that failed is opened again.
      if (error) this.#database = undefined;
      this.#tell(1, error);
      return false;
    }
  }

  /**
   * @param {0 | 1} storage
   * @param {any} [error] none: it works; null: no answer in time
   */
  #tell(storage, error) {
    this.#troubles[storage] = error === undefined ? null : troubleOf(error);
    const trouble = this.#troubles[0] ?? this.#troubles[1] ?? null;
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.#notify?.();
  }
}

/** @param {Entry} entry */
const idOf = ({ view, producer }) => [view, producer];

/** @param {Entry} entry */
const keyOf = (entry) => PREFIX + idOf(entry).join(":");

/** @type {(one: Entry | null | undefined, other: Entry) => boolean} */
const isNewer = (one, other) => !!one && one.version > other.version;

/**
 * Whether a value that is no primitive is an entry, and neither torn nor another's.
 * @param {any} value
 */
const isEntry = (value) =>
  ["viewer", "view", "title", "producer", "state"].every(
    (name) => value[name] && typeof value[name] === "string",
  ) && [value.version, value.savedMs, value.at?.[0], value.at?.[1]].every(Number.isFinite);

/**
 * @param {string} key
 * @returns {Entry | undefined} nothing if it cannot be read
 */
const hot = (key) => {
  try {
    const entry = JSON.parse(localStorage[key]);
    if (isEntry(entry) && keyOf(entry) === key) return entry;
  } catch {
    // Torn, foreign, or no storage.
  }
};

/**
 * Removes the hot snapshot up to this version.
 * @param {Entry} entry
 */
const forget = (entry) => {
  const key = keyOf(entry);
  const there = hot(key);
  if (there && !isNewer(there, entry)) delete localStorage[key];
};

/**
 * A promise that is given up when nothing answers.
 * @template T
 * @param {(resolve: (value?: any) => void, reject: (error: unknown) => void) => void} work
 * @returns {Promise<T>}
 */
const limited = (work) =>
  new Promise((resolve, reject) => {
    work(resolve, reject);
    setTimeout(reject, ANSWER_MS_MAX, null);
  });

/**
 * @param {any} error null: no answer in time
 * @returns {Trouble}
 */
const troubleOf = (error) =>
  /quota/i.test(error)
    ? "full"
    : /^Sec/.test(error)
      ? "private"
      : /^(Type|Ref)/.test(error)
        ? "missing"
        : "blocked";
