import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { CONTENT } from './owned-shop';
import { PRODUCT } from './shop';
import type { Playground } from './strapi';

/**
 * An admin token, as people make them for assistants. It has the conditions that its owner has.
 * @param owner id of an administrator.
 * @param fields of products.
 */
export async function adminToken(
  { strapi }: Playground,
  owner: number,
  actions: string[],
  fields = ['name', 'images'],
): Promise<string> {
  const user = await strapi.db.query('admin::user').findOne({ where: { id: owner }, populate: ['roles'] });
  const adminPermissions = actions.map((action) =>
    action === CONTENT
      ? { action, subject: PRODUCT, properties: { fields, locales: ['en'] } }
      : { action, subject: null, properties: {} },
  );
  const token = { kind: 'admin', name: `${owner} ${actions} ${fields}`, description: '', lifespan: null };
  const created = await strapi
    .service('admin::api-token-admin')
    .create({ ...token, adminPermissions, adminUserOwner: owner }, user);
  return created.accessKey;
}

export interface ToolError {
  name: string;
  message: string;
  details?: { code: string; remedy: string; errors?: Array<{ path: string[] }> };
}

/** The official client of the protocol, over HTTP. */
export async function assistant({ url }: Playground, token: string) {
  const client = new Client({ name: 'test', version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit }));

  return {
    client,

    tools: async () => (await client.listTools()).tools,

    /** What must be answered; the text says the same. */
    async call(name: string, args?: Record<string, unknown>) {
      const { content, structuredContent, isError } = await client.callTool({ name, arguments: args });
      const [first, ...others] = content;
      if (isError || first.type !== 'text') throw new Error(JSON.stringify(content));
      // biome-ignore lint/suspicious/noExplicitAny: the shape is that of the tool
      return { found: structuredContent as any, said: JSON.parse(first.text), others };
    },

    /** What must fail. */
    async fails(name: string, args?: Record<string, unknown>): Promise<ToolError> {
      const { content, isError } = await client.callTool({ name, arguments: args });
      const [first] = content;
      if (!isError || first.type !== 'text') throw new Error(`${name} did not fail: ${JSON.stringify(content)}`);
      return JSON.parse(first.text).error;
    },
  };
}

export type Assistant = Awaited<ReturnType<typeof assistant>>;
