import { type RefObject, useEffect, useRef } from 'react';
import type { Place } from './lasso';
import type { Stage } from './stage';
import { type Point, WHEEL } from './view';

interface PointerHandlers {
  /** The pointer is on a picture, or (undefined) on none any more. */
  onPoint(id: number | undefined, x: number, y: number): void;
  onChoose(id: number): void;
  /** A drag draws a line around pictures, and a click selects one; with Shift they always do. */
  selects: boolean;
  onSelect(id: number): void;
  /** File ids of those that the line goes around, from its middle outwards. */
  onCatch(ids: number[]): void;
}

/** Hands tremble: a movement of fewer pixels is a click. */
const STILL = 4;

/** On a touchpad, two fingers come as a wheel with Ctrl, in small steps. */
const PINCH = 1.01;

/**
 * Drag, pinch, wheel, hover, click and lasso on the canvas.
 * @returns takes back the line that is being drawn. It says whether there was one.
 */
export function usePointer(canvas: RefObject<HTMLCanvasElement>, stage: Stage | undefined, handlers: PointerHandlers) {
  const latest = useRef(handlers);
  latest.current = handlers;
  const giveUp = useRef<() => boolean>(() => false);

  useEffect(() => {
    const surface = canvas.current;
    if (!surface || !stage) return;
    const down = new Map<number, Point>();
    let far = 0;
    /** While a line is being drawn. */
    let line: Place[] | undefined;

    const pointOf = ({ clientX, clientY }: MouseEvent): Point => {
      const { left, top } = surface.getBoundingClientRect();
      return { x: clientX - left, y: clientY - top };
    };

    function endLine(): Place[] | undefined {
      const drawn = line;
      line = undefined;
      if (drawn) stage?.encircle([]);
      return drawn;
    }
    giveUp.current = () => {
      if (!endLine()) return false;
      // What the hand still does means nothing.
      down.clear();
      far = Number.POSITIVE_INFINITY;
      return true;
    };

    const leave = () => latest.current.onPoint(undefined, 0, 0);
    const on = {
      pointerdown(event: PointerEvent) {
        surface.setPointerCapture(event.pointerId);
        down.set(event.pointerId, pointOf(event));
        far = down.size > 1 ? Number.POSITIVE_INFINITY : 0;
        endLine();
        const selects = latest.current.selects || event.shiftKey;
        if (selects && down.size === 1 && event.button === 0) line = [stage.placeOf(pointOf(event))];
      },
      pointermove(event: PointerEvent) {
        const now = pointOf(event);
        const before = down.get(event.pointerId);
        if (!before) {
          const id = stage.at(now);
          if (id !== stage.marked) latest.current.onPoint(id, now.x, now.y);
          return;
        }
        const fingers = [...down.values()];
        down.set(event.pointerId, now);
        far += Math.hypot(now.x - before.x, now.y - before.y);
        if (far <= STILL) return;
        leave();
        if (line) {
          line.push(stage.placeOf(now));
          stage.encircle(line);
          return;
        }
        if (fingers.length === 2) stage.pinch(fingers, [...down.values()]);
        else stage.move((now.x - before.x) / fingers.length, (now.y - before.y) / fingers.length);
      },
      pointerup(event: PointerEvent) {
        const id = far <= STILL && event.button === 0 ? stage.at(pointOf(event)) : undefined;
        down.delete(event.pointerId);
        const drawn = endLine();
        if (drawn && far > STILL) latest.current.onCatch(stage.caught(drawn));
        else if (id !== undefined && drawn) latest.current.onSelect(id);
        else if (id !== undefined) latest.current.onChoose(id);
      },
      pointercancel(event: PointerEvent) {
        down.delete(event.pointerId);
        endLine();
      },
      pointerleave: leave,
      wheel(event: WheelEvent) {
        event.preventDefault();
        leave();
        const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 * event.deltaY : event.deltaY;
        stage.zoom((event.ctrlKey ? PINCH : WHEEL) ** -pixels, pointOf(event));
      },
    };
    // React's own listener for the wheel cannot keep the page from scrolling.
    for (const [name, listener] of Object.entries(on)) {
      surface.addEventListener(name, listener as EventListener, { passive: false });
    }
    return () => {
      for (const [name, listener] of Object.entries(on)) surface.removeEventListener(name, listener as EventListener);
    };
  }, [canvas, stage]);
  return () => giveUp.current();
}
