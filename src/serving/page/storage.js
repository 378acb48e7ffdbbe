/** What this browser remembers. In a private window it may refuse: then it is remembered until the page is closed. */

const PREFIX = "pysar.";
const memory = new Map();

/**
 * @param {string} name
 * @returns {any} what was stored, null where nothing was or it cannot be read
 */
export function recall(name) {
  if (memory.has(name)) {
    return memory.get(name);
  }
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {any} value anything that JSON can hold; null forgets
 */
export function remember(name, value) {
  try {
    if (value === null) {
      localStorage.removeItem(PREFIX + name);
    } else {
      localStorage.setItem(PREFIX + name, JSON.stringify(value));
    }
    memory.delete(name);
  } catch {
    memory.set(name, value);
  }
}
