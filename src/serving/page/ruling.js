/** The ruling of a Ukrainian first exercise book: a baseline, a midline, slanted guides and the red margin. */

/** Shares of the side. The training letters' median height is 0.43 of the side over all lowercase, 0.59 for uppercase. */
const BASELINE = 0.72;
const MIDLINE = BASELINE - 0.34;
const CAPITAL = BASELINE - 0.59;
const DESCENDER = BASELINE + 0.25;
const MARGIN = 0.93;
const SLANT = (65 * Math.PI) / 180;
const SLANT_STEP = 0.17;

/** @typedef {{rule: string, faint: string, margin: string}} Colours */

function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

function slants(context, side) {
  const shift = side / Math.tan(SLANT);
  for (let x = -shift; x < side; x += SLANT_STEP * side) {
    line(context, x, side, x + shift, 0);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} side in CSS pixels
 * @param {Colours} colours
 */
export function rule(context, side, colours) {
  const level = (share) => Math.round(share * side) + 0.5;
  context.lineWidth = 1;
  context.strokeStyle = colours.faint;
  slants(context, side);
  line(context, 0, level(DESCENDER), side, level(DESCENDER));
  line(context, 0, level(CAPITAL), side, level(CAPITAL));
  context.lineWidth = 1.5;
  context.strokeStyle = colours.rule;
  line(context, 0, level(MIDLINE), side, level(MIDLINE));
  line(context, 0, level(BASELINE), side, level(BASELINE));
  context.strokeStyle = colours.margin;
  line(context, level(MARGIN), 0, level(MARGIN), side);
}
