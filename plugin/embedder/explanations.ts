import type { ExplainResult } from '../ports';
import { unavailable } from './picture';

interface Waiting {
  resolve(result: ExplainResult): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** Longest wait for an explanation: two decodings and one inference, behind what is being embedded. */
const PATIENCE_MS = 30_000;

/** Explanations that the process still has to deliver. They are not retried: somebody is waiting in front of the screen. */
export function createExplanations() {
  const waiting = new Map<number, Waiting>();
  let nextId = 1;

  function take(id: number): Waiting | undefined {
    const explanation = waiting.get(id);
    clearTimeout(explanation?.timer);
    waiting.delete(id);
    return explanation;
  }

  return {
    /** @param send returns false when no process is there. */
    ask(send: (id: number) => boolean, problem: string): Promise<ExplainResult> {
      return new Promise((resolve, reject) => {
        const id = nextId++;
        if (!send(id)) return reject(unavailable(problem));
        const late = () => take(id)?.reject(unavailable(`no explanation came within ${PATIENCE_MS / 1000} s.`));
        waiting.set(id, { resolve, reject, timer: setTimeout(late, PATIENCE_MS) });
      });
    },

    settle: (id: number, result: ExplainResult) => take(id)?.resolve(result),

    /** The process ended. */
    end(problem: string): void {
      for (const id of waiting.keys()) take(id)?.reject(unavailable(problem));
    },
  };
}
