import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { SimilarChanged } from '../../plugin/contracts/webhook';
import { listen } from './listen';

export interface WebhookReceiver {
  url: string;
  /** The status of each answer; undefined: none comes. */
  answers: number | undefined;
  /** What was accepted, the oldest first. */
  calls: Array<{ headers: IncomingHttpHeaders; text: string; body: SimilarChanged }>;
  /** How many calls were not accepted. */
  refused: number;
  close(): void;
}

/** A server that takes webhooks, as a shop would. */
export async function startReceiver(): Promise<WebhookReceiver> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { answers } = receiver;
    if (answers && answers < 300) receiver.calls.push({ headers: request.headers, text, body: JSON.parse(text) });
    else receiver.refused++;
    if (answers) response.writeHead(answers).end();
  });
  const port = await listen(server);
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}/changed`,
    answers: 200,
    calls: [],
    refused: 0,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}
