import { SimilarError } from '../../../plugin/errors';

/** What is known of where the files of upload providers are. */
export interface Place {
  /** Where relative addresses begin: `uploads.baseUrl`, or that of the provider. */
  baseUrl?: string;
  /** Strapi's own address: one without a protocol gets its. */
  serverUrl?: string;
}

const HOST_AND_PATH = /^([a-z0-9-]+\.)+[a-z]{2,}(:\d+)?\//i;

/**
 * The whole address of a file. One without a host never leads to this Strapi by default: what is not there would be taken for lost.
 * @throws SimilarError `DOWNLOAD_FAILED`
 */
export function wholeUrl(url: string, { baseUrl, serverUrl = '' }: Place, details: Record<string, unknown>): URL {
  const protocol = serverUrl.startsWith('http:') ? 'http:' : 'https:';
  const refuse = (why: string) => new SimilarError('DOWNLOAD_FAILED', why, details);
  const parse = (whole: string): URL => {
    if (!URL.canParse(whole)) throw refuse('The URL of the file in the media library is invalid');
    return new URL(whole);
  };
  if (url.startsWith('//')) return parse(protocol + url);
  if (HOST_AND_PATH.test(url)) return parse(`${protocol}//${url}`);
  // `cdn:8080/x.jpg` looks like a protocol, too.
  const scheme = /^([a-z][a-z0-9+.-]*:)(?!\d)/i.exec(url)?.[1].toLowerCase();
  if (scheme === 'http:' || scheme === 'https:') return parse(url);
  if (scheme) throw refuse(`The URL of the file in the media library starts with “${scheme}”, which is not supported`);
  if (/^[^/?#]+:\d+\//.test(url)) return parse(`${protocol}//${url}`);
  if (baseUrl) return parse(`${baseUrl.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`);
  throw refuse(
    'The URL of the file in the media library has no host: set `uploads.baseUrl` in the plugin’s configuration to the base of such URLs',
  );
}
