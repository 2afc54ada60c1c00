import { randomBytes } from 'node:crypto';
import type { Core } from '@strapi/strapi';

const EMAIL = 'demo@example.com';

/** A super admin with a password that only this run knows. */
export async function createLogin(strapi: Core.Strapi): Promise<{ email: string; password: string }> {
  const users = strapi.service('admin::user');
  // Strapi wants an upper-case letter, a lower-case letter and a digit.
  const password = `Aa1${randomBytes(12).toString('base64url')}`;
  const existing = await strapi.db.query('admin::user').findOne({ where: { email: EMAIL } });
  if (existing) {
    await users.updateById(existing.id, { password, isActive: true, blocked: false });
  } else {
    const { id } = await strapi.service('admin::role').getSuperAdmin();
    const attributes = { email: EMAIL, firstname: 'Demo', lastname: 'Admin', isActive: true, roles: [id] };
    await users.create({ ...attributes, password, registrationToken: null });
  }
  return { email: EMAIL, password };
}
