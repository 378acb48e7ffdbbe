/** Which task reads: the switch, remembered, and what the page must know of the task. */

import { servedTasks } from "./api.js";
import { onLanguage, text } from "./language.js";
import { DIGITS, hasLetters, LETTERS } from "./letters.js";
import { recall, remember } from "./storage.js";

/** Reads until the service has named its tasks, and where it does not. */
const UKRAINIAN = { name: "ukrainian", labels: [...DIGITS, ...LETTERS].join(""), case: true };

const chooser = document.getElementById("task");
const listeners = [];
let served = [UKRAINIAN];
let task = UKRAINIAN;

/** @returns {import("./api.js").Task} */
export function currentTask() {
  return task;
}

/**
 * @param {import("./api.js").Task} task
 * @returns {boolean}
 */
export function isUkrainian({ name }) {
  return name === UKRAINIAN.name;
}

/** @param {() => void} listener called whenever another task is to read */
export function onTask(listener) {
  listeners.push(listener);
}

function named(each) {
  if (isUkrainian(each)) {
    return text("taskUkrainian");
  }
  return hasLetters(each) ? text("taskLatin", { count: each.labels.length }) : text("taskDigits");
}

function render() {
  chooser.replaceChildren(...served.map((each) => new Option(named(each), each.name)));
  chooser.value = task.name;
  chooser.parentElement.hidden = served.length < 2;
}

function choose(name) {
  const before = task;
  task = served.find((each) => each.name === name) ?? served[0];
  render();
  if (task.name !== before.name) {
    listeners.forEach((listener) => listener());
  }
}

export async function startTasks() {
  onLanguage(render);
  chooser.addEventListener("change", () => {
    remember("task", chooser.value);
    choose(chooser.value);
  });
  served = await servedTasks().catch(() => served);
  choose(recall("task"));
}
