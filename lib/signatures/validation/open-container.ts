import { definiteLengths } from '../../pki/definite-lengths.ts';
import { DerError } from '../../pki/der.ts';
import { type Reason, reason } from './reasons.ts';

/**
 * Opens /Contents: one element and nothing but zeros behind it (ISO 32000-2 §12.8.3.3.1). It ought to be DER (EN 319 142-1
 * §6.2.1); indefinite lengths, which many writers leave, are read as the definite ones that they stand for (decision 0033).
 */
export function openContainer<T>(contents: Uint8Array, read: (der: Uint8Array) => T | Reason): T | Reason {
  try {
    const { bytes, consumed } = definiteLengths(contents);
    if (contents.subarray(consumed).some((octet) => octet !== 0)) return reason('cms_padding');
    return read(bytes);
  } catch (error) {
    if (error instanceof DerError) return reason('cms_malformed', error.message);
    throw error;
  }
}
