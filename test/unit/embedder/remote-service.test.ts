import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createService, type Service } from '../../../plugin/embedder/remote/service';
import { type MachineHealth, packRequest, unpackAnswer } from '../../../plugin/embedder/remote/wire';
import type { Embedder, EmbedOptions, EmbedResult } from '../../../plugin/ports';
import { listen } from '../../helpers/listen';
import { until } from '../../helpers/until';

const SPACE = { id: 'some@1/space', model: 'some', dims: 3 };
const MAX_BYTES = 1_000;

/** An embedder that answers when it is told to, so that a queue can fill. */
const held: Array<(result: EmbedResult) => void> = [];
const asked: Array<EmbedOptions | undefined> = [];
let hold = false;
let next: EmbedResult | Error | undefined;
const embedder: Embedder = {
  space: SPACE,
  capacity: 4,
  async embed(_path, options) {
    asked.push(options);
    if (hold) return new Promise<EmbedResult>((resolve) => held.push(resolve));
    if (next instanceof Error) throw next;
    return next ?? { ok: true, vector: Float32Array.of(0.6, -0.8, 0) };
  },
  explain: () => Promise.reject(new Error('unused')),
  status: () => ({ engine: 'onnxruntime', device: 'cpu', state: 'ready', restarts: 0 }),
  close: async () => {},
};

let service: Service;
let url: string;
beforeEach(async () => {
  service = await createService({ embedder, batchSize: 1, maxBytes: MAX_BYTES });
  url = `http://127.0.0.1:${await listen(service.server)}`;
});
afterEach(() => service.drain());

const pictures = (count: number) => Array.from({ length: count }, () => ({ bytes: Buffer.from('bytes') }));

function post(body: Buffer, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/v1/embed`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'x-similar-space': SPACE.id, 'x-similar-pictures': '1', ...headers },
  });
}

async function refusal(response: Promise<Response>): Promise<string> {
  const { status, headers, ...answer } = await response.then(async (it) => ({
    status: it.status,
    headers: it.headers,
    body: (await it.json()) as { error: { code: string } },
  }));
  return [status, answer.body.error.code, headers.get('retry-after')].filter((part) => part !== null).join(' ');
}

const health = async (): Promise<MachineHealth> => (await (await fetch(`${url}/v1/health`)).json()) as MachineHealth;

test('health says what it is, and how much it has to do', async () => {
  assert.deepEqual(await health(), {
    ...{ space: SPACE.id, model: 'some', dims: 3, engine: 'onnxruntime', device: 'cpu' },
    ...{ queue: 0, capacity: 4, batchSize: 1, maxBytes: MAX_BYTES, state: 'ready' },
  });
});

test('crop, urgency and limits of a stranger’s picture reach the embedder', async () => {
  asked.length = 0;
  const options = {
    crop: { left: 0, top: 0.5, width: 1, height: 0.5 },
    urgent: true,
    untrusted: { maxPixels: 7 },
  };
  const response = await post(packRequest([{ bytes: Buffer.from('x'), ...options }]));
  assert.equal(response.status, 200);
  assert.deepEqual(asked, [options]);
});

test('what is no request is refused', async () => {
  const whole = packRequest(pictures(1));
  const cases: Array<[what: string, response: Promise<Response>, said: string]> = [
    ['garbage', post(Buffer.from('garbage, and some more of it')), '400 INVALID_PARAMETER'],
    ['nothing', post(Buffer.alloc(0)), '400 INVALID_PARAMETER'],
    ['cut short', post(whole.subarray(0, -1)), '400 INVALID_PARAMETER'],
    ['too long', post(Buffer.concat([whole, whole])), '400 INVALID_PARAMETER'],
    ['another count', post(packRequest(pictures(2))), '400 INVALID_PARAMETER'],
    ['no count', post(whole, { 'x-similar-pictures': '-1' }), '400 INVALID_PARAMETER'],
    ['too many', post(whole, { 'x-similar-pictures': '257' }), '413 TOO_LARGE'],
    ['another space', post(whole, { 'x-similar-space': 'other@1/space' }), '409 EMBEDDER_SPACE'],
    ['another address', fetch(`${url}/v1/other`), '404 NOT_FOUND'],
    ['another method', fetch(`${url}/v1/embed`), '404 NOT_FOUND'],
  ];
  for (const [what, response, said] of cases) assert.equal(await refusal(response), said, what);
  // The size alone: nobody has to receive the bytes.
  const large = Buffer.alloc(17 * 2 ** 20);
  const refused = await refusal(post(large)).catch((error) => String(error.cause?.code));
  assert.match(refused, /^(413 TOO_LARGE|EPIPE|ECONNRESET|UND_ERR_SOCKET)$/);
  assert.equal((await health()).queue, 0);
});

test('a full queue answers 503 and takes more once there is room; draining answers what was taken', async () => {
  hold = true;
  const taken = Array.from({ length: 2 }, () => post(packRequest(pictures(128)), { 'x-similar-pictures': '128' }));
  await until('the queue is full', async () => (await health()).queue === 256);
  await until('the embedder has all', () => held.length === 256);
  assert.equal(await refusal(post(packRequest(pictures(1)))), '503 EMBEDDER_BUSY 1');
  hold = false;
  const drained = service.drain();
  assert.equal((await health()).state, 'broken');
  assert.equal(await refusal(post(packRequest(pictures(1)))), '503 EMBEDDER_BUSY 1');
  for (const resolve of held.splice(0)) resolve({ ok: true, vector: Float32Array.of(1, 0, 0) });
  for (const response of taken) {
    const results = unpackAnswer(Buffer.from(await (await response).arrayBuffer()), 128, 3);
    assert.ok(results.every((result) => 'ok' in result && result.ok));
  }
  await drained;
});

test('a picture’s fault, and the machine’s own, are told apart', async () => {
  const failure = { ok: false, state: 'failed', code: 'DECODE_FAILED', reason: 'It is damaged.' } as const;
  const outcome = async (result: EmbedResult | Error) => {
    next = result;
    const response = await post(packRequest(pictures(1)));
    return unpackAnswer(Buffer.from(await response.arrayBuffer()), 1, 3)[0];
  };
  try {
    assert.deepEqual(await outcome(failure), failure);
    const gone = await outcome({ ...failure, code: 'BYTES_MISSING', reason: 'The file is missing.' });
    assert.deepEqual(gone, { unavailable: 'The file is missing.' });
    assert.deepEqual(await outcome(new Error('no engine')), { unavailable: 'no engine' });
    assert.deepEqual(await outcome({ ok: true, vector: Float32Array.of(0.1, 0.2, 0.3) }), {
      ok: true,
      vector: Float32Array.of(0.1, 0.2, 0.3),
    });
  } finally {
    next = undefined;
  }
});

test('an answer that is not what was asked for is an error', () => {
  const unpack = (head: unknown, rest = Buffer.alloc(0)) => {
    const json = Buffer.from(JSON.stringify(head));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(json.length);
    return () => unpackAnswer(Buffer.concat([length, json, rest]), 1, 3);
  };
  assert.throws(unpack([]), /about 0 pictures in place of 1/);
  assert.throws(unpack([{ ok: true }], Buffer.alloc(8)), /range/);
  assert.throws(unpack([{ ok: true }], Buffer.alloc(16)), /another length/);
  assert.throws(unpack([{ ok: true }], Buffer.alloc(12, 0xff)), /not finite/);
  assert.throws(unpack([{ ok: false, state: 'failed', code: 'NONESUCH', reason: 'x' }]));
  assert.throws(() => unpackAnswer(Buffer.alloc(2), 1, 3));
});
