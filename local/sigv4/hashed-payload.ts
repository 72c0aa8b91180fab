import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { PayloadFault } from './payload-fault.ts';

/** Passes a body through and fails at its end unless its SHA-256 is the one that was signed. */
export function hashedPayload(expectedSha256: string): Transform {
  const hash = createHash('sha256');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const actual = hash.digest('hex');
      done(
        actual === expectedSha256
          ? null
          : new PayloadFault(
              'hash-mismatch',
              "The provided 'x-amz-content-sha256' header does not match what was computed.",
            ),
      );
    },
  });
}

/** Passes a body through and fails at its end, or as soon as it grows longer, unless it has `expected` bytes. */
export function measuredPayload(expected: number): Transform {
  let seen = 0;
  const fault = () =>
    new PayloadFault('length', `The body has ${seen} bytes, not the ${expected} that were announced.`);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > expected) done(fault());
      else done(null, chunk);
    },
    flush(done) {
      done(seen === expected ? null : fault());
    },
  });
}
