/** What went wrong, as one plain line. */

import { onLanguage, text } from "./language.js";

export class PageError extends Error {
  /**
   * @param {string} key of texts.js
   * @param {{detail?: string, retryAfter?: number}} [more] retryAfter: seconds, where trying again may help
   */
  constructor(key, { detail = "", retryAfter } = {}) {
    super(key);
    this.key = key;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}

let shown = null;

function render() {
  const line = document.getElementById("status");
  line.hidden = shown === null;
  line.textContent = shown === null ? "" : text(shown.key, { detail: shown.detail });
}

/** @param {unknown} error a PageError, anything else, or null to take the line away */
export function showError(error) {
  shown = error === null || error instanceof PageError ? error : new PageError("refused", { detail: String(error) });
  render();
}

onLanguage(render);
