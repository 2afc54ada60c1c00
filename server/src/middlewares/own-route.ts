import type { Context } from 'koa';

interface OwnRoute {
  handler: string;
  info: { type: 'admin' | 'content-api' };
}

/** The route of this plugin that answered, or refused to. */
export function ownRoute({ state }: Context): OwnRoute | undefined {
  return state.route?.info?.pluginName === 'similar' ? state.route : undefined;
}
