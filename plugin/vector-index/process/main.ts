/** Child process that owns the vector index of one space. Native code runs here and nowhere else. */
import { setImmediate } from 'node:timers/promises';
import { SimilarError } from '../../errors';
import type { Logger, VectorIndex } from '../../ports';
import { type FromProcess, type Pairs, packMatches, type Request, type SearchAsk, unpackVectors } from '../messages';
import { createLocalIndex } from './usearch-in-process';

const ALIVE_MS = 5_000;

let index: VectorIndex | undefined;

const log = (level: keyof Logger) => (message: string) => say({ type: 'log', level, message });
const logger: Logger = { info: log('info'), warn: log('warn'), error: log('error'), debug: log('debug') };

function say(message: FromProcess): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {}); // when it cannot be sent, the end follows
}

async function search(index: VectorIndex, { query, k, among }: SearchAsk): Promise<Pairs | undefined> {
  const options = { among: among && [...among] };
  const found =
    typeof query === 'number' ? await index.searchLike(query, k, options) : await index.search(query, k, options);
  return found && packMatches(found);
}

async function answer(request: Request): Promise<unknown> {
  if (request.operation === 'open') {
    const { space, ...options } = request.ask;
    index ??= createLocalIndex({ ...options, logger });
    return index.open(space);
  }
  if (!index) throw new SimilarError('INDEX_UNAVAILABLE', 'The vector index is not open.');
  switch (request.operation) {
    case 'put':
      return index.put(unpackVectors(request.ask));
    case 'remove':
      return index.remove([...request.ask]);
    case 'search': {
      const answers: Array<Pairs | undefined> = [];
      for (const ask of request.ask) {
        // Other messages get their turn between the searches of one.
        if (answers.length > 0) await setImmediate();
        answers.push(await search(index, ask));
      }
      return answers;
    }
    case 'keys': {
      const keys = await index.keys();
      return {
        fileIds: Float64Array.from(keys, ({ fileId }) => fileId),
        values: Float64Array.from(keys, ({ seq }) => seq),
      };
    }
    default:
      return index[request.operation]();
  }
}

async function receive(request: Request): Promise<void> {
  const { id } = request;
  try {
    say({ type: 'answer', id, answer: await answer(request) });
  } catch (error) {
    const { message } = error as Error;
    const known = error instanceof SimilarError ? { code: error.code, details: error.details } : {};
    say({ type: 'refusal', id, message, ...known });
  }
}

/** The CMS has ended or disconnected: save what can be saved. */
async function end(): Promise<void> {
  await index?.close().catch(() => {});
  process.exit();
}

process.on('message', (request: Request) => void receive(request));
process.on('disconnect', () => void end());
// A signal to the whole process group is the CMS' business: it closes this process, or its own end does.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
say({ type: 'alive' });
setInterval(() => say({ type: 'alive' }), ALIVE_MS).unref();
