interface Waiting<Ask, Answer> {
  ask: Ask;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/**
 * Gathers the requests of one turn of the event loop and sends them together: a message or
 * a query for each costs more than the answer.
 * @param send gives the answers in the order of the questions; when it fails, all of them fail.
 */
export function gather<Ask, Answer>(send: (asks: Ask[]) => Promise<Answer[]>): (ask: Ask) => Promise<Answer> {
  let waiting: Array<Waiting<Ask, Answer>> = [];

  async function flush(): Promise<void> {
    const sent = waiting;
    waiting = [];
    try {
      const answers = await send(sent.map(({ ask }) => ask));
      for (const [at, { resolve }] of sent.entries()) resolve(answers[at]);
    } catch (error) {
      for (const { reject } of sent) reject(error);
    }
  }

  return (ask) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ ask, resolve, reject }) === 1) setImmediate(flush);
    });
}
