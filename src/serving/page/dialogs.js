/** Dialogs: each resolves once, to what was chosen or to null. */

/**
 * @template T
 * @param {HTMLDialogElement} dialog its `[data-close]` buttons and Escape choose nothing
 * @param {(choose: (value: T) => void, signal: AbortSignal) => void} listen for what chooses, until the signal
 * @returns {Promise<T | null>}
 */
export function choice(dialog, listen) {
  return new Promise((resolve) => {
    const listening = new AbortController();
    const { signal } = listening;
    let chosen = null;
    const choose = (value) => {
      chosen = value;
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      listening.abort();
      resolve(chosen);
    }, { signal });
    for (const button of dialog.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => dialog.close(), { signal });
    }
    // Beside the dialog, on the backdrop.
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close(), { signal });
    listen(choose, signal);
    dialog.showModal();
  });
}
