/** The visible canvas: ruling, ink, an opened picture, the keyboard's pen; sharp on any display. */

import { drawInk } from "./ink.js";
import { rule } from "./ruling.js";

function colours(element) {
  const style = getComputedStyle(element);
  const names = ["rule", "faint", "margin", "ink", "accent"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

function drawPicture(context, bitmap, side) {
  const scale = side / Math.max(bitmap.width, bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  context.drawImage(bitmap, (side - width) / 2, (side - height) / 2, width, height);
}

function drawNib(context, nib, pen, side, colour) {
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(nib.x * side, nib.y * side, Math.max(5, (pen * side) / 2 + 3), 0, 2 * Math.PI);
  context.stroke();
  context.beginPath();
  context.arc(nib.x * side, nib.y * side, nib.down ? 4 : 1.5, 0, 2 * Math.PI);
  context.fill();
}

export class Canvas {
  /**
   * @param {HTMLCanvasElement} element
   * @param {import("./strokes.js").Drawing} drawing
   */
  constructor(element, drawing) {
    this.element = element;
    this.drawing = drawing;
    /** @type {{x: number, y: number, down: boolean} | null} */
    this.nib = null;
    this.pending = false;
    new ResizeObserver(() => this.#fit()).observe(element);
    // Zooming may change the pixels alone.
    window.addEventListener("resize", () => this.#fit());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.refresh());
    drawing.addEventListener("change", () => this.refresh());
  }

  #fit() {
    const pixels = Math.round(this.element.clientWidth * devicePixelRatio);
    if (pixels > 0 && pixels !== this.element.width) {
      this.element.width = pixels;
      this.element.height = pixels;
    }
    this.#paint();
  }

  /** Paint once before the next frame, however often it is called. */
  refresh() {
    if (!this.pending) {
      this.pending = true;
      requestAnimationFrame(() => this.#paint());
    }
  }

  #paint() {
    this.pending = false;
    const side = this.element.clientWidth;
    const context = this.element.getContext("2d");
    const { ink, accent, ...ruling } = colours(this.element);
    const scale = this.element.width / side;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, side, side);
    rule(context, side, ruling);
    if (this.drawing.picture !== null) {
      drawPicture(context, this.drawing.picture.bitmap, side);
    }
    drawInk(context, this.drawing, side, ink);
    if (this.nib !== null) {
      drawNib(context, this.nib, this.drawing.pen, side, accent);
    }
  }
}
