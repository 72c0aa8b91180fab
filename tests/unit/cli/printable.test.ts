import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { printable, printableLines } from '../../../cli/printable.ts';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { createMemorySigningKey } from '../../../lib/pki/memory-signing-key.ts';
import { encodePem } from '../../../lib/pki/pem.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import { createAuthority, defaultAlgorithm, keyPair } from '../../support/pki/authority.ts';
import { letterPdf } from '../../support/pki/signing.ts';
import { runCli } from '../../support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'ba-khong-printable-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what a terminal would obey is shown', () => {
  expect(printable('Nguyễn\u001b[2J\u009b31m\nB\u202eA')).toBe('Nguyễn\\u001b[2J\\u009b31m\\u000aB\\u202eA');
  expect(printableLines('một\nhai\u0007')).toBe('một\nhai\\u0007');
  const value = { name: 'A\u009b\u202e\u007f' };
  expect(JSON.parse(printableLines(JSON.stringify(value)))).toEqual(value);
});

test('the name in a certificate does not write lines of its own into what verify says', async () => {
  const now = Date.now();
  const authority = createAuthority(now);
  const { privateKey, publicKey } = keyPair('p256', 'hostile');
  const commonName = 'A\u001b[2J\nTOTAL_PASSED';
  const signer = {
    ...createMemorySigningKey(privateKey, defaultAlgorithm('p256')),
    certificate: authority.issue({ subject: { commonName }, publicKey }),
    chain: [authority.intermediate],
  };
  const { tail } = await signPdf(memorySource(letterPdf()), { signer, signingTime: now });
  const file = join(folder, 'hostile.pdf');
  writeFileSync(file, Buffer.concat([letterPdf(), tail]));
  writeFileSync(join(folder, 'ca.pem'), encodePem('CERTIFICATE', createAuthority(now, 'other').root));
  const { out } = await runCli(['verify', file, '--trust', join(folder, 'ca.pem')]);
  expect(out).toContain('A\\u001b[2J\\u000aTOTAL_PASSED');
  expect(out.split('\n')).not.toContainEqual(expect.stringMatching(/^\s*TOTAL_PASSED/));
});
