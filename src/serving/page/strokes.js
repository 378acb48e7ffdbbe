/** The drawing: strokes of points in shares of the side, so that it fits a canvas of any size. */

/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {Point[]} Stroke
 */

export class Drawing extends EventTarget {
  constructor() {
    super();
    /** @type {Stroke[]} */
    this.strokes = [];
    /** @type {Stroke[]} what the last clear took away, for undo */
    this.cleared = [];
    /** @type {{blob: Blob, bitmap: ImageBitmap} | null} a picture in place of strokes */
    this.picture = null;
    /** The pen's width as a share of the side. */
    this.pen = 0.05;
    /** Whether a stroke is being drawn. */
    this.open = false;
  }

  get empty() {
    return this.strokes.length === 0 && this.picture === null;
  }

  /** @param {"stroke" | "end" | "pen" | "other" | "clear"} how the drawing changed */
  #changed(how) {
    this.dispatchEvent(new CustomEvent("change", { detail: how }));
  }

  /** @param {Point} point */
  begin(point) {
    const fresh = this.picture !== null;
    this.picture = null;
    this.open = true;
    this.strokes.push([point]);
    this.#changed(fresh ? "clear" : "stroke");
  }

  /** @param {Point[]} points */
  extend(points) {
    if (this.open && points.length > 0) {
      this.strokes.at(-1).push(...points);
      this.#changed("stroke");
    }
  }

  end() {
    if (this.open) {
      this.open = false;
      this.#changed("end");
    }
  }

  undo() {
    this.open = false;
    if (this.picture !== null || this.strokes.length === 0) {
      this.strokes = this.cleared;
      this.cleared = [];
      this.picture = null;
    } else {
      this.strokes.pop();
    }
    this.#changed(this.empty ? "clear" : "other");
  }

  clear() {
    this.open = false;
    if (this.strokes.length > 0) {
      this.cleared = this.strokes;
    }
    this.strokes = [];
    this.picture = null;
    this.#changed("clear");
  }

  /** @param {Blob} blob @param {ImageBitmap} bitmap */
  show(blob, bitmap) {
    this.clear();
    this.picture = { blob, bitmap };
    this.#changed("other");
  }

  /** @param {number} share of the side */
  setPen(share) {
    this.pen = share;
    if (this.strokes.length > 0) {
      this.#changed("pen");
    }
  }
}
