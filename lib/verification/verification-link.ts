/** The page of the portal that shows what was issued under a code: what QR codes and printed addresses lead to. */
export function verificationLink(portalUrl: string, code: string): string {
  return `${portalUrl.replace(/\/$/, '')}/verify/${encodeURIComponent(code)}`;
}
