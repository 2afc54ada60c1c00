import type { Core } from '@strapi/strapi';
import { type Services, servicesOf } from '../compose';

type Factory<Name extends keyof Services> = (context: { strapi: Core.Strapi }) => Services[Name];

const service =
  <Name extends keyof Services>(name: Name): Factory<Name> =>
  ({ strapi }) =>
    servicesOf(strapi)[name];

/** What the plugin registers with Strapi: the parts that hooks, controllers, the command line and the project's own code call. */
export default {
  similar: service('similar'),
  indexing: service('indexing'),
  comparison: service('comparison'),
  decisions: service('decisions'),
  duplicates: service('duplicates'),
  explain: service('explain'),
  rules: service('rules'),
  export: service('export'),
  carrying: service('carrying'),
  changed: service('changed'),
  failed: service('failed'),
  health: service('health'),
  judging: service('judging'),
  'map-groups': service('map-groups'),
  'merge-looks': service('merge-looks'),
  merging: service('merging'),
  metrics: service('metrics'),
  notices: service('notices'),
  proposals: service('proposals'),
  'sent-picture': service('sent-picture'),
  settings: service('settings'),
  'threshold-preview': service('threshold-preview'),
  webhook: service('webhook'),
};
