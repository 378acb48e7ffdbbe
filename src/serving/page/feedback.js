/** "Right" and "It was …": what the user says about a reading, kept only with consent. */

import { keepSample } from "./api.js";
import { chooseTruth } from "./chooser.js";
import { askConsent } from "./consent.js";
import { showError } from "./errors.js";
import { addKept, deleteKept, writer } from "./kept.js";
import { onLanguage, text } from "./language.js";
import { isDigit } from "./letters.js";
import { currentTask, isUkrainian, onTask } from "./tasks.js";

const element = (id) => document.getElementById(id);
const buttons = [element("right"), element("wrong")];

/** @type {import("./asker.js").Reading | null} the reading of the drawing as it stands */
let reading = null;
/** @type {{key: "thanks" | "deleted" | "declined", id?: string} | null} */
let note = null;

function render() {
  // What is collected is Ukrainian.
  element("feedback").hidden = !isUkrainian(currentTask());
  const kept = note?.key === "thanks";
  // A picture from a file may be of somebody else's hand, who has not agreed.
  element("verdict").hidden = kept || note?.key === "deleted" || reading?.relativeHeight === null;
  element("thanks").hidden = note === null;
  element("thanks-text").textContent = note === null ? "" : text(note.key, { id: note.id?.slice(0, 8) });
  element("delete-sample").hidden = !kept;
}

function showNote(value) {
  note = value;
  render();
}

/** The drawing has changed: what was answered is about another. */
export function outdate() {
  if (reading === null && note === null) {
    return;
  }
  reading = null;
  buttons.forEach((button) => { button.disabled = true; });
  showNote(null);
}

/** @param {import("./asker.js").Reading} value */
export function offerFeedback(value) {
  if (!isUkrainian(value.task)) {
    return;
  }
  reading = value;
  buttons.forEach((button) => { button.disabled = false; });
  showNote(null);
}

function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

async function keep({ blob, relativeHeight, kind, answer }, { label, uppercase }) {
  const { image = null, ...bare } = answer;
  // Who asked for digits and then says that it was a letter has changed their mind about the kind.
  const told = kind && (isDigit(label) ? "digit" : "letter");
  const { id } = await keepSample({
    image: await dataUrl(blob), relative_height: relativeHeight, kind: told, answer: bare,
    label, uppercase, writer: writer(), consent: true,
  });
  addKept({ id, label, uppercase, image });
  return id;
}

/** @param {(answer: import("./api.js").Answer) => Promise<import("./chooser.js").Truth | null>} truth */
async function give(truth) {
  const about = reading;
  if (!await askConsent()) {
    showNote({ key: "declined" });
    return;
  }
  const told = await truth(about.answer);
  if (told === null) {
    return;
  }
  buttons.forEach((button) => { button.disabled = true; });
  try {
    const id = await keep(about, told);
    showError(null);
    if (reading === about) {
      showNote({ key: "thanks", id });
      element("delete-sample").focus({ preventScroll: true });
    }
  } catch (error) {
    showError(error);
    buttons.forEach((button) => { button.disabled = reading === null; });
  }
}

async function takeBack() {
  const { id } = note;
  element("delete-sample").disabled = true;
  try {
    await deleteKept(id);
    showError(null);
    if (note?.id === id) {
      showNote({ key: "deleted", id });
    }
  } catch (error) {
    showError(error);
  }
  element("delete-sample").disabled = false;
}

/** @param {string} id deleted elsewhere on the page */
export function noteDeleted(id) {
  if (note?.id === id) {
    showNote({ key: "deleted", id });
  }
}

export function startFeedback() {
  element("right").addEventListener("click", () => give(async ({ label, uppercase }) => ({ label, uppercase })));
  element("wrong").addEventListener("click", () => give(chooseTruth));
  element("delete-sample").addEventListener("click", takeBack);
  onLanguage(render);
  onTask(render);
}
