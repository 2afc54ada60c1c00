import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** This machine, its networks, and whatever is not a single machine on the internet. IPv6 notations of IPv4 addresses count as these. */
const PRIVATE = new BlockList();
for (const range of [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/128', '::1/128', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
]) {
  const [network, bits] = range.split('/');
  PRIVATE.addSubnet(network, Number(bits), isIP(network) === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Whether a url leads to a machine that the internet cannot reach: one of the addresses of its name is enough. A name that cannot
 * be resolved here can be reached through a proxy only, which is the one to judge it.
 */
export async function isPrivate({ hostname }: URL): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  if (/(^|\.)localhost$/.test(host)) return true;
  const addresses = isIP(host) ? [{ address: host }] : await lookup(host, { all: true }).catch(() => []);
  return addresses.some(({ address }) => PRIVATE.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6'));
}
