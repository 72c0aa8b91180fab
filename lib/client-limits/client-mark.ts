import { createHmac } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { ClientAct } from './client-limit.ts';

/**
 * What stands for a client in a key: a hash of its address under a secret that is forgotten, for one kind of act, so that
 * neither address nor a link between two acts can be read from it. 128 bits.
 */
export function clientMark(secret: Uint8Array, act: ClientAct, address: string): string {
  return createHmac('sha256', secret)
    .update(`${act}\n${clientNetwork(address)}`)
    .digest('base64url')
    .slice(0, 22);
}

/**
 * The part of an address that one client has to itself: an IPv4 address, of IPv6 the /64 (RFC 6177: a site gets no less, and
 * whoever has one has 2^64 addresses). What is no address at all shares one mark.
 */
export function clientNetwork(address: string): string {
  const plain = address.trim().replace(/%.*$/s, '').toLowerCase();
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return 'unknown';
  // IPv4 in IPv6 (RFC 4291 §2.5.5.2).
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  return mapped ?? `${groupsOf(plain).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').flatMap(hexadecimal));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: missing }, () => '0'), ...after];
}

/** A group in its shortest form; the dotted end of an address is two. */
function hexadecimal(group: string): string[] {
  if (!group.includes('.')) return [Number.parseInt(group, 16).toString(16)];
  const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
}
