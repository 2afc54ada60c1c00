import { PRODUCT } from './shop';
import type { StrapiClient } from './strapi-client';

export interface Editor {
  id: number;
  email: string;
  password: string;
  /** JWT */
  token: string;
}

let count = 0;

/**
 * Another administrator, with a role that may do this and nothing else.
 * @param fields of products that it may read and write.
 * @param conditions under which it may read and write products and read files, such as `admin::is-creator`.
 */
export async function editorWith(
  client: StrapiClient,
  actions: readonly string[],
  fields: readonly string[] = ['name', 'images'],
  conditions: readonly string[] = [],
): Promise<Editor> {
  const send = async (method: string, path: string, body: object) => {
    const answer = await client.admin(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body.data;
  };
  const permissions = actions.map((action) => ({
    action,
    conditions: action.includes('explorer') || action === 'plugin::upload.read' ? conditions : [],
    ...(action.includes('explorer')
      ? { subject: PRODUCT, properties: { fields, locales: ['en'] } }
      : { subject: null, properties: {} }),
  }));
  const login = { email: `editor-${++count}@example.com`, password: 'Similar-test-1' };
  const role = await send('POST', '/admin/roles', { name: `Role ${count}`, description: 'for a test' });
  await send('PUT', `/admin/roles/${role.id}/permissions`, { permissions });
  const person = { firstname: 'Ed', lastname: 'Itor' };
  const { id, registrationToken } = await send('POST', '/admin/users', {
    ...person,
    email: login.email,
    roles: [role.id],
  });
  const userInfo = { ...person, password: login.password };
  const { token } = await send('POST', '/admin/register', { registrationToken, userInfo });
  return { id, ...login, token };
}
