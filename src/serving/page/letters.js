/** The characters, and a label in its case. */

export const LETTERS = [..."абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"];
export const DIGITS = [..."0123456789"];

/** @param {string} label */
export function isDigit(label) {
  return DIGITS.includes(label);
}

/** @param {string} label */
export function upper(label) {
  return label.toLocaleUpperCase("uk");
}

/** @param {import("./api.js").Task} task */
export function hasLetters({ labels }) {
  return [...labels].some((label) => !isDigit(label));
}

/**
 * @param {string} label
 * @param {import("./api.js").Task} task
 * @returns {boolean | null} the case that the label tells by itself: only where its other case is a label, too
 */
export function toldCase(label, task) {
  const isUpper = label !== label.toLowerCase();
  const other = isUpper ? label.toLowerCase() : upper(label);
  return !task.case && other !== label && task.labels.includes(other) ? isUpper : null;
}

/**
 * @param {string} label
 * @param {boolean | null} uppercase null where the case is open, and for a digit
 * @param {boolean} [asked] whether the case is a question of its own; otherwise the label is what is seen
 */
export function cased(label, uppercase, asked = true) {
  if (isDigit(label) || uppercase === false || !asked) {
    return label;
  }
  return uppercase ? upper(label) : `${label} / ${upper(label)}`;
}

/**
 * @param {string} label
 * @param {boolean | null} uppercase
 * @param {boolean} asked whether the case is a question of its own; otherwise a label may stand for both
 * @returns {string} the key of texts.js that says what it is
 */
export function sort(label, uppercase, asked) {
  if (isDigit(label)) {
    return "digit";
  }
  if (uppercase === null) {
    return asked ? "caseOpen" : "letter";
  }
  return uppercase ? "upper" : "lower";
}
