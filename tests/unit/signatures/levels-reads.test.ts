import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendedSource, type ByteSource, memorySource, readAll } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import { readValidationStore } from '../../../lib/pdf/validation-data.ts';
import { runningHash } from '../../../lib/platform/running-hash.ts';
import { appendTimestamp } from '../../../lib/signatures/levels/append-revisions.ts';
import { extendPdf } from '../../../lib/signatures/levels/extend-pdf.ts';
import { GrowingFile } from '../../../lib/signatures/levels/growing-file.ts';
import type { Authorities, PadesLevel } from '../../../lib/signatures/levels/pades-level.ts';
import { readLevels } from '../../../lib/signatures/levels/read-levels.ts';
import { NOW } from '../../support/pki/authority.ts';
import { type DevelopmentAuthority, openDevelopmentAuthority } from '../../support/pki/development-authority.ts';
import { letterPdf, signed } from '../../support/pki/signing.ts';

let development: DevelopmentAuthority;
let authorities: Authorities;
beforeAll(async () => {
  development = await openDevelopmentAuthority();
  const { timestamps, revocation, trust } = development;
  authorities = { timestamps, revocation, trust, now: () => NOW };
});
afterAll(() => development.close());

const STAMPS = 3;

/** Validation data, then signatures that it does not prove, then timestamps over all of it, then data that proves them after all. */
async function fileWith(signatures: number): Promise<{ file: Uint8Array; levels: PadesLevel[] }> {
  const first = { signer: await development.signer({ label: 'first' }), level: 'B-LT', authorities } as const;
  let file = await signed(letterPdf(), first);
  for (let index = 0; index < signatures; index += 1) {
    const signer = await development.signer({ label: `more ${index}` });
    file = await signed(file, { signer, level: 'B-T', authorities });
  }
  const growing = new GrowingFile(memorySource(file), runningHash('sha256').update(file));
  for (let index = 0; index < STAMPS; index += 1) await appendTimestamp(growing, authorities.timestamps);
  const stamped = await readAll(growing.source);
  const { tail } = await extendPdf(memorySource(stamped), { to: 'B-LT', authorities });
  return {
    file: await readAll(appendedSource(memorySource(stamped), tail)),
    levels: ['B-LTA', ...Array<PadesLevel>(signatures).fill('B-LT')],
  };
}

/** How often the first certificate of the validation data is read while the levels are. */
async function readsOfData(file: Uint8Array): Promise<{ reads: number; levels: (PadesLevel | null)[] }> {
  const [certificate] = (await readValidationStore(await openPdf(memorySource(file)))).certificates;
  const at = Buffer.from(file).indexOf(certificate!);
  let reads = 0;
  const counting: ByteSource = {
    ...memorySource(file),
    read: async (offset, length) => {
      if (offset === at && length === certificate!.length) reads += 1;
      return file.subarray(offset, offset + length);
    },
  };
  const levels = await readLevels(counting, { trust: authorities.trust, now: NOW });
  return { reads, levels: levels.map(({ level }) => level) };
}

test('what a revision holds is read once, however many signatures rest on it', async () => {
  for (const signatures of [1, 6]) {
    const { file, levels } = await fileWith(signatures);
    expect(await readsOfData(file)).toEqual({ reads: 1 + STAMPS, levels });
  }
});
