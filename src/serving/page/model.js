/** The footer's line about the model: which it is, and how well it reads hands that it has never seen. */

import { model } from "./api.js";
import { onLanguage, percent, text } from "./language.js";
import { currentTask, onTask } from "./tasks.js";

let card = null;

function render() {
  const revision = card?.git_revision?.slice(0, 7);
  const accuracy = card?.figures?.unseen_kind_known?.value;
  const parts = [];
  if (revision) {
    parts.push(text("model", { revision }));
  } else if (card !== null) {
    parts.push(text("modelFile", { name: card.name, digest: card.sha256.slice(0, 7) }));
  }
  if (typeof accuracy === "number") {
    parts.push(text("accuracy", { percent: percent(accuracy) }));
  }
  const line = document.getElementById("model");
  line.hidden = parts.length === 0;
  line.textContent = parts.join(" · ");
}

async function load() {
  const task = currentTask();
  // Without the card the page reads as well.
  const loaded = await model(task).catch(() => null);
  if (task.name === currentTask().name) {
    card = loaded;
    render();
  }
}

export function startModel() {
  onLanguage(render);
  onTask(load);
  load();
}
