import { SimilarError } from '../errors';
import type { Crop, EmbedFailure, EmbedOptions, EmbedResult } from '../ports';

/** A picture on its way through the embedder process. */
export interface Picture {
  id: number;
  path: string;
  crop?: Crop;
  untrusted?: EmbedOptions['untrusted'];
  /** `sent`: waits there for a decoder; `decoding`: its bytes are being handled; `decoded`: waits for the engine or is in it. */
  phase: 'sent' | 'decoding' | 'decoded';
  /** When the phase began, on the clock of performance.now(). */
  since: number;
  /** Was in the process when it ended: from then on it is tried alone. */
  mustBeAlone: boolean;
  /** How often it is held to have ended or hung its decoder. */
  crashes: number;
  /** How often the engine ended while it was the only picture. */
  engineFailures: number;
  resolve(result: EmbedResult): void;
  reject(error: SimilarError): void;
}

const TRIES = 2;

export function createPicture(
  id: number,
  path: string,
  { crop, untrusted }: EmbedOptions,
  settle: Pick<Picture, 'resolve' | 'reject'>,
): Picture {
  return {
    id,
    path,
    crop,
    untrusted,
    phase: 'sent',
    since: 0,
    mustBeAlone: false,
    crashes: 0,
    engineFailures: 0,
    ...settle,
  };
}

export function setPhase(picture: Picture, phase: Picture['phase']): void {
  picture.phase = phase;
  picture.since = performance.now();
}

/**
 * Its decoder ended, hung or ran out of memory.
 * @param alone whether no other picture was in the process, so that none other can be the reason.
 * @returns whether the picture is settled; if not, it is to be tried alone.
 */
export function recordCrash(picture: Picture, failure: EmbedFailure, alone: boolean): boolean {
  picture.crashes++;
  // Each try may cost everybody a process: strangers have one.
  if (!picture.untrusted && (!alone || picture.crashes < TRIES)) return false;
  picture.resolve(failure);
  return true;
}

/** The engine ended: no fault of the picture, so it does not fail but goes back. @returns whether the picture is settled. */
export function engineFailed(picture: Picture, problem: string): boolean {
  picture.engineFailures++;
  if (picture.engineFailures < TRIES) return false;
  picture.reject(unavailable(problem));
  return true;
}

export function unavailable(problem: string): SimilarError {
  return new SimilarError('EMBEDDER_UNAVAILABLE', `The embedder cannot run: ${problem}`);
}
