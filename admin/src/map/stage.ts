import { type Detail, detailOf, hit, levelOf } from './detail';
import { type Colours, draw } from './draw';
import type { Colouring } from './groups';
import { caughtBy, type Place } from './lasso';
import type { Points } from './points';
import type { Thumbnails } from './thumbnails';
import { fitOf, moved, onMap, type Point, pinched, type Size, scaleOf, type View, WHOLE, zoomed } from './view';

/** What the canvas shows, outside React: it changes in each frame. */
export interface Stage {
  readonly size: Size;
  readonly thumbnails: Thumbnails<ImageBitmap>;
  /** File id. */
  readonly marked: number | undefined;
  show(points: Points, colours: Colours): void;
  mark(id: number | undefined): void;
  /** File ids of the pictures that are selected. */
  choose(ids: ReadonlySet<number>): void;
  /** In these colours, or (undefined) in one. */
  colour(by: Colouring | undefined): void;
  /** The line that is drawn around some of them, on the map. */
  encircle(line: readonly Place[]): void;
  /** File ids of the pictures inside that line, from its middle outwards. */
  caught(line: readonly Place[]): number[];
  /** In pixels: where the map goes to. */
  move(right: number, down: number): void;
  zoom(factor: number, point?: Point): void;
  /** Two fingers go from there to there. */
  pinch(from: Point[], to: Point[]): void;
  whole(): void;
  /** The place on the map under a point of the canvas. */
  placeOf(point: Point): Place;
  /** File id of the picture at a point of the canvas. */
  at(point: Point): number | undefined;
  close(): void;
}

interface StageDeps {
  thumbnails(onChange: () => void): Thumbnails<ImageBitmap>;
  onView(ids: number[], thumbnails: Thumbnails<ImageBitmap>): void;
}

/** Quiet time before the pictures in view are reported. */
const TELL_AFTER_MS = 200;
/** Distance from a dot, in pixels, that still counts as the dot. */
const REACH = 8;
const EMPTY: Points = { ids: [], x: new Float32Array(), y: new Float32Array() };

export function createStage(canvas: HTMLCanvasElement, { thumbnails: open, onView }: StageDeps): Stage {
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const thumbnails = open(() => redraw());
  let size: Size = { width: canvas.clientWidth, height: canvas.clientHeight };
  let view: View = WHOLE;
  let points = EMPTY;
  let colours: Colours = { dot: 'grey', frame: 'grey', marked: 'blue', onMarked: 'white' };
  let detail: (Detail & { of: string }) | undefined;
  let marked: number | undefined;
  let chosen: ReadonlySet<number> = new Set();
  let colouring: Colouring | undefined;
  let line: readonly Place[] = [];
  let frame = 0;
  let teller: ReturnType<typeof setTimeout> | undefined;

  /** Only chosen again when the level changes: moving the map only searches what is already there. */
  function currentDetail(): Detail {
    const level = levelOf(view.zoom);
    const of = `${level} ${fitOf(size)}`;
    if (detail?.of !== of) detail = { ...detailOf(points, level, fitOf(size)), of };
    return detail;
  }

  function redraw(): void {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const place = marked === undefined ? -1 : points.ids.indexOf(marked);
      const scene = { points, detail: currentDetail(), view, size, thumbnails, colours, chosen, line, colouring };
      const inView = draw(context, { ...scene, marked: place < 0 ? undefined : place });
      thumbnails.want(inView);
      clearTimeout(teller);
      teller = setTimeout(() => onView(inView, thumbnails), TELL_AFTER_MS);
    });
  }

  function resize(): void {
    size = { width: canvas.clientWidth, height: canvas.clientHeight };
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    redraw();
  }
  const observer = new ResizeObserver(resize);
  observer.observe(canvas);

  function look(next: View): void {
    view = next;
    redraw();
  }

  return {
    thumbnails,
    get size() {
      return size;
    },
    get marked() {
      return marked;
    },
    show(next, nextColours) {
      [points, colours, detail] = [next, nextColours, undefined];
      redraw();
    },
    mark(id) {
      if (marked === id) return;
      marked = id;
      redraw();
    },
    choose(ids) {
      chosen = ids;
      redraw();
    },
    colour(by) {
      colouring = by;
      redraw();
    },
    encircle(next) {
      line = next;
      redraw();
    },
    caught: (around) => caughtBy(around, points, currentDetail()),
    placeOf: (point) => onMap(view, size, point),
    move: (right, down) => look(moved(view, size, right, down)),
    zoom: (factor, point) => look(zoomed(view, size, factor, point)),
    pinch: (from, to) => look(pinched(view, size, from, to)),
    whole: () => look(WHOLE),
    at(point) {
      const found = hit(points, currentDetail(), onMap(view, size, point), REACH / scaleOf(view, size));
      return found === undefined ? undefined : points.ids[found];
    },
    close() {
      observer.disconnect();
      cancelAnimationFrame(frame);
      clearTimeout(teller);
      thumbnails.close();
    },
  };
}
