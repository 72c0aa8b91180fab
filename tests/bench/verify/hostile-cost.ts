import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { encodePem } from '../../../lib/pki/pem.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { attackerOf, HOSTILE, type HostileName } from '../../support/hostile/hostile-files.ts';
import { NOW } from '../../support/pki/authority.ts';
import { openDevelopmentAuthority } from '../../support/pki/development-authority.ts';
import { reasonCodes } from '../../support/pki/signing.ts';
import { runContest } from '../sign/measure.ts';
import type { JudgedFile } from './judged-files.ts';
import { OURS } from './verifier.ts';

/** What a hostile file costs: judged once, from the file, in a new process. */
export interface HostileCost {
  readonly name: HostileName;
  readonly size: number;
  readonly bytes: number;
  readonly answer: string;
  readonly ms: number | undefined;
  readonly peakMb: number | undefined;
}

/** How often what is hostile is repeated: far beyond the bound, or as far as some ten megabytes go. */
const SIZES: Readonly<Record<HostileName, number>> = {
  'revocation lists in the store': 1000,
  'entries of a revocation list': 850_000,
  'document timestamps': 64,
  'fields that hold one signature': 61,
  'certificates in the signature, issuers of each other': 98,
  'certificates in the store, issuers of each other': 1000,
  revisions: 10_000,
  'parts of a cross-reference that overlap': 100_000,
  'revisions that fill a field of 300': 120,
  'fields filled in one revision': 20_000,
  'fields, one of them filled': 99_000,
  'fields on as many pages, one of them filled': 20_000,
  'annotations added': 20_000,
  'objects, then a revision': 500_000,
  'compressed objects, then a revision': 100_000,
  'rows that point at one object, then a revision': 1_000_000,
  'levels of the page tree': 50_000,
  'levels of a tree of names': 50_000,
  'arrays inside each other': 1_000_000,
  'octets that a form unpacks to': 200_000_000,
  'octets that a form unpacks to in three steps': 200_000_000,
  'texts that look like signatures': 1000,
};

/** @param script the bundled contest */
export async function hostileCosts(script: string, folder: string): Promise<HostileCost[]> {
  const development = await openDevelopmentAuthority(NOW);
  try {
    const attacker = attackerOf(development);
    const trust = [...attacker.authority.trust, ...development.trust];
    const anchors = join(folder, 'hostile.pem');
    writeFileSync(anchors, trust.map(({ certificate }) => encodePem('CERTIFICATE', certificate)).join(''));
    const { material } = attacker.authority;
    const lists = material.lists.map((der, index) => {
      const path = join(folder, `hostile-${index}.crl`);
      writeFileSync(path, der);
      return path;
    });
    const [path, list] = [join(folder, 'hostile.pdf'), join(folder, 'hostile.json')];
    writeFileSync(list, JSON.stringify([{ path, anchors, lists, at: NOW } satisfies JudgedFile]));
    const costs: HostileCost[] = [];
    for (const [name, size] of Object.entries(SIZES) as [HostileName, number][]) {
      const file = await HOSTILE[name](attacker, size);
      writeFileSync(path, file);
      const verdict = await verifyPdf(memorySource(file), { trust, material, at: NOW });
      const run = runContest([script, OURS, list, '1']);
      const answer = [verdict.status, ...reasonCodes(verdict)].join(', ');
      const measured = 'failed' in run ? { ms: undefined, peakMb: undefined } : { ms: run.ms[0], peakMb: run.peakMb };
      costs.push({ name, size, bytes: file.length, answer, ...measured });
      console.log(`${size} ${name}: ${measured.ms?.toFixed(0)} ms, ${measured.peakMb?.toFixed(0)} MB, ${answer}`);
    }
    return costs;
  } finally {
    await development.close();
  }
}
