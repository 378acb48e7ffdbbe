/** The page's language: which it is, and what each element says in it. */

import { recall, remember } from "./storage.js";
import { texts } from "./texts.js";

const listeners = [];
let language = initial();

function initial() {
  const chosen = recall("language");
  if (Object.hasOwn(texts, chosen)) {
    return chosen;
  }
  return (navigator.language ?? "").toLowerCase().startsWith("uk") ? "uk" : "en";
}

/**
 * @param {string} key of texts.js
 * @param {Record<string, string>} [values] what stands for each `{name}`
 */
export function text(key, values = {}) {
  return texts[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** @param {number} share 0..1 */
export function percent(share) {
  const format = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  return share > 0 && share < 0.005 ? `< ${format.format(0.01)}` : format.format(share);
}

/** @param {() => void} listener called whenever the language has changed */
export function onLanguage(listener) {
  listeners.push(listener);
}

/** @param {HTMLElement} element from now on it says the text of this key */
export function tell(element, key) {
  element.dataset.text = key;
  element.textContent = text(key);
}

/** @param {HTMLElement} element from now on it is called by the text of this key */
export function label(element, key) {
  element.dataset.label = key;
  element.setAttribute("aria-label", text(key));
}

/** Call the page by what its tagline says. */
export function entitle() {
  document.title = text("pageTitle", { what: text(document.getElementById("tagline").dataset.text) });
}

function translate() {
  document.documentElement.lang = language;
  entitle();
  for (const element of document.querySelectorAll("[data-text]")) {
    tell(element, element.dataset.text);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    label(element, element.dataset.label);
  }
  for (const element of document.querySelectorAll("[data-tip]")) {
    element.title = text(element.dataset.tip);
  }
  for (const element of document.querySelectorAll("[data-alt]")) {
    element.alt = text(element.dataset.alt);
  }
}

export function startLanguage() {
  const button = document.getElementById("language");
  const apply = () => {
    translate();
    button.textContent = text("otherLanguage");
    button.lang = language === "uk" ? "en" : "uk";
    listeners.forEach((listener) => listener());
  };
  button.addEventListener("click", () => {
    language = language === "uk" ? "en" : "uk";
    remember("language", language);
    apply();
  });
  apply();
}
