/** The answer: the letter, how sure, which case, and what the network sees. */

import { hush, sayLater } from "./announce.js";
import { onLanguage, percent, text } from "./language.js";
import { cased, isDigit, sort, upper } from "./letters.js";

const element = (id) => document.getElementById(id);

/** @type {import("./api.js").Answer | null} */
let shown = null;

function bar({ label, p }) {
  const row = document.createElement("li");
  const [glyph, kind, track, share] = ["glyph", "kind", "bar", "share"].map((name) => {
    const span = document.createElement("span");
    span.className = name;
    return span;
  });
  const fill = document.createElement("span");
  track.append(fill);
  row.append(glyph, kind, track, share);
  glyph.lang = "uk";
  setBar(row, { label, p });
  return row;
}

function setBar(row, { label, p }) {
  const [glyph, kind, track, share] = row.children;
  glyph.textContent = label;
  // A digit's name tells 0 from о and 3 from з.
  kind.textContent = isDigit(label) ? text("digit") : "";
  track.firstElementChild.style.transform = `scaleX(${p})`;
  share.textContent = percent(p);
}

/** Rows are kept from answer to answer, so that the bars glide. */
function showTop(top) {
  const list = element("top");
  top.forEach((entry, i) => {
    if (i < list.children.length) {
      setBar(list.children[i], entry);
    } else {
      list.append(bar(entry));
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
  element("answer-label").textContent = cased(shown.label, shown.uppercase);
  element("answer-case").textContent = text(sort(shown.label, shown.uppercase));
  element("reading").classList.toggle("doubtful", !shown.is_character);
  element("reading").classList.toggle("open-case", sort(shown.label, shown.uppercase) === "caseOpen");
  element("not-character").hidden = shown.is_character;
  showTop(shown.top);
  showCase(shown);
  element("seen").hidden = !shown.image;
  if (shown.image) {
    element("seen").src = shown.image;
  }
}

function spoken({ label, uppercase, p_label: share, is_character: isCharacter }) {
  const what = `${cased(label, uppercase)}, ${text(sort(label, uppercase))}, ${percent(share)}`;
  return isCharacter ? what : `${text("notCharacter")} ${text("closest", { what })}`;
}

/** @param {import("./api.js").Answer} answer */
export function showAnswer(answer) {
  shown = answer;
  render();
  sayLater(spoken(answer));
  document.body.dataset.answers = String(Number(document.body.dataset.answers) + 1);
}

export function showNoAnswer() {
  shown = null;
  render();
  hush();
}

onLanguage(render);
