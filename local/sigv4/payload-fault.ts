/** What can be wrong with a body whose head was signed correctly. */
export type PayloadFaultKind =
  | 'hash-mismatch'
  | 'chunk-signature'
  | 'chunk-format'
  | 'chunk-size'
  | 'length'
  | 'trailer'
  | 'aborted';

/** Thrown into a body stream, so that whoever stores it never commits what was not signed. */
export class PayloadFault extends Error {
  readonly kind: PayloadFaultKind;
  constructor(kind: PayloadFaultKind, message: string) {
    super(message);
    this.name = 'PayloadFault';
    this.kind = kind;
  }
}
