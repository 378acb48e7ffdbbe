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
import { startLanguage } from "./language.js";
import { startModel } from "./model.js";
import { startPointer } from "./pointer.js";
import { Drawing } from "./strokes.js";

/** The side in which the pen's width is told, that of the training canvas. */
const PEN_UNITS = 200;

const element = (id) => document.getElementById(id);
const drawing = new Drawing();
const canvas = new Canvas(element("pad"), drawing);

function kind() {
  return document.querySelector("input[name=kind]:checked").value || null;
}

const asker = new Asker(drawing, kind, {
  onReading: (reading) => {
    showError(null);
    showAnswer(reading.answer);
    if (!drawing.open) {
      offerFeedback(reading);
    }
  },
  onError: showError,
  onBusy: (busy) => { document.body.dataset.busy = String(busy); },
});

function follow(how) {
  outdate();
  hush();
  element("clear").disabled = drawing.empty;
  element("undo").disabled = drawing.empty && drawing.cleared.length === 0;
  if (how === "clear") {
    asker.cancel();
    showError(null);
    showNoAnswer();
  }
  if (drawing.open || how === "pen") {
    asker.soon();
  } else {
    asker.now();
  }
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
startLanguage();
follow("clear");
