import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { configSchema, embedderToken, type SimilarConfig } from '../plugin/contracts/config';
import { createEmbedder } from '../plugin/embedder/embedder';
import { createService } from '../plugin/embedder/remote/service';
import { unreadable } from '../plugin/folder/find-pictures';
import { DEFAULT_MODEL } from '../plugin/folder/open-folder';
import { resolveModel } from '../plugin/models/resolve';
import type { Logger } from '../plugin/ports';
import { type Command, type Streams, UsageError } from './command';
import { chosenModel } from './model-entry';
import { modelProgress } from './model-progress';
import { plain } from './output';

const help = `Embeds pictures for Strapis on other machines. Needs no Strapi. docs/remote-embedders.md says more.

Usage: strapi-plugin-similar embedder --listen <host:port> [options]

  --listen <host:port>   where it listens; without a token only on this machine, such as 127.0.0.1:7700
  --token-file <file>    file with the token that requests must have (default: SIMILAR_EMBEDDER_TOKEN)

The same as in the configuration of the Strapi:
  --model <name>         name of a model (default ${DEFAULT_MODEL})
  --entry <file>         a model of your own instead: a file with what "model add" has printed
  --cache-dir <dir>      where models are kept (default: SIMILAR_MODEL_CACHE, else the user's cache folder)
  --path <file>          weights file, or the folder that contains it, to use instead of a download
  --mirror <url>         URL of the weights file, or of its folder, to use instead of the official one
  --sha256 <hex>         checksum of the weights, if you use other ones than those published
  --offline              never use the network
  --resize <how>         lanczos3 or nearest (default: the model's own)
  --engine <name>        auto, onnxruntime, tensorflow or wasm (default auto)
  --threads <count>      threads of one inference (default: all cores)
  --batch-size <count>   most pictures of one inference (default 8)
  --max-bytes, --max-pixels, --timeout-ms, --memory-mb <number>   limits of one picture

It ends at SIGTERM or SIGINT, once all pictures that it has taken are answered.`;

export const embedder: Command = {
  summary: 'embed pictures for Strapis on other machines',
  help,
  async run(args, streams) {
    const { config, host, port, tokenFile } = await parse(args);
    const token = await tokenOf(tokenFile);
    if (token === undefined && !isLoopback(host)) {
      throw new UsageError(
        `Without a token it listens on this machine only, such as on 127.0.0.1, and not on ${host}: give a --token-file, or set SIMILAR_EMBEDDER_TOKEN.`,
      );
    }
    await serve(config, { host, port, token }, streams);
    return 0;
  },
};

const LISTEN = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<name>[^:[\]\s/@]+)):(?<port>\d{1,5})$/i;

async function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      listen: text,
      'token-file': text,
      model: text,
      entry: text,
      'cache-dir': text,
      path: text,
      mirror: text,
      sha256: text,
      offline: { type: 'boolean' },
      resize: text,
      engine: text,
      threads: text,
      'batch-size': text,
      'max-bytes': text,
      'max-pixels': text,
      'timeout-ms': text,
      'memory-mb': text,
    },
  });
  const found = LISTEN.exec(values.listen ?? '')?.groups;
  if (!found || Number(found.port) > 65_535) {
    throw new UsageError(`Expected --listen <host:port> but received "${values.listen ?? ''}".`);
  }
  const number = (value: string | undefined) => (value === undefined ? undefined : Number(value));
  const { model = DEFAULT_MODEL, custom } = await chosenModel(values);
  const parsed = configSchema.safeParse({
    model,
    models: {
      custom,
      cacheDir: values['cache-dir'],
      path: values.path,
      mirror: values.mirror,
      sha256: values.sha256,
      offline: values.offline,
      resize: values.resize,
    },
    engine: { name: values.engine, threads: number(values.threads), batchSize: number(values['batch-size']) },
    limits: {
      maxBytes: number(values['max-bytes']),
      maxPixels: number(values['max-pixels']),
      timeoutMs: number(values['timeout-ms']),
      memoryMb: number(values['memory-mb']),
    },
  });
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new UsageError(`${FLAGS[path.join('.')] ?? path.join('.')}: ${message}.`);
  }
  return {
    config: parsed.data,
    host: found.v6 ?? found.name,
    port: Number(found.port),
    tokenFile: values['token-file'],
  };
}

/** Keys of the configuration whose flag has another name. */
const FLAGS: Record<string, string> = {
  model: '--model',
  'models.cacheDir': '--cache-dir',
  'models.path': '--path',
  'models.mirror': '--mirror',
  'models.sha256': '--sha256',
  'models.resize': '--resize',
  'engine.name': '--engine',
  'engine.threads': '--threads',
  'engine.batchSize': '--batch-size',
  'limits.maxBytes': '--max-bytes',
  'limits.maxPixels': '--max-pixels',
  'limits.timeoutMs': '--timeout-ms',
  'limits.memoryMb': '--memory-mb',
};

/** Not as a flag: everybody on the machine sees those. */
async function tokenOf(file: string | undefined): Promise<string | undefined> {
  const set = process.env.SIMILAR_EMBEDDER_TOKEN || undefined;
  if (file !== undefined && set !== undefined) {
    throw new UsageError('Expected either --token-file or SIMILAR_EMBEDDER_TOKEN but received both.');
  }
  const read = (name: string) =>
    readFile(name, 'utf8').catch((error) => {
      throw unreadable('token file', name, error);
    });
  const token = file === undefined ? set : (await read(file)).trim();
  if (token !== undefined && !embedderToken.safeParse(token).success) {
    throw new UsageError('Expected a token of 16 to 1024 visible ASCII characters without spaces.');
  }
  return token;
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

async function serve(
  { model, models, engine: { name: engine, ...sizes }, limits }: SimilarConfig,
  { host, port, token }: { host: string; port: number; token?: string },
  { err }: Streams,
): Promise<void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  for (const signal of ENDING) process.once(signal, end);
  try {
    const fetching = modelProgress(model, err);
    const { log, onProgress } = fetching;
    const resolved = await resolveModel(model, { ...models, log, onProgress, signal: ending.signal }).finally(
      fetching.stop,
    );
    const embedder = createEmbedder({ model: resolved, engine, ...sizes, limits, logger: logTo(err) });
    try {
      const { batchSize } = sizes;
      const { server, drain } = await createService({ embedder, batchSize, maxBytes: limits.maxBytes, token });
      try {
        await once(server.listen(port, host), 'listening');
        const { address, family, port: own } = server.address() as AddressInfo;
        const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${own}`;
        err.write(`Listening on ${url} for pictures of the space ${embedder.space.id}.\n`);
        if (!ending.signal.aborted) await once(ending.signal, 'abort');
        err.write('Ending: pictures that were taken are answered first.\n');
      } finally {
        await drain();
      }
    } finally {
      await embedder.close();
    }
  } catch (error) {
    if (!ending.signal.aborted) throw error;
  } finally {
    for (const signal of ENDING) process.off(signal, end);
  }
}

const ENDING = ['SIGTERM', 'SIGINT'] as const;

function logTo(err: Streams['err']): Logger {
  const tell = (message: string) => void err.write(`${plain(message)}\n`);
  return { info: tell, warn: tell, error: tell, debug() {} };
}
