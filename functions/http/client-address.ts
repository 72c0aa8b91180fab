import { isIP } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/**
 * Headers that a content delivery network sets itself, replacing what a client sent under their name. `X-Forwarded-For` is
 * none of them: everyone on the way adds to it, whoever sends the request included.
 */
export const ADDRESS_HEADERS = ['cloudfront-viewer-address'] as const;
type AddressHeader = (typeof ADDRESS_HEADERS)[number];

/** What of a request tells whose it is. */
export type ClientEvent = Pick<APIGatewayProxyEventV2, 'headers' | 'requestContext'>;

/**
 * The address of whoever sent the request: the peer of the connection that API Gateway accepted, or what `header` says
 * where the stage names one, since a proxy that nobody can pass by sets it.
 */
export function clientAddress(event: ClientEvent, header: AddressHeader | undefined): string {
  const forwarded = header === undefined ? undefined : withoutPort(event.headers[header] ?? '');
  return forwarded ?? event.requestContext?.http?.sourceIp ?? '';
}

/** `198.51.100.10:46532`, `2001:db8::1:46532`, `[2001:db8::1]:46532`: the port is always there. */
function withoutPort(text: string): string | undefined {
  const address = text.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(address) === 0 ? undefined : address;
}
