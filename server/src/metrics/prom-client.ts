import type * as PromClient from 'prom-client';
import { findPeer } from '../../../plugin/optional-peer';

/**
 * The project's prom-client, which is optional.
 * @param folders where it is looked for, as code in them would.
 * @returns undefined where it is not installed.
 */
export function loadPromClient(folders: readonly string[]): typeof PromClient | undefined {
  const found = findPeer('prom-client', folders);
  return found?.load(found.file);
}
