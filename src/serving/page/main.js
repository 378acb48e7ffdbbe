/** The page: a drawing, its readings, and what the user says about them. */

import { hush } from "./announce.js";
import { showAnswer, showNoAnswer } from "./answer.js";
import { Asker } from "./asker.js";
import { Canvas } from "./canvas.js";
import { startChooser } from "./chooser.js";
import { startDrawings } from "./drawings.js";
import { showError } from "./errors.js";
import { offerFeedback, outdate, startFeedback } from "./feedback.js";
import { startFiles } from "./files.js";
import { startKeyboardPen, startShortcuts } from "./keyboard.js";
import { entitle, label, startLanguage, tell } from "./language.js";
import { hasLetters } from "./letters.js";
import { startModel } from "./model.js";
import { startPointer } from "./pointer.js";
import { Drawing } from "./strokes.js";
import { currentTask, isUkrainian, onTask, startTasks } from "./tasks.js";

/** The side in which the pen's width is told, that of the training canvas. */
const PEN_UNITS = 200;

const element = (id) => document.getElementById(id);
const drawing = new Drawing();
const canvas = new Canvas(element("pad"), drawing);

function asked() {
  const kind = document.querySelector("input[name=kind]:checked").value || null;
  return { task: currentTask(), kind: element("kind").hidden ? null : kind };
}

const asker = new Asker(drawing, asked, {
  onReading: (reading) => {
    showError(null);
    showAnswer(reading);
    if (!drawing.open) {
      offerFeedback(reading);
    }
  },
  onError: showError,
  onBusy: (busy) => { document.body.dataset.busy = String(busy); },
});

function forget() {
  asker.cancel();
  showError(null);
  showNoAnswer();
}

function follow(how) {
  outdate();
  hush();
  element("clear").disabled = drawing.empty;
  element("undo").disabled = drawing.empty && drawing.cleared.length === 0;
  if (how === "clear") {
    forget();
  }
  if (drawing.open || how === "pen") {
    asker.soon();
  } else {
    asker.now();
  }
}

function wordTask(letters) {
  const latin = letters ? "taglineLatin" : "taglineDigits";
  tell(element("tagline"), isUkrainian(currentTask()) ? "tagline" : latin);
  tell(element("hint-what"), letters ? "hint" : "hintDigit");
  label(element("pad"), letters ? "pad" : "padDigit");
  entitle();
}

/** What was answered is of another alphabet. */
function followTask() {
  outdate();
  forget();
  const letters = hasLetters(currentTask());
  element("kind").hidden = !letters;
  wordTask(letters);
  asker.now();
}

function startTools() {
  element("undo").addEventListener("click", () => drawing.undo());
  element("clear").addEventListener("click", () => drawing.clear());
  element("pen-width").addEventListener("input", ({ target }) => drawing.setPen(target.valueAsNumber / PEN_UNITS));
  element("kind").addEventListener("change", () => {
    outdate();
    asker.now();
  });
  drawing.setPen(element("pen-width").valueAsNumber / PEN_UNITS);
}

drawing.addEventListener("change", ({ detail }) => follow(detail));
window.addEventListener("online", () => asker.now());
startTools();
startPointer(canvas.element, drawing);
startKeyboardPen(canvas, drawing);
startShortcuts(drawing);
startFiles(drawing, showError);
startChooser();
startFeedback();
startDrawings();
startModel();
onTask(followTask);
startTasks();
startLanguage();
follow("clear");
