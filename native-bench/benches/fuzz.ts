import { rmSync } from 'node:fs';
import { createRandom } from '../../plugin/vectors/random';
import { compilePlugin } from '../../test/helpers/compiled';
import { type Fuzzed, fuzz } from '../../test/helpers/fuzz';
import { mutants } from '../../test/helpers/mutants';
import { publish } from '../lib/report';

const COUNT = Number(process.env.COUNT ?? 2_000);
const SEED = Number(process.env.SEED ?? 1);
const MAX_MB = 1_000;

/** Damaged and strange pictures of every format: what becomes of them, and of the process that decodes them. */
export async function run(): Promise<void> {
  const dist = compilePlugin();
  try {
    const { fuzzed, peak, restarts } = await fuzz(await mutants(COUNT, createRandom(SEED)), dist);
    report(fuzzed, peak, restarts);
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
}

const codeOf = ({ result }: Fuzzed) => (result.ok ? 'embedded' : result.code);

function report(fuzzed: Fuzzed[], peak: number | undefined, restarts: number): void {
  const codes = ['embedded', ...[...new Set(fuzzed.map(codeOf))].filter((code) => code !== 'embedded').sort()];
  const formats = [...new Set(fuzzed.map(({ mutant }) => mutant.format))];
  const lies = fuzzed.filter(({ lie }) => lie);
  const told = ({ mutant, result, lie }: Fuzzed) => `${mutant.name}: ${result.ok ? '' : result.reason} ${lie ?? ''}`;
  for (const lie of lies) console.log(told(lie));
  for (const one of fuzzed.filter((one) => /^DECODER_/.test(codeOf(one)))) console.log(told(one));
  const crashes = fuzzed.filter((one) => codeOf(one) === 'DECODER_CRASHED').length;
  const slow = fuzzed.filter((one) => codeOf(one) === 'DECODER_TIMEOUT').length;
  const peakMb = Math.round((peak ?? 0) / 1e6);
  publish('fuzz', {
    title: `${COUNT} damaged and strange pictures`,
    method: `Small pictures of every format that sharp writes, with bytes, bits, lengths, offsets and pieces changed (PNG checksums are mended in most), and SVG drawings that nest uses, entities and patterns or ask for huge sizes and filters; seed ${SEED}. All are embedded beside each other by one embedder; afterwards sharp says in a process of its own whether the reason is true: unsupported only what it does not know, damaged only what it does not decode, too large only what is.`,
    columns: ['Format', ...codes],
    rows: formats.map((format) => {
      const here = fuzzed.filter(({ mutant }) => mutant.format === format);
      return [format, ...codes.map((code) => here.filter((one) => codeOf(one) === code).length)];
    }),
    targets: [
      ...[
        { name: 'reasons that are not true', count: lies.length },
        { name: 'pictures that end the decoder', count: crashes },
      ].map(({ name, count }) => ({ name, wanted: '0', measured: String(count), met: count === 0 })),
      {
        name: 'restarts of the process',
        wanted: 'for drawings that take longer than 10 s only',
        measured: `${restarts}, of ${slow} such drawings`,
        met: restarts === 0 || slow > 0,
      },
      {
        name: 'largest memory of the process',
        wanted: `≤ ${MAX_MB} MB`,
        measured: peak === undefined ? 'not told here' : `${peakMb} MB`,
        met: peakMb <= MAX_MB,
      },
    ],
  });
}
