/** Finger, pen and mouse on the canvas. */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("./strokes.js").Drawing} drawing
 */
export function startPointer(canvas, drawing) {
  /** The one pointer that draws: a palm or a second finger is another, and ignored. */
  let active = null;

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = (event.clientX - box.left - canvas.clientLeft) / canvas.clientWidth;
    const y = (event.clientY - box.top - canvas.clientTop) / canvas.clientHeight;
    return { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
  };

  const drop = (event) => {
    if (event.pointerId === active) {
      active = null;
      drawing.end();
    }
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (active !== null || event.button !== 0) {
      return;
    }
    event.preventDefault();
    canvas.focus({ preventScroll: true, focusVisible: false });
    active = event.pointerId;
    canvas.setPointerCapture(active);
    drawing.end();
    drawing.begin(place(event));
  });

  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId === active) {
      const events = event.getCoalescedEvents?.() ?? [];
      drawing.extend((events.length > 0 ? events : [event]).map(place));
    }
  });

  canvas.addEventListener("pointerup", drop);
  canvas.addEventListener("pointercancel", drop);
  canvas.addEventListener("lostpointercapture", drop);
}
