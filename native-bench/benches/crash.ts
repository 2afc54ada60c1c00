import { rmSync } from 'node:fs';
import { FAULT_POINTS, type FaultPoint } from '../../plugin/fault-point';
import { createRandom } from '../../plugin/vectors/random';
import { compilePlugin } from '../../test/helpers/compiled';
import { createCrashRig } from '../../test/helpers/crash-rig';
import { texture } from '../../test/helpers/pictures';
import { postgresMissing, startPostgres } from '../../test/helpers/postgres';
import { publish } from '../lib/report';

const ROUNDS = Number(process.env.ROUNDS ?? 200);
const SEED = Number(process.env.SEED ?? 1);
/** Of one database: a slow machine does fewer rounds, and the table says so. */
const LONGEST_MS = Number(process.env.MINUTES ?? 15) * 60_000;
/** Want a large library, or another model: test/fault/crash-matrix.test.ts has them. */
const LEFT_OUT: FaultPoint[] = ['in-graph', 'graph-written', 'switching', 'switched', 'dropping'];
const POINTS = Object.entries(FAULT_POINTS).flatMap(([room, points]) =>
  points.filter((point) => !LEFT_OUT.includes(point)).map((point) => ({ room, point })),
);

interface Round {
  database: string;
  room: string;
  point: FaultPoint;
  wrong: string[];
}

/** Ends of each process at random steps, one after the other in one library. */
export async function run(): Promise<void> {
  const dist = compilePlugin();
  try {
    const rounds = await onSqlite(dist);
    if (!postgresMissing()) rounds.push(...(await onPostgres(dist)));
    report(rounds);
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
}

const onSqlite = (dist: string) => crash('SQLite', dist);

async function onPostgres(dist: string): Promise<Round[]> {
  const server = await startPostgres();
  try {
    return await crash('PostgreSQL', dist, { client: server.client, connection: server.connection });
  } finally {
    await server.stop();
  }
}

async function crash(database: string, dist: string, connection?: { client: string; connection: object }) {
  const random = createRandom(SEED);
  const pictures = await Promise.all(Array.from({ length: 24 }, (_, seed) => texture(seed)));
  const rig = createCrashRig({ dist, pictures, random, database: connection });
  const end = performance.now() + LONGEST_MS;
  const rounds: Round[] = [];
  try {
    await rig.start();
    for (let round = 0; round < ROUNDS / 2 && performance.now() < end; round++) {
      const { room, point } = POINTS[Math.floor(random() * POINTS.length)];
      const pass = 1 + Math.floor(random() * 3);
      rounds.push({ database, room, point, wrong: await rig.crashAt(point, pass) });
      console.log(`${round} ${database} ${point} ${pass}: ${rounds.at(-1)?.wrong.join('; ') || 'right'}`);
    }
    await rig.stop();
    rounds.at(-1)?.wrong.push(...(await rig.differences()));
  } finally {
    await rig.remove();
  }
  return rounds;
}

function report(rounds: Round[]): void {
  const databases = [...new Set(rounds.map(({ database }) => database))];
  const wrong = rounds.filter((round) => round.wrong.length > 0);
  publish('crash', {
    title: 'Processes that end at any step',
    method: `The core without Strapi, on ${databases.join(' and ')}, while pictures are uploaded, replaced and deleted, some of them behind its back. In each round one process ends by SIGKILL at a random step, at its first to third pass; seed ${SEED}. What does not start by itself is started again, and when all is done the table and the index are compared: each picture has one row and is found once, those that are gone are not, and what the index says of a pair is the cosine of the stored vectors. Leases of the dead are ended at once instead of after 30 s.`,
    columns: ['Process', 'Step', 'Ends', 'Wrong afterwards'],
    rows: POINTS.map(({ room, point }) => {
      const here = rounds.filter((round) => round.point === point);
      return [room, point, here.length, here.filter((round) => round.wrong.length > 0).length];
    }),
    targets: [
      {
        name: `rounds with something wrong, of ${rounds.length}`,
        wanted: '0',
        measured: String(wrong.length),
        met: wrong.length === 0,
      },
    ],
  });
}
