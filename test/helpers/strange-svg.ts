type Random = () => number;

const SHAPE = '<rect width="10" height="10" fill="red"/>';

const svg = (content: string, attributes = 'width="48" height="48"', before = '') =>
  `${before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}><rect width="24" height="48" fill="blue"/>${content}</svg>`;

const between = (random: Random, from: number, to: number) => from + Math.floor(random() * (to - from));

/** Drawings of a few hundred bytes that ask for a lot, for what is not theirs, or make no sense. */
const STRANGE: Record<string, (random: Random) => string> = {
  'uses in uses'(random) {
    const depth = between(random, 2, 30);
    const level = (at: number) =>
      `<g id="g${at}">${`<use xlink:href="#g${at - 1}" x="1"/>`.repeat(between(random, 2, 12))}</g>`;
    const levels = Array.from({ length: depth }, (_, at) => level(at + 1)).join('');
    return svg(`<defs><g id="g0">${SHAPE}</g>${levels}</defs><use xlink:href="#g${depth}"/>`);
  },
  'a use of itself': () => svg('<g id="a"><use xlink:href="#a"/></g>'),
  'entities of entities'(random) {
    const depth = between(random, 2, 12);
    const entities = Array.from({ length: depth }, (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`);
    const doctype = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e0 "x">${entities.join('')}]>`;
    return svg(`<text y="20">&e${depth};</text>`, undefined, doctype);
  },
  'a file of the server': () =>
    svg('<text y="20">&e;</text>', undefined, '<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
  'a picture of the server': () => svg('<image xlink:href="file:///etc/passwd" width="9" height="9"/>'),
  'a huge size': (random) =>
    svg(SHAPE, `width="${10 ** between(random, 3, 12)}" height="${10 ** between(random, 1, 12)}"`),
  'a huge box': (random) => svg(SHAPE, `viewBox="0 0 ${10 ** between(random, 2, 30)} ${10 ** between(random, 2, 30)}"`),
  'no size': () => svg(SHAPE, ''),
  'a size below nothing': (random) => svg(SHAPE, `width="-${between(random, 1, 99)}" height="10"`),
  'a size that is none': () => svg(SHAPE, 'width="NaN" height="1e999"'),
  'a tiny size': () => svg(SHAPE, 'width="0.001" height="0.001"'),
  'deep groups'(random) {
    const depth = 10 ** between(random, 1, 5);
    return svg(`${'<g>'.repeat(depth)}${SHAPE}${'</g>'.repeat(depth)}`);
  },
  'a wide blur': (random) =>
    svg(
      `<filter id="f"><feGaussianBlur stdDeviation="${10 ** between(random, 1, 9)}"/></filter><g filter="url(#f)">${SHAPE}</g>`,
    ),
  'noise of many octaves': (random) =>
    svg(
      `<filter id="f"><feTurbulence baseFrequency="9" numOctaves="${10 ** between(random, 1, 6)}"/></filter><rect width="48" height="48" filter="url(#f)"/>`,
    ),
  'patterns in patterns'(random) {
    const pattern = (at: number) =>
      `<pattern id="p${at}" width="0.01" height="0.01"><rect width="9" height="9" fill="url(#p${at - 1})"/></pattern>`;
    const depth = between(random, 1, 8);
    return svg(
      `${Array.from({ length: depth }, (_, at) => pattern(at + 1)).join('')}<rect width="48" height="48" fill="url(#p${depth})"/>`,
    );
  },
  'numbers that are none': () => svg('<path d="M NaN 0 L 1e999 1e-999 A 1 1 1e308 0 1 9 9 Z" fill="red"/>'),
  'a long path': (random) =>
    svg(`<path d="M0 0${' l1 1 -1 1'.repeat(10 ** between(random, 2, 5))}" stroke="red" fill="none"/>`),
  'a picture in it that is damaged': () =>
    svg('<image xlink:href="data:image/png;base64,iVBORw0KGgo=" width="9" height="9"/>'),
  'not closed': () => svg(SHAPE).slice(0, -9),
  'another encoding': () => svg(SHAPE, undefined, '<?xml version="1.0" encoding="UTF-32"?>'),
};

/** One of them, the same for the same numbers. */
export function strangeSvg(random: Random): { name: string; svg: string } {
  const names = Object.keys(STRANGE);
  const name = names[Math.floor(random() * names.length)];
  return { name, svg: STRANGE[name](random) };
}
