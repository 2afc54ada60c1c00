import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { Core } from '@strapi/strapi';
import { listen } from './listen';

interface UploadFile {
  hash: string;
  ext: string;
  url: string;
  buffer: Buffer;
}

/** A server that keeps objects as S3 does: anybody reads public ones, private ones are read by a signature that ends. */
export async function startStorage() {
  const objects = new Map<string, Buffer>();
  let generation = 0;
  /** Each GET, as path and query. */
  const asked: string[] = [];

  const signature = (key: string) => createHmac('sha256', `secret ${generation}`).update(key).digest('hex');

  function answer({ url = '/', headers }: IncomingMessage, response: ServerResponse): void {
    const { pathname, search } = new URL(url, `http://${headers.host}`);
    const key = pathname.slice(1);
    const bytes = objects.get(key);
    // With any other parameter the signature is not that of the request.
    if (storage.isPrivate && search !== `?signature=${signature(key)}`) {
      response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
    } else if (!bytes) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    else response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  }

  const server = createServer((request, response) => {
    asked.push(request.url as string);
    (storage.answers ?? answer)(request, response);
  });
  const url = `http://127.0.0.1:${await listen(server)}`;

  const keyOf = ({ hash, ext }: UploadFile) => `${hash}${ext}`;
  async function upload(file: UploadFile): Promise<void> {
    objects.set(keyOf(file), file.buffer);
    file.url = `${storage.publicUrl}/${keyOf(file)}`;
  }

  const storage = {
    url,
    /** What the rows of the media library hold, e.g. the address of a CDN. */
    publicUrl: url,
    isPrivate: false,
    objects,
    asked,
    /** Instead of the objects. */
    answers: undefined as RequestListener | undefined,
    /** All signatures that were given end. */
    expire() {
      generation++;
    },
    /** From here on Strapi's uploads go here. */
    install(strapi: Core.Strapi) {
      strapi.config.set('plugin::upload.provider', 'object-storage');
      (strapi.plugin('upload') as unknown as { provider: object }).provider = {
        checkFileSize: async () => {},
        upload,
        replace: upload,
        delete: async (file: UploadFile) => objects.delete(keyOf(file)),
        isPrivate: async () => storage.isPrivate,
        getSignedUrl: async (file: UploadFile) => {
          const key = keyOf(file);
          return { url: `${url}/${key}?signature=${signature(key)}` };
        },
      };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return storage;
}

export type ObjectStorage = Awaited<ReturnType<typeof startStorage>>;
