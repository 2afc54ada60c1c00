import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { refOf, type Top, type Tops } from '../../plugin/ports';

export interface TopsUnderTest {
  tops: Tops;
  /** A second node on the same database. */
  other: Tops;
  close(): Promise<void>;
}

const TYPE = 'api::product.product';
const LEASE = 60_000;

const top = (documentId: string, ...results: string[]): Top => ({
  type: TYPE,
  documentId,
  results: results.map((id) => ({ documentId: id, source: 'visual', similarity: 0.5 })),
});

/** What every store of top results does. */
export function testTops(name: string, open: () => Promise<TopsUnderTest>, skip: string | false = false): void {
  describe(`top results: ${name}`, { skip }, () => {
    let tops: Tops;
    let other: Tops;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ tops, other, close } = await open());
    });
    afterEach(() => close());

    const unsent = async () => (await tops.claim(100, LEASE)).map(({ documentId }) => documentId);

    it('what was not known before is news unless it is asked to be none', async () => {
      await tops.put(top('a', 'x'), [], 'known');
      await tops.put(top('b', 'x'), [], 'all');
      await tops.put(top('c', 'x'), [], 'none');
      await tops.put(top('d'), [], 'all');
      assert.deepEqual(await unsent(), ['b']);
    });

    it('others, or another order, are news; the same ones, or the old ones again, are not', async () => {
      await tops.put(top('a', 'x', 'y'), [], 'none');
      await tops.put(top('a', 'x', 'y'), [], 'all');
      assert.deepEqual(await unsent(), []);
      await tops.put(top('a', 'y', 'x'), [], 'all');
      await tops.put(top('a', 'x', 'y'), [], 'all');
      assert.deepEqual(await unsent(), []);
      await tops.put(top('a', 'y', 'x'), [], 'all');
      assert.deepEqual(await unsent(), ['a']);
    });

    it('of two nodes that see the same change at once, one sends it', async () => {
      await Promise.all([tops, other].map((node) => node.put(top('a', 'x'), ['x'], 'all')));
      const [one, two] = await Promise.all([tops.claim(10, LEASE), other.claim(10, LEASE)]);
      assert.deepEqual(
        [...one, ...two].map(({ documentId, results }) => [documentId, results[0].documentId]),
        [['a', 'x']],
      );
      await tops.sent([...one, ...two]);
      assert.deepEqual(await unsent(), []);
    });

    it('what failed comes back when its time has come, and what changed while it was sent is sent again', async () => {
      await tops.put(top('a', 'x'), [], 'all');
      const claimed = await tops.claim(10, LEASE);
      await tops.failed(claimed, LEASE);
      assert.deepEqual(await unsent(), []);
      await tops.failed(claimed, 0);
      const [again] = await tops.claim(10, LEASE);
      assert.equal(again.attempts, 2);
      await tops.put(top('a', 'y'), [], 'all');
      await tops.sent([again]);
      assert.deepEqual(await unsent(), ['a']);
    });

    it('knows whose results hang on an item or a picture, in which locale', async () => {
      await tops.put({ ...top('a', 'x'), locale: 'de' }, ['x', refOf(7)], 'none');
      await tops.put(top('b', 'y'), ['y', refOf(7)], 'none');
      assert.deepEqual(await tops.hangingOn(['x']), [{ type: TYPE, documentId: 'a', locale: 'de' }]);
      assert.equal((await tops.hangingOn([refOf(7), 'y'])).length, 2);
      await tops.put(top('b', 'z'), ['z'], 'none');
      await tops.drop({ type: TYPE, documentId: 'a', locale: 'de' });
      assert.deepEqual(await tops.hangingOn([refOf(7), 'x', 'y']), []);
    });

    it('notes stay until they are settled', async () => {
      await tops.note([
        { type: 'file', target: '7' },
        { type: TYPE, target: 'a' },
      ]);
      const noted = await other.noted(0, 10);
      assert.deepEqual(
        noted.map(({ type, target }) => [type, target]),
        [
          ['file', '7'],
          [TYPE, 'a'],
        ],
      );
      await tops.settle([noted[0].id]);
      assert.deepEqual(
        (await tops.noted(0, 10)).map(({ target }) => target),
        ['a'],
      );
    });
  });
}
