/** Child process that does the arithmetic of refined spaces, so that the CMS does not feel it. */
import { Arithmetic } from '../arithmetic';

export type Operation = 'sample' | 'learn' | 'load' | 'refine';

export type RefineRequest = { [O in Operation]: { operation: O; ask: Parameters<Arithmetic[O]> } }[Operation];

export type RefineAnswer = { ok: true; value: unknown } | { ok: false; message: string };

const arithmetic = new Arithmetic();

function answer({ operation, ask }: RefineRequest): RefineAnswer {
  try {
    const work = arithmetic[operation] as (...ask: unknown[]) => unknown;
    return { ok: true, value: work.apply(arithmetic, ask) };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (request: RefineRequest) => {
  process.send?.(answer(request), undefined, undefined, () => {}); // when it cannot be sent, the end follows
});
