/** When to ask: one request at a time, the newest drawing wins, a late answer to another drawing is dropped. */

import { predict } from "./api.js";
import { picture } from "./ink.js";

const WHILE_DRAWING = 250;

/**
 * @typedef {{task: import("./api.js").Task, kind: string | null}} Asked
 * @typedef {Asked & {blob: Blob, relativeHeight: number | null, answer: import("./api.js").Answer}} Reading
 */

export class Asker {
  /**
   * @param {import("./strokes.js").Drawing} drawing
   * @param {() => Asked} asked what is asked of the drawing by now
   * @param {{onReading: (reading: Reading) => void, onError: (error: unknown) => void,
   *   onBusy: (busy: boolean) => void}} listeners
   */
  constructor(drawing, asked, listeners) {
    this.drawing = drawing;
    this.asked = asked;
    this.listeners = listeners;
    this.timer = null;
    this.last = 0;
    /** Whether the drawing has grown since the request in flight. */
    this.grown = false;
    /** @type {AbortController | null} the request in flight */
    this.flight = null;
  }

  /** Forget what is under way: it was about another drawing. */
  cancel() {
    clearTimeout(this.timer);
    this.timer = null;
    this.grown = false;
    this.flight?.abort();
    this.flight = null;
    this.listeners.onBusy(false);
  }

  /** Ask at once, in place of whatever is under way. */
  now() {
    this.cancel();
    if (!this.drawing.empty) {
      this.#ask();
    }
  }

  /** Ask before long: a quarter of a second after the last time, and not before it was answered. */
  soon() {
    if (this.flight !== null) {
      this.grown = true;
    } else if (this.timer === null) {
      this.#later(Math.max(0, this.last + WHILE_DRAWING - performance.now()));
    }
  }

  #later(milliseconds) {
    this.timer = setTimeout(() => this.now(), milliseconds);
  }

  async #ask() {
    const flight = new AbortController();
    this.flight = flight;
    this.last = performance.now();
    this.listeners.onBusy(true);
    const outcome = await this.#reading(flight.signal).then(
      (reading) => () => this.listeners.onReading(reading),
      (error) => () => this.#failed(error),
    );
    if (this.flight === flight) {
      this.flight = null;
      outcome();
      this.listeners.onBusy(false);
      if (this.grown) {
        this.grown = false;
        this.soon();
      }
    }
  }

  /** @returns {Promise<Reading>} */
  async #reading(signal) {
    const asked = this.asked();
    const { blob, relativeHeight } = await picture(this.drawing);
    signal.throwIfAborted();
    return { ...asked, blob, relativeHeight, answer: await predict(blob, { ...asked, relativeHeight }, signal) };
  }

  #failed(error) {
    this.listeners.onError(error);
    if (error.retryAfter) {
      this.#later(error.retryAfter * 1000);
    }
  }
}
