import { after } from 'node:test';
import type { SimilarConfigInput } from '../../plugin/contracts/config';
import { type Playground, startPlayground } from './strapi';

/** Starts a playground in the place of the one before, whose folder is kept; the last one ends after the tests of the file. */
export function onePlayground() {
  let shop: Playground | undefined;
  after(() => shop?.stop());
  return async (config: SimilarConfigInput, { folder }: { folder?: string } = {}): Promise<Playground> => {
    await shop?.stop({ keep: true });
    shop = undefined;
    shop = await startPlayground({ config, folder });
    return shop;
  };
}
