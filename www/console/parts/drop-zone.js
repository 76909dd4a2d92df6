// @ts-check
// A place to drop a file, with a picker inside for whoever has no pointer.

/**
 * @param {HTMLElement} place lights up while a file is held over the page
 * @param {HTMLInputElement} input of the type `file`
 * @param {(files: File[]) => void} take
 */
export function dropZone(place, input, take) {
  input.addEventListener("change", () => {
    take([...(input.files ?? [])]);
    // The same file may be chosen again, after it was mended.
    input.value = "";
  });
  // On the whole page: a file that misses the place would otherwise replace the page.
  let depth = 0;
  const light = () => place.classList.toggle("over", depth > 0);
  addEventListener("dragenter", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth += 1;
    light();
  });
  addEventListener("dragleave", (event) => {
    if (!holdsFiles(event)) return;
    depth = Math.max(0, depth - 1);
    light();
  });
  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth = 0;
    light();
    take([...(event.dataTransfer?.files ?? [])]);
  });
}

/** @param {DragEvent} event */
function holdsFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
