import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Playground, startPlayground } from '../helpers/strapi';

let shop: Playground;

before(async () => {
  shop = await startPlayground();
});
after(() => shop?.stop());

test('where Strapi’s MCP server is off, no tool is registered, and nothing of the tools is loaded', async () => {
  const { status } = await shop.api('/mcp', { method: 'POST' });
  assert.ok(status === 404 || status === 405, `${status}`);
  const loaded = Object.keys(require.cache).filter((file) =>
    /server\/src\/(mcp\/(?!server\.)|validation\/tools)/.test(file),
  );
  assert.deepEqual(loaded, []);
  // Takes what is not registered yet.
  shop.strapi.ai.mcp.registerTool({ name: 'similar_find', devModeOnly: true } as never);
});
