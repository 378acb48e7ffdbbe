/** The answer: the letter, how sure, which case, and what the network sees. */

import { hush, sayLater } from "./announce.js";
import { onLanguage, percent, text } from "./language.js";
import { cased, isDigit, sort, toldCase, upper } from "./letters.js";
import { isUkrainian } from "./tasks.js";

const element = (id) => document.getElementById(id);

/** @type {import("./asker.js").Reading | null} */
let shown = null;

function bar(entry, task) {
  const row = document.createElement("li");
  const [glyph, kind, track, share] = ["glyph", "kind", "bar", "share"].map((name) => {
    const span = document.createElement("span");
    span.className = name;
    return span;
  });
  const fill = document.createElement("span");
  track.append(fill);
  row.append(glyph, kind, track, share);
  setBar(row, entry, task);
  return row;
}

function setBar(row, { label, p }, task) {
  const [glyph, kind, track, share] = row.children;
  glyph.lang = languageOf(task);
  glyph.textContent = label;
  kind.textContent = barWord(label, task);
  track.firstElementChild.style.transform = `scaleX(${p})`;
  share.textContent = percent(p);
}

function languageOf(task) {
  return isUkrainian(task) ? "uk" : "en";
}

function tellsCase(task) {
  return [...task.labels].some((label) => toldCase(label, task) !== null);
}

/** A digit's name tells 0 from о and 3 from з; where labels tell the case its name tells c from C. */
function barWord(label, task) {
  if (isDigit(label)) {
    return text("digit");
  }
  if (!tellsCase(task)) {
    return "";
  }
  const uppercase = toldCase(label, task);
  return text(uppercase === null ? "letter" : uppercase ? "upperShort" : "lowerShort");
}

/** Rows are kept from answer to answer, so that the bars glide. */
function showTop(top, task) {
  const list = element("top");
  list.classList.toggle("wide", tellsCase(task));
  top.forEach((entry, i) => {
    if (i < list.children.length) {
      setBar(list.children[i], entry, task);
    } else {
      list.append(bar(entry, task));
    }
  });
  while (list.children.length > top.length) {
    list.lastElementChild.remove();
  }
}

function showCase({ label, p_uppercase: share }) {
  const known = typeof share === "number" && !isDigit(label);
  element("case").hidden = !known;
  if (known) {
    element("case").setAttribute("aria-label", text("caseBar", { percent: percent(share) }));
    element("case-lower").textContent = label;
    element("case-upper").textContent = upper(label);
    element("case-mark").style.left = `${share * 100}%`;
  }
}

function render() {
  element("hint").hidden = shown !== null;
  element("reading").hidden = shown === null;
  if (shown === null) {
    return;
  }
  const { answer, task } = shown;
  const what = sort(answer.label, answer.uppercase, task.case);
  element("answer-label").lang = languageOf(task);
  element("answer-label").textContent = cased(answer.label, answer.uppercase, task.case);
  element("answer-case").textContent = text(what);
  element("reading").classList.toggle("doubtful", !answer.is_character);
  element("reading").classList.toggle("open-case", what === "caseOpen");
  element("not-character").hidden = answer.is_character;
  element("unsure").hidden = !isUnsure(answer);
  showTop(answer.top, task);
  showCase(answer);
  element("seen").hidden = !answer.image;
  if (answer.image) {
    element("seen").src = answer.image;
  }
}

/** What is no character is told of as such; that says more. */
function isUnsure(answer) {
  return answer.is_character && answer.unsure === true;
}

function spoken({ answer, task }) {
  const { label, uppercase, p_label: share } = answer;
  const character = cased(label, uppercase, task.case);
  const what = `${character}, ${text(sort(label, uppercase, task.case))}, ${percent(share)}`;
  if (!answer.is_character) {
    return `${text("notCharacter")} ${text("closest", { what })}`;
  }
  return isUnsure(answer) ? `${what}. ${text("unsure")}` : what;
}

/** @param {import("./asker.js").Reading} reading */
export function showAnswer(reading) {
  shown = reading;
  render();
  sayLater(spoken(reading));
  document.body.dataset.answers = String(Number(document.body.dataset.answers) + 1);
}

export function showNoAnswer() {
  shown = null;
  render();
  hush();
}

onLanguage(render);
