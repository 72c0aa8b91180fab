/** A transaction lost against another writer, or a condition did not hold. `failed` holds the positions of its writes. */
export class CommitConflict extends Error {
  readonly failed: readonly number[];
  /** True when only contention was in the way (no condition failed): the same writes may simply be tried again. */
  readonly contention: boolean;
  constructor(failed: readonly number[], contention: boolean, cause: unknown) {
    super('the transaction did not commit', { cause });
    this.name = 'CommitConflict';
    this.failed = failed;
    this.contention = contention;
  }
}
