/** "My drawings": what is kept from this browser, to be deleted, and the consent, to be withdrawn. */

import { consented, withdrawConsent } from "./consent.js";
import { choice } from "./dialogs.js";
import { noteDeleted } from "./feedback.js";
import { PageError } from "./errors.js";
import { deleteKept, forgetWriter, keptSamples } from "./kept.js";
import { text } from "./language.js";
import { cased } from "./letters.js";

const element = (id) => document.getElementById(id);

function say(line) {
  element("drawings-note").textContent = line;
}

function row({ id, label, uppercase, image }) {
  const made = document.createElement("li");
  const picture = document.createElement("img");
  const name = document.createElement("span");
  const number = document.createElement("code");
  const button = document.createElement("button");
  picture.alt = "";
  picture.width = picture.height = 28;
  picture.src = image ?? "data:,";
  name.textContent = cased(label, uppercase);
  name.lang = "uk";
  number.textContent = id.slice(0, 8);
  button.type = "button";
  button.className = "plain";
  button.textContent = text("delete");
  button.setAttribute("aria-label", text("deleteOne", { id: id.slice(0, 8) }));
  button.addEventListener("click", () => remove([id]));
  made.append(picture, name, number, button);
  return made;
}

function render() {
  const samples = keptSamples();
  element("drawings-list").replaceChildren(...samples.map(row));
  element("delete-all").hidden = samples.length < 2;
  element("withdraw").hidden = !consented();
  say(text(samples.length > 0 ? "someKept" : "noneKept"));
  if (samples.length === 0 && !consented()) {
    forgetWriter();
  }
}

async function remove(ids) {
  try {
    for (const id of ids) {
      await deleteKept(id);
      noteDeleted(id);
    }
    render();
  } catch (error) {
    render();
    say(error instanceof PageError ? text(error.key, { detail: error.detail }) : String(error));
  }
}

export function startDrawings() {
  element("mine").addEventListener("click", () => {
    render();
    choice(element("drawings"), () => {});
  });
  element("delete-all").addEventListener("click", () => remove(keptSamples().map(({ id }) => id)));
  element("withdraw").addEventListener("click", () => {
    withdrawConsent();
    render();
    say(text("withdrawn"));
  });
}
