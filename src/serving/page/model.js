/** The footer's line about the model: which it is, and how well it reads hands that it has never seen. */

import { model } from "./api.js";
import { onLanguage, percent, text } from "./language.js";

let card = null;

function render() {
  const revision = card?.git_revision?.slice(0, 7);
  const accuracy = card?.figures?.unseen_kind_known?.value;
  const parts = [];
  if (revision) {
    parts.push(text("model", { revision }));
  }
  if (typeof accuracy === "number") {
    parts.push(text("accuracy", { percent: percent(accuracy) }));
  }
  const line = document.getElementById("model");
  line.hidden = parts.length === 0;
  line.textContent = parts.join(" · ");
}

export async function startModel() {
  onLanguage(render);
  // Without the card the page reads as well.
  card = await model().catch(() => null);
  render();
}
