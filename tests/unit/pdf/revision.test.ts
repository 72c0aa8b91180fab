import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import { bytesString, dict, isArray, isString, ref, stream } from '../../../lib/pdf/objects.ts';
import { Revision } from '../../../lib/pdf/revision.ts';
import { samplePdf, streamBody, type XrefKind } from './sample-pdf.ts';

const open = (bytes: Uint8Array) => openPdf(memorySource(bytes));

async function append(bytes: Uint8Array, change: (revision: Revision) => void): Promise<Uint8Array> {
  const revision = new Revision(await open(bytes));
  change(revision);
  return Buffer.concat([bytes, (await revision.finish()).tail]);
}

describe.each<XrefKind>(['table', 'stream', 'hybrid'])('after a cross-reference %s', (kind) => {
  const before = samplePdf({ kind, extra: ['(old)', streamBody('DATA')] });

  test('the appended section is of the same kind and points back', async () => {
    const after = await open(await append(before, (revision) => revision.set(ref(4), bytesString(Buffer.from('new')))));
    const [newest, older] = after.xref.sections;
    expect(newest?.kind).toBe(kind === 'stream' ? 'stream' : 'table');
    expect(newest?.trailer.get('Prev')).toBe(older?.offset);
    expect(newest?.trailer.has('XRefStm')).toBe(false);
    expect(await after.get(ref(4))).toMatchObject({ bytes: Uint8Array.from(Buffer.from('new')) });
    expect(await after.get(ref(5))).toMatchObject({ kind: 'stream' });
  });

  test('new numbers follow without a gap and /Size is one more than the highest', async () => {
    const size = (await open(before)).size;
    let added = ref(0);
    const after = await open(
      await append(before, (revision) => {
        added = revision.add(dict({ A: 1 }));
        revision.add(stream({}, Buffer.from('endstream endobj')));
      }),
    );
    expect(added.num).toBe(size);
    expect(after.trailer.get('Size')).toBe(after.size);
    expect(after.size).toBe(size + (kind === 'stream' ? 3 : 2));
    const numbers = [...after.xref.numbers()].filter((num) => num > 0).sort((a, b) => a - b);
    // The hybrid sample's own cross-reference streams stay unlisted in no section either.
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test('the first half of /ID stays and the second changes', async () => {
    const ids = async (bytes: Uint8Array) => {
      const id = (await open(bytes)).trailer.get('ID');
      return isArray(id) ? id.map((half) => (isString(half) ? Buffer.from(half.bytes).toString('hex') : '')) : [];
    };
    const [first, second] = await ids(before);
    const after = await ids(await append(before, (revision) => revision.add(1)));
    expect(after[0]).toBe(first);
    expect(after[1]).not.toBe(second);
    expect(after[1]).toHaveLength(32);
  });
});

test('whatever is appended, the original bytes are the prefix and every other object stays as it was', async () => {
  const options = fc.record({
    kind: fc.constantFrom<XrefKind>('table', 'stream', 'hybrid'),
    eol: fc.constantFrom('\n', '\r\n'),
    end: fc.constantFrom('', '\n', '\r\n', '\n\n'),
    extra: fc.array(fc.constantFrom('(text)', '[1 2]', '<< /A (b) >>', streamBody('DATA'), '3.5'), { maxLength: 6 }),
  });
  const rounds = fc.array(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(options, rounds, async (sample, contents) => {
      let bytes = samplePdf(sample);
      for (const round of contents) {
        const before = await open(bytes);
        const after = await append(bytes, (revision) => {
          for (const content of round) revision.add(stream({ Kind: 1 }, content));
        });
        expect(Buffer.compare(after.subarray(0, bytes.length), bytes)).toBe(0);
        const reopened = await open(after);
        for await (const at of before.liveRefs()) expect(await reopened.get(at)).toEqual(await before.get(at));
        bytes = after;
      }
    }),
    { numRuns: 60 },
  );
});
