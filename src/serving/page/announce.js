/** What a screen reader says: only what has stood for a while. */

const PAUSE = 900;

const live = document.getElementById("live");
let timer = null;

/** @param {string} line */
export function say(line) {
  clearTimeout(timer);
  if (live.textContent !== line) {
    live.textContent = line;
  }
}

/** @param {string} line said unless something else is to be said, or hushed, in the meantime */
export function sayLater(line) {
  clearTimeout(timer);
  timer = setTimeout(say, PAUSE, line);
}

export function hush() {
  say("");
}
