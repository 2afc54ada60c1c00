import { extname, join } from 'node:path';
import { startChild } from '../processes/fork';

interface Answer {
  found?: boolean;
  problem?: string;
}

/** @returns why USearch cannot be used on this machine; undefined when it can. */
export async function graphProblem(): Promise<string | undefined> {
  let answer: Answer | undefined;
  const child = startChild<never, Answer>(join(__dirname, `process/probe${extname(__filename)}`), {
    onMessage: (message) => {
      answer = message;
    },
  });
  const { how } = await child.ended;
  if (answer?.found) return undefined;
  return answer?.problem ?? (answer ? 'it does not find what was put into it' : how);
}
