// @ts-check
// Finds one viewer, gives everything that is held of them, and erases them.
import { ask } from "./central.js";
import { count } from "./duration.js";
import { element, write } from "./element.js";

/**
 * Searches by the form of the page.
 * @param {(trouble: unknown) => void} onTrouble
 * @param {() => void} onChange something was written: accesses and erasures are noted
 */
export function viewerSearch(onTrouble, onChange) {
  const form = element("viewer-form", HTMLFormElement);
  const input = element("viewer", HTMLInputElement);
  const found = element("viewer-found", HTMLElement);
  const text = element("viewer-text", HTMLElement);
  const link = element("viewer-export", HTMLAnchorElement);
  const erase = element("viewer-erase", HTMLButtonElement);
  const dialog = element("erase-dialog", HTMLDialogElement);
  let viewer = "";

  /** @param {() => Promise<void>} act */
  const tried = async (act) => {
    try {
      await act();
      onChange();
    } catch (reason) {
      onTrouble(reason);
    }
  };

  const address = () => `/v1/viewers/${encodeURIComponent(viewer)}`;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    viewer = input.value;
    void tried(async () => {
      const held = await ask(address());
      const views = viewsIn(held);
      const bytes = new Blob([JSON.stringify(held, null, 2)], { type: "application/json" });
      URL.revokeObjectURL(link.href);
      link.href = URL.createObjectURL(bytes);
      found.hidden = false;
      link.hidden = erase.hidden = false;
      const apart = held?.edge?.quarantine?.length ?? 0;
      const more = apart > 0 ? ` ${count(apart)} states that cannot be true are set apart.` : "";
      if (views > 0) write(text, `${count(views)} views of “${viewer}” are held.${more}`);
      else write(text, `Nothing is held of “${viewer}”.`);
    });
  });

  erase.addEventListener("click", () => {
    write(element("erase-viewer", HTMLElement), viewer);
    dialog.returnValue = "";
    dialog.showModal();
  });

  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "erase") return;
    void tried(async () => {
      const { centre } = await ask(address(), "DELETE");
      URL.revokeObjectURL(link.href);
      link.removeAttribute("href");
      link.hidden = erase.hidden = true;
      // The edge tells the centre when all that was on its way has arrived there.
      const rest = centre === false ? " at the edge; the centre follows" : "";
      write(text, `“${viewer}” is erased${rest}.`);
    });
  });
}

/**
 * The views in an export, wherever it has them: the centre alone answers with its own, the edge with both.
 * @param {any} held
 * @returns {number}
 */
function viewsIn(held) {
  const lists = [held?.views, held?.central?.views].filter(Array.isArray);
  return Math.max(0, ...lists.map((list) => list.length));
}
