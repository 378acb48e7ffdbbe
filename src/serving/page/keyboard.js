/** Drawing and commands by keyboard. */

import { say } from "./announce.js";
import { text } from "./language.js";

const STEP = 0.025;
const SMALL_STEP = 0.005;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Arrow keys move the pen over the focused canvas; Space puts it down and lifts it.
 * @param {import("./canvas.js").Canvas} canvas
 * @param {import("./strokes.js").Drawing} drawing
 */
export function startKeyboardPen(canvas, drawing) {
  const nib = { x: 0.5, y: 0.38, down: false };

  const lift = () => {
    if (nib.down) {
      nib.down = false;
      drawing.end();
    }
  };

  const toggle = () => {
    if (nib.down) {
      lift();
    } else {
      drawing.begin({ x: nib.x, y: nib.y });
      nib.down = true;
    }
    say(text(nib.down ? "penDown" : "penUp"));
  };

  const move = ([dx, dy], step) => {
    nib.x = Math.min(1, Math.max(0, nib.x + dx * step));
    nib.y = Math.min(1, Math.max(0, nib.y + dy * step));
    if (nib.down) {
      drawing.extend([{ x: nib.x, y: nib.y }]);
    }
  };

  canvas.element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === " " && !event.repeat) {
      toggle();
    } else if (event.key in ARROWS) {
      move(ARROWS[event.key], event.shiftKey ? SMALL_STEP : STEP);
    } else if (event.key !== " ") {
      return;
    }
    event.preventDefault();
    canvas.nib = nib;
    canvas.refresh();
  });

  const hide = () => {
    canvas.nib = null;
    canvas.refresh();
  };
  canvas.element.addEventListener("focus", () => {
    if (canvas.element.matches(":focus-visible")) {
      canvas.nib = nib;
      canvas.refresh();
    }
  });
  canvas.element.addEventListener("blur", () => {
    lift();
    hide();
  });
  canvas.element.addEventListener("pointerdown", () => {
    nib.down = false;
    hide();
  });
  drawing.addEventListener("change", () => {
    nib.down &&= drawing.open;
  });
}

/**
 * Ctrl+Z takes back a stroke, Escape and Delete clear: anywhere but in an open dialog or a list.
 * @param {import("./strokes.js").Drawing} drawing
 */
export function startShortcuts(drawing) {
  document.addEventListener("keydown", (event) => {
    // In a list Escape closes it.
    const elsewhere = document.querySelector("dialog[open]") !== null || event.target instanceof HTMLSelectElement;
    if (event.defaultPrevented || elsewhere) {
      return;
    }
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.code === "KeyZ") {
      event.preventDefault();
      drawing.undo();
    } else if (event.key === "Escape" || event.key === "Delete") {
      drawing.clear();
    }
  });
}
