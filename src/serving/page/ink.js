/** Strokes to pixels: on the page, and the 200 x 200 PNG that the service reads. */

/** The canvas that the training letters were written on. */
const SIDE = 200;

/** A tap: a canvas gives a line of no length no caps. */
function dot(context, { x, y }, side) {
  context.beginPath();
  context.arc(x * side, y * side, context.lineWidth / 2, 0, 2 * Math.PI);
  context.fill();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./strokes.js").Stroke} stroke
 * @param {number} side in units of the context
 */
function trace(context, stroke, side) {
  if (stroke.every(({ x, y }) => x === stroke[0].x && y === stroke[0].y)) {
    dot(context, stroke[0], side);
    return;
  }
  const at = (point) => [point.x * side, point.y * side];
  const halfway = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  context.beginPath();
  context.moveTo(...at(stroke[0]));
  for (let i = 1; i < stroke.length - 1; i += 1) {
    context.quadraticCurveTo(...at(stroke[i]), ...at(halfway(stroke[i], stroke[i + 1])));
  }
  context.lineTo(...at(stroke.at(-1)));
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./strokes.js").Drawing} drawing
 * @param {number} side in units of the context
 * @param {string} colour
 */
export function drawInk(context, drawing, side, colour) {
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = drawing.pen * side;
  context.lineCap = "round";
  context.lineJoin = "round";
  drawing.strokes.forEach((stroke) => trace(context, stroke, side));
}

/** Return the height of what is darker than half grey, as a share of the side. */
function inkHeight(context) {
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  let top = SIDE;
  let bottom = -1;
  for (let i = 0; i < SIDE * SIDE; i += 1) {
    if (data[i * 4] < 128) {
      const y = Math.floor(i / SIDE);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return bottom < 0 ? null : (bottom - top + 1) / SIDE;
}

/**
 * @param {import("./strokes.js").Drawing} drawing
 * @returns {Promise<{blob: Blob, relativeHeight: number | null}>} what to send
 */
export async function picture(drawing) {
  if (drawing.picture !== null) {
    return { blob: drawing.picture.blob, relativeHeight: null };
  }
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, SIDE, SIDE);
  drawInk(context, drawing, SIDE, "black");
  const relativeHeight = inkHeight(context);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  return { blob, relativeHeight };
}
