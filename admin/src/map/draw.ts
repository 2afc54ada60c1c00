import { type Detail, middleOf } from './detail';
import type { Colouring } from './groups';
import type { Place } from './lasso';
import type { Points } from './points';
import type { Thumbnails } from './thumbnails';
import { onCanvas, onMap, type Size, scaleOf, type View } from './view';

export interface Colours {
  dot: string;
  frame: string;
  marked: string;
  /** Of what lies on `marked`. */
  onMarked: string;
}

export interface Scene {
  points: Points;
  detail: Detail;
  view: View;
  size: Size;
  thumbnails: Thumbnails<ImageBitmap>;
  colours: Colours;
  /** Absent: all have one colour. */
  colouring?: Colouring;
  /** File ids of those that are selected. */
  chosen: ReadonlySet<number>;
  /** What is being drawn around pictures. */
  line: readonly Place[];
  /** Index of the picture that is pointed at or chosen in the list. */
  marked?: number;
}

const DOT = 3;
/** Between two pictures. */
const GAP = 3;
/** Width of the frame around a picture that is in a group, or is pointed at. */
const FRAME = 3;
/** Radius of the tick on a picture that is selected. */
const TICK = 7;

/** Draws the part of the map that is in view. @returns ids of the pictures in it that are not dots, from the middle outwards. */
export function draw(context: CanvasRenderingContext2D, scene: Scene): number[] {
  const { points, view, size, colours, colouring, marked } = scene;
  context.clearRect(0, 0, size.width, size.height);
  const scale = scaleOf(view, size);
  const left = size.width / 2 - view.x * scale;
  const top = size.height / 2 - view.y * scale;
  let group: number | undefined;
  context.fillStyle = colours.dot;
  for (let at = 0; at < points.ids.length; at++) {
    const x = left + points.x[at] * scale;
    const y = top + points.y[at] * scale;
    if (x <= 0 || y <= 0 || x >= size.width || y >= size.height) continue;
    if (colouring && colouring.groupAt[at] !== group) {
      group = colouring.groupAt[at];
      context.fillStyle = colouring.colours[group] ?? colours.dot;
    }
    context.fillRect(x - 1, y - 1, DOT, DOT);
  }
  const inView = drawPictures(context, scene);
  if (marked !== undefined && !inView.has(marked)) {
    const { x, y } = onCanvas(view, size, points.x[marked], points.y[marked]);
    context.fillStyle = colours.marked;
    context.fillRect(x - DOT, y - DOT, 2 * DOT, 2 * DOT);
  }
  drawChosen(context, scene, inView);
  drawLine(context, scene);
  const middle = { x: size.width / 2, y: size.height / 2 };
  return [...inView]
    .sort(([, a], [, b]) => Math.hypot(a.x - middle.x, a.y - middle.y) - Math.hypot(b.x - middle.x, b.y - middle.y))
    .map(([at]) => points.ids[at]);
}

/** @returns index → the middle of the picture on the canvas. */
function drawPictures(context: CanvasRenderingContext2D, scene: Scene): Map<number, { x: number; y: number }> {
  const { points, detail, view, size, thumbnails, colours, colouring, marked } = scene;
  const side = detail.cell * scaleOf(view, size) - GAP - (colouring ? FRAME : 0);
  const from = onMap(view, size, { x: 0, y: 0 });
  const to = onMap(view, size, { x: size.width, y: size.height });
  const inView = new Map<number, { x: number; y: number }>();
  for (const [key, at] of detail.shown) {
    const middle = middleOf(detail.cell, key);
    const half = detail.cell / 2;
    if (middle.x < from.x - half || middle.x > to.x + half || middle.y < from.y - half || middle.y > to.y + half)
      continue;
    const { x, y } = onCanvas(view, size, middle.x, middle.y);
    inView.set(at, { x, y });
    const bitmap = thumbnails.bitmapOf(points.ids[at]);
    const fit = bitmap ? side / Math.max(bitmap.width, bitmap.height) : 0;
    const [width, height] = bitmap ? [bitmap.width * fit, bitmap.height * fit] : [side, side];
    if (bitmap) context.drawImage(bitmap, x - width / 2, y - height / 2, width, height);
    const edge = (lineWidth: number, colour: string, outside = 0) => {
      context.lineWidth = lineWidth;
      context.strokeStyle = colour;
      context.strokeRect(x - width / 2 - outside, y - height / 2 - outside, width + 2 * outside, height + 2 * outside);
    };
    const colour = colouring?.colours[colouring.groupAt[at]];
    if (colour) edge(FRAME, colour);
    else if (!bitmap) edge(1, colours.frame);
    if (at === marked) edge(FRAME, colours.marked, colour ? FRAME : 0);
  }
  return inView;
}

/** A tick in the corner of each, or on its dot: it is told from what is pointed at, and from any colour, by its shape. */
function drawChosen(
  context: CanvasRenderingContext2D,
  { points, detail, view, size, colours, chosen }: Scene,
  inView: ReadonlyMap<number, { x: number; y: number }>,
): void {
  if (chosen.size === 0) return;
  const half = (detail.cell * scaleOf(view, size) - GAP) / 2;
  for (let at = 0; at < points.ids.length; at++) {
    if (!chosen.has(points.ids[at])) continue;
    const seen = inView.get(at);
    const dot = onCanvas(view, size, points.x[at], points.y[at]);
    const [x, y] = seen ? [seen.x + half - TICK, seen.y - half + TICK] : [dot.x, dot.y];
    context.beginPath();
    context.arc(x, y, seen ? TICK : DOT + 1, 0, 2 * Math.PI);
    context.fillStyle = colours.marked;
    context.fill();
    context.strokeStyle = colours.onMarked;
    context.lineWidth = 1.5;
    context.stroke();
    if (!seen) continue;
    context.beginPath();
    context.moveTo(x - 3.5, y);
    context.lineTo(x - 1, y + 2.5);
    context.lineTo(x + 3.5, y - 2.5);
    context.stroke();
  }
}

function drawLine(context: CanvasRenderingContext2D, { view, size, colours, line }: Scene): void {
  if (line.length < 2) return;
  context.beginPath();
  for (const place of line) {
    const { x, y } = onCanvas(view, size, place.x, place.y);
    context.lineTo(x, y);
  }
  context.closePath();
  context.fillStyle = colours.marked;
  context.globalAlpha = 0.15;
  context.fill('evenodd');
  context.globalAlpha = 1;
  context.strokeStyle = colours.marked;
  context.lineWidth = 2;
  context.stroke();
}
