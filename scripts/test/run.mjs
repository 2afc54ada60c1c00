import { startGroup } from './process-group.mjs';

/** Runs a program to its end, or to its limit in ms. @returns the exit code, or why it was ended. */
export async function run(command, args, { limit }) {
  const group = startGroup(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  let overdue = false;
  const timer = setTimeout(() => {
    overdue = true;
    group.kill();
  }, limit);
  const status = await group.ended;
  clearTimeout(timer);
  group.kill();
  group.forget();
  return overdue ? `ended after ${Math.round(limit / 1000)} s` : status;
}
