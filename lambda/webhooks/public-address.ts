import { BlockList, isIP } from 'node:net';

/**
 * Addresses that are not the internet's: of networks of one's own, of this machine, of the cloud's metadata, for
 * documentation, for groups of receivers.
 *
 * @see {@link https://www.iana.org/assignments/iana-ipv4-special-registry/ IANA IPv4 special-purpose addresses}
 */
const special = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  special.addSubnet(network, prefix, 'ipv4');
}
// Within 2000::/3, the only part of IPv6 that is the internet's: tunnels, which end at an IPv4 address of anybody's choice,
// and documentation.
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  special.addSubnet(network, prefix, 'ipv6');
}

const internet = new BlockList();
internet.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is one of the internet's, where a tenant's webhook may lead. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4');
    case 6:
      return internet.check(address, 'ipv6') && !special.check(address, 'ipv6');
    default:
      return false;
  }
}
