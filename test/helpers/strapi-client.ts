import { readFileSync } from 'node:fs';
import path from 'node:path';

export const LOGIN = { email: 'test@example.com', password: 'Similar-test-1' };

/** What is sent as one upload: a path, or bytes with a name. */
export type Upload = string | { name: string; bytes: Uint8Array; type?: string };

export interface UploadedFile {
  id: number;
  documentId: string;
  name: string;
  url: string;
  hash: string;
  ext: string;
  size: number;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read many shapes of JSON
type Json = any;

export type Answer<T = Json> = { status: number; body: T; headers: Headers };

export interface StrapiClient {
  url: string;
  /** JWT of the super admin. */
  token: string;
  /** As an anonymous visitor, unless `init` has other headers. */
  api<T = Json>(path: string, init?: RequestInit): Promise<Answer<T>>;
  /** As the super admin; an object as body is sent as JSON. */
  admin<T = Json>(method: string, path: string, body?: object): Promise<Answer<T>>;
  /** Several files in one request, as the media library does it; the answer is in their order. */
  upload(files: Upload[], fileInfo?: object[]): Promise<UploadedFile[]>;
  /** Other bytes for a file of the media library. */
  replace(fileId: number, file: Upload): Promise<UploadedFile>;
}

async function answer<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
}

const blobOf = (file: Upload): { blob: Blob; name: string } =>
  typeof file === 'string'
    ? { blob: new Blob([new Uint8Array(readFileSync(file))], { type: mimeOf(file) }), name: path.basename(file) }
    : { blob: new Blob([new Uint8Array(file.bytes)], { type: file.type ?? mimeOf(file.name) }), name: file.name };

const MIME: Record<string, string> = { '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.svg': 'image/svg+xml' };
const mimeOf = (name: string): string => {
  const ext = path.extname(name).toLowerCase();
  return MIME[ext] ?? `image/${ext.slice(1) || 'octet-stream'}`;
};

async function signIn(url: string): Promise<string> {
  const post = (route: string, body: object) =>
    fetch(url + route, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then((response) => answer<{ data?: { token?: string } }>(response));
  const created = await post('/admin/register-admin', { ...LOGIN, firstname: 'Test', lastname: 'Admin' });
  // A database of an earlier boot has this admin already.
  const signedIn = created.body.data?.token ? created : await post('/admin/login', LOGIN);
  const token = signedIn.body.data?.token;
  if (!token) throw new Error(`Could not sign in: ${signedIn.status} ${JSON.stringify(signedIn.body)}`);
  return token;
}

export async function connect(url: string): Promise<StrapiClient> {
  const token = await signIn(url);
  const authorization = `Bearer ${token}`;

  async function send(route: string, form: FormData): Promise<UploadedFile[]> {
    const response = await fetch(url + route, { method: 'POST', headers: { authorization }, body: form });
    const { status, body } = await answer<UploadedFile[]>(response);
    if (status >= 400) throw new Error(`Upload failed: ${status} ${JSON.stringify(body)}`);
    return Array.isArray(body) ? body : [body];
  }

  return {
    url,
    token,
    api: async (route, init) => answer(await fetch(url + route, init)),
    admin: async (method, route, body) =>
      answer(
        await fetch(url + route, {
          method,
          headers: { authorization, ...(body ? { 'content-type': 'application/json' } : {}) },
          body: body && JSON.stringify(body),
        }),
      ),

    async upload(files, fileInfo) {
      const form = new FormData();
      const blobs = files.map(blobOf);
      for (const { blob, name } of blobs) form.append('files', blob, name);
      for (const info of fileInfo ?? []) form.append('fileInfo', JSON.stringify(info));
      // Strapi answers in the order in which it is done with them, and gives out ids in it.
      const place = ({ name }: UploadedFile) => blobs.findIndex((blob) => blob.name === name);
      return (await send('/upload', form)).sort((a, b) => place(a) - place(b));
    },

    async replace(fileId, file) {
      const form = new FormData();
      const { blob, name } = blobOf(file);
      form.append('files', blob, name);
      form.append('fileInfo', JSON.stringify({ name }));
      return (await send(`/upload?id=${fileId}`, form))[0];
    },
  };
}
