import type { Context } from 'koa';

/** All who may see similar items read it: never an e-mail address. */
export function authorOf(ctx: Context): string | undefined {
  const { firstname, lastname, username } = ctx.state.user;
  return [firstname, lastname].filter(Boolean).join(' ') || username || undefined;
}
