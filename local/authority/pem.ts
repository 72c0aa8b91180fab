/** Textual encoding (RFC 7468), 64 columns. */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** DER of the first block in a PEM text, or the bytes themselves where they are DER already. */
export function toDer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes[0] === 0x30) return new Uint8Array(bytes);
  const body =
    /-----BEGIN [^-]+-----([A-Za-z0-9+/=\s]+)-----END/.exec(Buffer.from(bytes).toString('latin1'))?.[1] ?? '';
  return new Uint8Array(Buffer.from(body, 'base64'));
}
