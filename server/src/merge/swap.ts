import type { FileId } from '../../../plugin/ports';

/** A file of the media library, as far as its traces in texts are concerned. */
export interface SwapFile extends Record<string, unknown> {
  id: FileId;
  documentId: string;
  name: string;
  url: string;
  hash?: string | null;
  formats?: Record<string, { url?: string } | undefined> | null;
}

/** Puts one file in the place of another in whatever an attribute holds. */
export interface Swap {
  from: FileId;
  to: FileId;
  text(value: string): string;
  json(value: unknown): unknown;
  /** Whether the text names the file, in whichever way. */
  isNamedIn(text: string): boolean;
}

/** What Strapi copies of a file into an image of blocks; the words that go with it stay those of the author. */
const OWN_WORDS = ['alternativeText', 'caption'];
const ORIGIN = '(?:https?://[^\\s"\'()<>/]+)?';

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const isAbsolute = (url: string) => /^(https?:)?\/\//.test(url);

/** Addresses of the file and its smaller copies, with what each becomes. */
function addressesOf(kept: SwapFile, removed: SwapFile): Map<string, string> {
  const found = new Map([[removed.url, kept.url]]);
  for (const [format, copy] of Object.entries(removed.formats ?? {})) {
    if (copy?.url) found.set(copy.url, kept.formats?.[format]?.url ?? kept.url);
  }
  return found;
}

/** The part of a name that no other file has: in the addresses of all copies, whatever host they are on. */
export const traceOf = ({ hash, url }: SwapFile): string => hash || url;

export function createSwap(kept: SwapFile, removed: SwapFile): Swap {
  const addresses = addressesOf(kept, removed);
  // The longest first: one may begin like another.
  const urls = [...addresses.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(
    urls.map((url) => `${isAbsolute(url) ? '()' : `(${ORIGIN})`}(${escaped(url)})`).join('|'),
    'g',
  );
  const trace = traceOf(removed);
  // As JSON has it: dates are texts.
  const copy: Record<string, unknown> = JSON.parse(JSON.stringify(kept));

  const text = (value: string) =>
    value.replace(pattern, (_match, ...groups: unknown[]) => {
      const at = groups.findIndex((group, index) => index % 2 === 1 && group !== undefined);
      const target = addresses.get(groups[at] as string) as string;
      return isAbsolute(target) ? target : `${groups[at - 1] ?? ''}${target}`;
    });

  /** Blocks hold a copy of the file's row: each value becomes that of the other file. */
  function image(value: Record<string, unknown>): Record<string, unknown> {
    const next: Record<string, unknown> = {};
    for (const [key, old] of Object.entries(value)) {
      if (OWN_WORDS.includes(key) || !(key in copy)) next[key] = json(old);
      else if (key === 'url' && typeof old === 'string') next[key] = text(old);
      else next[key] = copy[key];
    }
    return next;
  }

  function json(value: unknown): unknown {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (typeof value !== 'object' || value === null) return value;
    if ('url' in value && 'hash' in value && removed.hash && value.hash === removed.hash) return image({ ...value });
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, json(inner)]));
  }

  return { from: removed.id, to: kept.id, text, json, isNamedIn: (value) => value.includes(trace) };
}
