import type { Health } from '../../../plugin/contracts/health';
import type { SpaceProgress } from '../../../plugin/contracts/progress';
import { ERRORS, type ErrorCode } from '../../../plugin/errors';
import type { Similarity } from '../../../plugin/similarity';
import { rounded } from '../util/rounded';

export interface HealthDeps {
  core: () => Similarity;
}

/** How this node is, without the paths and messages that only administrators see. */
export function createHealth({ core }: HealthDeps) {
  return {
    async get(): Promise<Health> {
      const progress = await core().progress();
      const { total, ready, pending, failed, unsupported, model, space, engine, device, index, indexed, next } =
        progress;
      const isReady = index.state === 'ready';
      const codes: ErrorCode[] = [];
      if (!isReady) codes.push('INDEX_UNAVAILABLE');
      if (isKnown(index.code)) codes.push(index.code);
      if (progress.unseen) codes.push('LIBRARY_UNSEEN');
      else if (progress.problem) codes.push('EMBEDDER_UNAVAILABLE');
      return {
        ready: isReady,
        status: !isReady ? 'unavailable' : codes.length > 0 ? 'degraded' : 'ok',
        problems: codes.map((code) => ({ code, cause: ERRORS[code].cause, remedy: ERRORS[code].remedy })),
        coverage: coverageOf(progress),
        pictures: { total, ready, pending, failed, unsupported },
        ...{ model, space, engine, device },
        index: { kind: index.kind, mode: index.mode, state: index.state, vectors: indexed },
        ...(next && { next: { space: next.space, coverage: coverageOf(next) } }),
      };
    },
  };
}

const isKnown = (code?: string): code is ErrorCode => code !== undefined && code in ERRORS;

const coverageOf = ({ total, pending }: SpaceProgress) => (total === 0 ? 1 : rounded((total - pending) / total, 4));
