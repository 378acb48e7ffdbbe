/** What the service keeps from this browser, and the random number that it was kept under. */

import { deleteSample } from "./api.js";
import { recall, remember } from "./storage.js";

/** @typedef {{id: string, label: string, uppercase: boolean | null, image: string | null}} KeptSample */

/** @returns {KeptSample[]} */
export function keptSamples() {
  return recall("samples") ?? [];
}

/** @param {KeptSample} sample */
export function addKept(sample) {
  remember("samples", [sample, ...keptSamples().filter(({ id }) => id !== sample.id)]);
}

/** @param {string} id */
export async function deleteKept(id) {
  await deleteSample(id, writer());
  remember("samples", keptSamples().filter((sample) => sample.id !== id));
}

function newWriter() {
  // crypto.randomUUID is missing where the page is served over plain HTTP.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const name = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  remember("writer", name);
  return name;
}

export function writer() {
  return recall("writer") ?? newWriter();
}

/** With nothing kept and no consent the number has no use. */
export function forgetWriter() {
  remember("writer", null);
}
