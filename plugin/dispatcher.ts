import type { Dispatcher } from 'undici';

/**
 * The proxy for undici's fetch: the one that is named, else HTTP_PROXY, HTTPS_PROXY and NO_PROXY, which Node's
 * own fetch ignores.
 */
export async function createDispatcher(proxy?: string): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent, ProxyAgent } = await import('undici');
  if (proxy) return new ProxyAgent(proxy);
  const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY } = process.env;
  return http_proxy || HTTP_PROXY || https_proxy || HTTPS_PROXY ? new EnvHttpProxyAgent() : new Agent();
}
