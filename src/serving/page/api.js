/** The service's addresses, relative to the page so that it also works behind a path prefix. */

import { PageError } from "./errors.js";

const PATIENCE = 15_000;
const RETRY_OFFLINE = 3;
const RETRY_AT_MOST = 10;

/**
 * @typedef {{label: string, uppercase: boolean | null, p_label: number, p_uppercase: number | null,
 *   is_character: boolean, score: number, top: {label: string, p: number}[], unsure?: boolean, image?: string}} Answer
 * @typedef {{name: string, labels: string, case: boolean}} Task case: whether it is asked; otherwise labels tell it
 * @typedef {{id: string, deletion: string}} Kept
 */

async function refusal(response) {
  if (response.status === 503 || response.status === 429) {
    const seconds = Number(response.headers.get("Retry-After")) || 1;
    return new PageError("busy", { retryAfter: Math.min(seconds, RETRY_AT_MOST) });
  }
  if (response.status === 413) {
    return new PageError("tooLarge");
  }
  const detail = await response.json().then((body) => body.detail, () => null);
  return new PageError("refused", { detail: typeof detail === "string" ? detail : `HTTP ${response.status}` });
}

/** Whoever gave the signal has gone on: its abort is passed on as it is, our own impatience counts as offline. */
async function request(address, options = {}) {
  const timer = new AbortController();
  const late = setTimeout(() => timer.abort(), PATIENCE);
  options.signal?.addEventListener("abort", () => timer.abort());
  try {
    return await fetch(address, { ...options, signal: timer.signal });
  } catch (error) {
    throw options.signal?.aborted ? error : new PageError("offline", { retryAfter: RETRY_OFFLINE });
  } finally {
    clearTimeout(late);
  }
}

async function demand(address, options) {
  const response = await request(address, options);
  if (!response.ok) {
    throw await refusal(response);
  }
  return response;
}

/**
 * @param {Blob} blob
 * @param {{task: Task, kind: string | null, relativeHeight: number | null}} known
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
export async function predict(blob, { task, kind, relativeHeight }, signal) {
  const query = new URLSearchParams({ task: task.name, top: "5", image: "true" });
  if (kind !== null) {
    query.set("kind", kind);
  }
  if (relativeHeight !== null) {
    query.set("relative_height", relativeHeight.toFixed(3));
  }
  const headers = { "Content-Type": blob.type || "application/octet-stream" };
  const response = await demand(`predict?${query}`, { method: "POST", body: blob, headers, signal });
  return response.json();
}

/** @returns {Promise<Kept>} */
export async function keepSample(sample) {
  const headers = { "Content-Type": "application/json" };
  const response = await demand("samples", { method: "POST", body: JSON.stringify(sample), headers });
  return response.json();
}

/** @param {string} id @param {string} writer */
export async function deleteSample(id, writer) {
  const response = await request(`samples/${id}?${new URLSearchParams({ writer })}`, { method: "DELETE" });
  // One that is no longer there is what was asked for.
  if (!response.ok && response.status !== 404) {
    throw await refusal(response);
  }
}

/** @param {Task} task */
export async function model(task) {
  return (await demand(`model?${new URLSearchParams({ task: task.name })}`)).json();
}

/** @returns {Promise<Task[]>} the Ukrainian one first */
export async function servedTasks() {
  return (await demand("tasks")).json();
}
