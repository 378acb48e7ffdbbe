/** Consent to keep drawings: asked for once, remembered, withdrawn under "My drawings". */

import { choice } from "./dialogs.js";
import { recall, remember } from "./storage.js";

export function consented() {
  return recall("consent") === true;
}

export function withdrawConsent() {
  remember("consent", null);
}

/** @returns {Promise<boolean>} whether drawings may be kept, having asked where that is unknown */
export async function askConsent() {
  if (consented()) {
    return true;
  }
  const agreed = await choice(document.getElementById("consent"), (choose, signal) => {
    document.getElementById("agree").addEventListener("click", () => choose(true), { signal });
  });
  if (agreed) {
    remember("consent", true);
  }
  return agreed === true;
}
