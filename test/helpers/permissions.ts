import type { Playground } from './strapi';

type WithStrapi = Pick<Playground, 'strapi'>;

const permissionsOf = ({ strapi }: WithStrapi) => strapi.db.query('plugin::users-permissions.permission');

/** Lets everybody do this. */
export async function grantVisitors(shop: WithStrapi, ...actions: string[]): Promise<void> {
  const { id: role } = await shop.strapi.db
    .query('plugin::users-permissions.role')
    .findOne({ where: { type: 'public' } });
  for (const action of actions) await permissionsOf(shop).create({ data: { action, role } });
}

/**
 * Takes permissions from visitors meanwhile.
 * @param action one of them, or a condition such as `{ $startsWith: 'plugin::similar.' }`
 * @returns how many were taken.
 */
export async function withoutPermission(
  shop: WithStrapi,
  action: string | object,
  check: () => Promise<void>,
): Promise<number> {
  const permissions = permissionsOf(shop);
  const where = { action, role: { type: 'public' } };
  const granted: Array<{ id: number; action: string; role: { id: number } }> = await permissions.findMany({
    where,
    populate: ['role'],
  });
  await permissions.deleteMany({ where: { id: { $in: granted.map(({ id }) => id) } } });
  try {
    await check();
  } finally {
    for (const { action, role } of granted) await permissions.create({ data: { action, role: role.id } });
  }
  return granted.length;
}

/** @param type `custom` for the permissions named, else `read-only` or `full-access`. */
export async function apiToken({ strapi }: WithStrapi, type: string, permissions: string[] = []): Promise<string> {
  const { accessKey } = await strapi
    .service('admin::api-token')
    .create({ name: `${type} ${permissions.join()}`, type, description: '', lifespan: null, permissions });
  return accessKey;
}
