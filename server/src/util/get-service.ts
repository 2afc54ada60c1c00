import type { Core } from '@strapi/strapi';
import type { Services } from '../compose';

/** A service of this plugin, typed. Only controllers, hooks, boot and the command line ask; every other part is given what it needs (`compose.ts`). */
export const getService = <Name extends keyof Services>(
  name: Name,
  { strapi }: { strapi: Core.Strapi },
): Services[Name] => strapi.plugin('similar').service(name);
