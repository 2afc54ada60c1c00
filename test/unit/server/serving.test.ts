import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { whenServing } from '../../../server/src/util/serving';

const httpServer = createServer();
after(() => httpServer.close());

const waits = (argv: string[]) => {
  let started = 0;
  const stop = whenServing({ server: { httpServer } } as never, () => started++, argv);
  return { stop, started: () => started };
};

test('a process serves from when it listens on, unless it is a console or was stopped before', async () => {
  const early = waits(['node', '/app/node_modules/.bin/strapi', 'start']);
  const script = waits(['node', '/app/console.js']);
  const stopped = waits(['node', '/app/server.js']);
  const console = waits(['node', '/app/node_modules/.bin/strapi', 'console']);
  stopped.stop();
  assert.equal(early.started(), 0);
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve));
  assert.deepEqual([early.started(), script.started(), stopped.started(), console.started()], [1, 1, 0, 0]);
  assert.equal(waits(['node', '/app/server.js']).started(), 1, 'it listens already');
});
