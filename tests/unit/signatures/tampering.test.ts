import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REASONS } from '../../../lib/signatures/validation/reasons.ts';
import { corpusFiles } from '../pdf/corpus.ts';
import {
  corpusSubjects,
  openSigningWorld,
  ownSubjects,
  propertyRuns,
  type SigningWorld,
  type Span,
  type Subject,
} from './signed-subjects.ts';

const RUNS = propertyRuns(300);

let world: SigningWorld;
let subjects: readonly Subject[];
afterAll(() => world.close());
beforeAll(async () => {
  world = await openSigningWorld();
  subjects = [...(await ownSubjects(world)), ...(await corpusSubjects())];
});

/** One byte of a file flipped, put in before a place, or taken out. */
interface Change {
  readonly kind: 'flip' | 'insert' | 'remove';
  /** What is flipped, or the byte that is put in. */
  readonly value: number;
}

const SYNTAX = [...Buffer.from('\0\t\n\r %()<>[]/0123456789Rfn')];
const octet = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...SYNTAX));
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), value: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('insert' as const), value: octet }),
  fc.record({ kind: fc.constant('remove' as const), value: fc.constant(0) }),
);

function changed(file: Buffer, at: number, { kind, value }: Change): Buffer {
  const [before, after] = [file.subarray(0, at), file.subarray(kind === 'insert' ? at : at + 1)];
  const between = kind === 'remove' ? [] : [kind === 'flip' ? file[at]! ^ value : value];
  return Buffer.concat([before, Buffer.from(between), after]);
}

/** The `nth` place (counted round) in spans of a file, those of `without` left out. */
function placeIn(spans: readonly Span[], nth: number, without: readonly Span[] = []): number {
  const parts = without.reduce<readonly Span[]>(
    (left, { start, end }) =>
      left.flatMap((span) => [
        { start: span.start, end: Math.min(span.end, Math.max(span.start, start)) },
        { start: Math.max(span.start, Math.min(span.end, end)), end: span.end },
      ]),
    spans,
  );
  let rest = nth % parts.reduce((sum, { start, end }) => sum + end - start, 0);
  for (const { start, end } of parts) {
    if (rest < end - start) return start + rest;
    rest -= end - start;
  }
  throw new Error('There is no such place');
}

const sameIn = (spans: readonly Span[], one: Buffer, other: Buffer) =>
  spans.every(({ start, end }) => one.subarray(start, end).equals(other.subarray(start, end)));

describe('a byte inside a signed range that is flipped, put in or taken out: TOTAL_FAILED', () => {
  /**
   * Also where the file cannot be read any more: that is said as a verdict, failed, with a code (`file_unreadable` and the like).
   * A change that leaves the covered bytes as they are is none: one of several equal bytes put in or taken out at the end.
   */
  async function expectFailed({ bytes, covered, verify }: Subject, at: number, one: Change): Promise<void> {
    const file = changed(bytes, at, one);
    fc.pre(!sameIn(covered, file, bytes));
    const { status, subIndication, reasons, signatures } = await verify(file);
    const codes = [...reasons, ...signatures.flatMap((signature) => signature.reasons)].map(({ code }) => code);
    expect([status, codes]).toEqual(['TOTAL_FAILED', codes]);
    expect(codes.some((code) => REASONS[code].status === 'TOTAL_FAILED' && subIndication)).toBe(true);
    for (const { coverage, status: own } of signatures) {
      const [, start, end, rest] = coverage?.byteRange ?? [0, 0, 0, 0];
      if (at < start || (at >= end && at < end + rest)) expect(own).not.toBe('TOTAL_PASSED');
    }
  }

  const subject = (name: string) => subjects.find((one) => one.name === name)!;
  const anyOf = (some: readonly Subject[]) => fc.constantFrom(...some.map(({ name }) => name));
  const nth = fc.nat({ max: 2 ** 31 - 1 });

  test('anywhere', { timeout: RUNS.timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(anyOf(subjects), nth, change, (name, place, one) => {
        const { covered, inside } = subject(name);
        return expectFailed(subject(name), placeIn(covered, place, inside), one);
      }),
      { numRuns: RUNS.numRuns },
    );
  });

  /** The last kilobyte that is covered: signature dictionary, form, cross-reference, trailer, or those of the timestamp. */
  test('where the file says what it is', { timeout: RUNS.timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(anyOf(subjects), nth, change, (name, place, one) => {
        const {
          covered: [head, { start, end }],
          inside,
        } = subject(name);
        const near = [
          { start: Math.max(0, head.end - 700), end: head.end },
          { start: Math.max(start, end - 700), end },
        ];
        return expectFailed(subject(name), placeIn(near, place, inside), one);
      }),
      { numRuns: RUNS.numRuns },
    );
  });

  test('in an earlier signature, which a later one covers', { timeout: RUNS.timeout }, async () => {
    const several = subjects.filter(({ inside }) => inside.length > 0);
    await fc.assert(
      fc.asyncProperty(anyOf(several), nth, change, (name, place, one) =>
        expectFailed(subject(name), placeIn(subject(name).inside, place), one),
      ),
      { numRuns: RUNS.numRuns / 2 },
    );
  });

  test('even where all that is signed begins or ends', async () => {
    for (const one of subjects.filter((_, index) => index % 7 === 0)) {
      for (const { start, end } of one.covered) {
        for (const at of [start, end - 1]) await expectFailed(one, at, { kind: 'flip', value: 1 });
      }
    }
  });

  // What these properties found.
  test.each([
    ['table B-LTA', 'a document timestamp'],
    ['cdec93477e', 'a signature whose /ByteRange is padded with zeros'],
  ])('%s: %s that the damaged form no longer lists', async (part) => {
    const found = subjects.find(({ name }) => name.startsWith(part));
    if (!found && corpusFiles().length === 0) return;
    const at = found!.bytes.lastIndexOf('/Fields', found!.covered[1].end);
    const { status, reasons } = await found!.verify(changed(found!.bytes, at + 1, { kind: 'flip', value: 1 }));
    expect([status, reasons.map(({ code }) => code)]).toEqual(['TOTAL_FAILED', ['unlisted_signature_broken']]);
  });
});
