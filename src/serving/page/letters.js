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

/**
 * @param {string} label
 * @param {boolean | null} uppercase null where the case is open, and for a digit
 */
export function cased(label, uppercase) {
  if (isDigit(label) || uppercase === false) {
    return label;
  }
  return uppercase ? upper(label) : `${label} / ${upper(label)}`;
}

/**
 * @param {string} label
 * @param {boolean | null} uppercase
 * @returns {string} the key of texts.js that says what it is
 */
export function sort(label, uppercase) {
  if (isDigit(label)) {
    return "digit";
  }
  if (uppercase === null) {
    return "caseOpen";
  }
  return uppercase ? "upper" : "lower";
}
