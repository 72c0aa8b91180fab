/**
 * Since when the octets of a file are proven to have been there (EN 319 102-1 §5.6.2.3): a document timestamp that was found
 * good proves all that it covers. Timestamps are judged from the last to the first, each with what the later ones prove.
 */
export class ProofsOfExistence {
  readonly #present: number;
  readonly #proofs: { readonly end: number; readonly time: number }[] = [];

  /** @param present the time of the validation, epoch ms: what is before us is there now */
  constructor(present: number) {
    this.#present = present;
  }

  /** @param end where the revision ends that the timestamp covers; @param time as it states, epoch ms */
  add(end: number, time: number): void {
    this.#proofs.push({ end, time });
  }

  /** The earliest time at which what ends at `end` is proven to have been there, epoch ms; without proof the present. */
  of(end: number): number {
    return Math.min(this.#present, ...this.#proofs.filter((proof) => proof.end > end).map(({ time }) => time));
  }

  /** Is it proven to have been there before the present? */
  has(end: number): boolean {
    return this.#proofs.some((proof) => proof.end > end);
  }
}
