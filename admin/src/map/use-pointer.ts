import { type RefObject, useEffect, useRef } from 'react';
import type { Stage } from './stage';
import { type Point, WHEEL } from './view';

interface PointerHandlers {
  /** The pointer is on a picture, or (undefined) on none any more. */
  onPoint(id: number | undefined, x: number, y: number): void;
  onChoose(id: number): void;
}

/** Hands tremble: a movement of fewer pixels is a click. */
const STILL = 4;

/** On a touchpad, two fingers come as a wheel with Ctrl, in small steps. */
const PINCH = 1.01;

/** Drag, pinch, wheel, hover and click on the canvas. */
export function usePointer(canvas: RefObject<HTMLCanvasElement>, stage: Stage | undefined, handlers: PointerHandlers) {
  const latest = useRef(handlers);
  latest.current = handlers;

  useEffect(() => {
    const surface = canvas.current;
    if (!surface || !stage) return;
    const down = new Map<number, Point>();
    let far = 0;

    const pointOf = ({ clientX, clientY }: MouseEvent): Point => {
      const { left, top } = surface.getBoundingClientRect();
      return { x: clientX - left, y: clientY - top };
    };

    const leave = () => latest.current.onPoint(undefined, 0, 0);
    const on = {
      pointerdown(event: PointerEvent) {
        surface.setPointerCapture(event.pointerId);
        down.set(event.pointerId, pointOf(event));
        far = down.size > 1 ? Number.POSITIVE_INFINITY : 0;
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
        if (fingers.length === 2) stage.pinch(fingers, [...down.values()]);
        else stage.move((now.x - before.x) / fingers.length, (now.y - before.y) / fingers.length);
      },
      pointerup(event: PointerEvent) {
        const id = far <= STILL && event.button === 0 ? stage.at(pointOf(event)) : undefined;
        down.delete(event.pointerId);
        if (id !== undefined) latest.current.onChoose(id);
      },
      pointercancel: (event: PointerEvent) => void down.delete(event.pointerId),
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
}
