export interface Chart {
  title: string;
  /** Name of the horizontal axis. */
  x: string;
  /** Name → points, x ascending, y from 0 to 1. */
  series: Record<string, Array<[x: number, y: number]>>;
}

const WIDTH = 640;
const HEIGHT = 320;
const LEFT = 48;
const RIGHT = 110;
const TOP = 36;
const BOTTOM = 40;
/** Between two names. */
const LINE = 14;
const COLOURS = ['#4945ff', '#d02b20', '#328048', '#be5d01'];

/** A line chart as SVG, readable on light and dark pages. */
export function lineChart({ title, x, series }: Chart): string {
  const all = Object.values(series).flat();
  const from = Math.min(...all.map(([value]) => value));
  const to = Math.max(...all.map(([value]) => value));
  const px = (value: number) => LEFT + ((value - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const py = (value: number) => HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM);
  const text = (at: [number, number], anchor: string, words: string, fill = '#666687') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}" fill="${fill}">${words}</text>`;
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (y) =>
      `<path d="M${LEFT} ${py(y)}H${WIDTH - RIGHT}" stroke="#8e8ea9" stroke-opacity=".35"/>${text([LEFT - 8, py(y) + 4], 'end', String(y))}`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const value = from + part * (to - from);
    return text([px(value), HEIGHT - BOTTOM + 18], 'middle', value.toFixed(2));
  });
  const ends = Object.values(series).map((points) => py(points[points.length - 1][1]) + 4);
  const heights = apart(ends);
  const lines = Object.entries(series).map(([name, points], at) => {
    const d = points.map(([a, b], i) => `${i ? 'L' : 'M'}${px(a).toFixed(1)} ${py(b).toFixed(1)}`).join('');
    const [lastX] = points[points.length - 1];
    return `<path d="${d}" fill="none" stroke="${COLOURS[at]}" stroke-width="2"/>${text([px(lastX) + 8, heights[at]], 'start', name, COLOURS[at])}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">
${text([LEFT, 20], 'start', title, '#4a4a6a')}
${[...grid, ...ticks, ...lines].join('\n')}
${text([(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6], 'middle', x)}
</svg>
`;
}

/** Heights at which names do not cover each other: the lowest where it belongs, the others above it as far as they have to be. */
function apart(heights: readonly number[]): number[] {
  const places = [...heights];
  let free = Number.POSITIVE_INFINITY;
  for (const at of heights.map((_, index) => index).sort((a, b) => heights[b] - heights[a])) {
    places[at] = Math.min(heights[at], free);
    free = places[at] - LINE;
  }
  return places;
}
