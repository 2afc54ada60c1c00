import type { Response } from 'undici';
import { isPrivate } from './private-address';

const MOST = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Sends the request, and follows redirects. Who can write an address into the media library, or owns a server that one leads to, must not
 * reach through this one what only it can reach: the way from the internet does not lead into a private network.
 * @throws Error with the reason, without addresses.
 */
export async function following(first: URL, ask: (url: URL) => Promise<Response>): Promise<Response> {
  let url = first;
  for (let count = 0; count <= MOST; count++) {
    const response = await ask(url);
    const location = REDIRECTS.includes(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (!next || !/^https?:$/.test(next.protocol))
      throw new Error('it redirected to something that is not a web address');
    if ((await isPrivate(next)) && !(await isPrivate(first))) {
      throw new Error('it redirected from a public address into a private network');
    }
    url = next;
  }
  throw new Error(`it redirected more than ${MOST} times`);
}
