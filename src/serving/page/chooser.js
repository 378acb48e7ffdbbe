/** The grid of 33 letters and 10 digits in which a wrong answer is put right. */

import { choice } from "./dialogs.js";
import { DIGITS, LETTERS, upper } from "./letters.js";

const dialog = document.getElementById("chooser");
const letters = document.getElementById("chooser-letters");
const digits = document.getElementById("chooser-digits");
const lowerRadio = document.getElementById("choose-lower");
const upperRadio = document.getElementById("choose-upper");

/** @typedef {{label: string, uppercase: boolean | null}} Truth */

function button(label) {
  const made = document.createElement("button");
  made.type = "button";
  made.dataset.character = label;
  made.textContent = label;
  return made;
}

function showCase() {
  for (const made of letters.children) {
    made.textContent = upperRadio.checked ? upper(made.dataset.character) : made.dataset.character;
  }
}

/**
 * @param {import("./api.js").Answer} answer that was wrong: its case is where the chooser starts
 * @returns {Promise<Truth | null>}
 */
export function chooseTruth(answer) {
  (answer.uppercase ? upperRadio : lowerRadio).checked = true;
  showCase();
  return choice(dialog, (choose, signal) => {
    const listen = (group, uppercase) => group.addEventListener("click", ({ target }) => {
      if (target.dataset.character) {
        choose({ label: target.dataset.character, uppercase: uppercase() });
      }
    }, { signal });
    listen(letters, () => upperRadio.checked);
    listen(digits, () => null);
  });
}

export function startChooser() {
  letters.append(...LETTERS.map(button));
  digits.append(...DIGITS.map(button));
  lowerRadio.addEventListener("change", showCase);
  upperRadio.addEventListener("change", showCase);
}
