import { BlockList, isIP, isIPv6 } from 'node:net';

/** Networks that are not the public Internet (RFC 6890 and the IANA special-purpose registries). */
const NETWORKS: readonly (readonly [string, number])[] = [
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
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96],
  // IPv4 inside IPv6 (NAT64, 6to4, Teredo) may end anywhere; a mapped address is judged by the list as the IPv4 one that it is.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 23],
  ['2002::', 16],
  ['100::', 64],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['fc00::', 7],
  ['::ffff:0:0:0', 96],
  ['5f00::', 16],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

export const PRIVATE_ADDRESSES = new BlockList();
for (const [network, bits] of NETWORKS) PRIVATE_ADDRESSES.addSubnet(network, bits, isIPv6(network) ? 'ipv6' : 'ipv4');

/** Is the IP address in one of the networks? A zone (`fe80::1%eth0`, RFC 4007 §11) is not looked at; what is no address is private. */
export function addressIsPrivate(address: string, networks: BlockList): boolean {
  const plain = address.replace(/%.*$/s, '');
  return isIP(plain) === 0 || networks.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}
