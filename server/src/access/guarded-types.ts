import type { Core } from '@strapi/strapi';
import { FILE } from './content-api';

interface Route {
  handler: unknown;
  config?: { policies?: unknown[]; middlewares?: unknown[] };
}

interface Routers {
  [name: string]: { routes: Route[] };
}

/**
 * What a project guards beyond permissions: content types whose own `find` route has policies or middlewares, or another
 * controller than Strapi's. None of that is asked when similar items are read.
 */
export function guardedTypes(strapi: Core.Strapi, uids: Iterable<string>): string[] {
  return [...uids].filter((uid) => hasGuardedRoute(strapi, uid) || hasOwnFind(strapi, uid));
}

function hasGuardedRoute(strapi: Core.Strapi, uid: string): boolean {
  const [owner, name] = uid.replace(/^(api|plugin)::/, '').split('.');
  const routers = (uid.startsWith('api::') ? strapi.apis[owner]?.routes : strapi.plugin(owner)?.routes) as
    | Routers
    | undefined;
  const handler = uid === FILE ? 'content-api.find' : `${name}.find`;
  return Object.values(routers ?? {})
    .flatMap(({ routes = [] }) => routes)
    .some(({ handler: own, config: { policies = [], middlewares = [] } = {} }) => {
      const isFind = typeof own === 'string' && (own === handler || own.endsWith(`.${handler}`));
      return isFind && policies.length + middlewares.length > 0;
    });
}

/**
 * Strapi's factory puts the methods that a project does not write itself on the controller, from its prototype. Controllers that it has
 * not made are those of plugins such as Users & Permissions, whose own ones show what the sanitizer lets through.
 */
function hasOwnFind(strapi: Core.Strapi, uid: string): boolean {
  const controller = strapi.controllers[uid as never] as { find?: unknown } | undefined;
  if (!controller) return false;
  const core = Object.getPrototypeOf(controller) as { find?: unknown } | null;
  if (uid.startsWith('plugin::') && !core?.find) return false;
  return controller.find !== undefined && controller.find !== core?.find;
}
