/** Finger, pen and mouse on the canvas. */

/** How long after the pen was last near a touch is taken for the hand that holds it, in milliseconds. */
const PALM = 1000;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("./strokes.js").Drawing} drawing
 */
export function startPointer(canvas, drawing) {
  /** The one pointer that draws: a second finger is another, and ignored. */
  let active = null;
  let activeType = "";
  let penSeen = -Infinity;

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

  /** A palm may come down before the pen does, or between its strokes. */
  const refused = (event) => {
    if (event.pointerType === "pen" && active !== null && activeType === "touch") {
      active = null;
      drawing.undo();
    }
    return active !== null || event.button !== 0
      || (event.pointerType === "touch" && event.timeStamp - penSeen < PALM);
  };

  const watchPen = (event) => {
    if (event.pointerType === "pen") {
      penSeen = event.timeStamp;
    }
  };

  for (const type of ["pointerdown", "pointermove", "pointerup"]) {
    canvas.addEventListener(type, watchPen);
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (refused(event)) {
      return;
    }
    event.preventDefault();
    canvas.focus({ preventScroll: true, focusVisible: false });
    active = event.pointerId;
    activeType = event.pointerType;
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
