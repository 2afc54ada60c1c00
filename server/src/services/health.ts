import type { Health } from '../../../plugin/contracts/health';
import { ERRORS } from '../../../plugin/errors';
import type { Similarity } from '../../../plugin/similarity';
import { coverageOf } from '../util/coverage';
import { problemsOf } from '../util/problems';

export interface HealthDeps {
  core: () => Similarity;
}

/** How this node is, without the paths and messages that only administrators see. */
export function createHealth({ core }: HealthDeps) {
  return {
    async get(): Promise<Health> {
      const progress = await core().progress();
      const {
        total,
        ready,
        pending,
        failed,
        unsupported,
        missing,
        model,
        space,
        engine,
        device,
        index,
        indexed,
        next,
      } = progress;
      const isReady = index.state === 'ready';
      const codes = problemsOf(progress);
      return {
        ready: isReady,
        status: !isReady ? 'unavailable' : codes.length > 0 ? 'degraded' : 'ok',
        problems: codes.map((code) => ({ code, cause: ERRORS[code].cause, remedy: ERRORS[code].remedy })),
        coverage: coverageOf(progress),
        pictures: { total, ready, pending, failed, unsupported, missing },
        ...{ model, space, engine, device },
        index: { kind: index.kind, mode: index.mode, state: index.state, vectors: indexed },
        ...(next && { next: { space: next.space, coverage: coverageOf(next) } }),
      };
    },
  };
}
