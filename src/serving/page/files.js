/** A picture in place of a drawing: opened, dropped or pasted. */

import { PageError } from "./errors.js";

/**
 * @param {import("./strokes.js").Drawing} drawing
 * @param {(error: unknown) => void} onError
 */
export function startFiles(drawing, onError) {
  const open = async (file) => {
    try {
      drawing.show(file, await createImageBitmap(file));
    } catch {
      onError(new PageError("notPicture"));
    }
  };

  const first = (files) => [...(files ?? [])].find((file) => file.type.startsWith("image/")) ?? files?.[0];

  const take = (event, files) => {
    const file = first(files);
    if (file) {
      event.preventDefault();
      open(file);
    }
  };

  const input = document.getElementById("picture");
  input.addEventListener("change", (event) => {
    take(event, input.files);
    // So that the same file can be opened again.
    input.value = "";
  });
  // Without this a picture dropped beside the canvas would replace the page.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event, event.dataTransfer?.files);
  });
  document.addEventListener("paste", (event) => take(event, event.clipboardData?.files));
}
