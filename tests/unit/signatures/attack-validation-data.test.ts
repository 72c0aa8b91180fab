import { describe, expect, test } from 'vitest';
import { dict, dictWith, type PdfObject, ref, stream } from '../../../lib/pdf/objects.ts';
import { content, type Edit, edited } from '../../support/edited.ts';
import { createAuthority, DAY, NOW } from '../../support/pki/authority.ts';
import { letterPdf, reasonCodes, signed, verify } from '../../support/pki/signing.ts';
import { catcher } from './expect-caught.ts';

const authority = createAuthority();
const leader = authority.signer();
const PAGE = ref(3);
const expectCaught = catcher(authority);

describe('validation data that are meddled with', () => {
  const setDss = (file: Uint8Array, make: (tools: Edit) => PdfObject | undefined) =>
    edited(file, (tools) => tools.revision.set(tools.root, dictWith(tools.catalog, { DSS: make(tools) })));
  const data = (bytes: Uint8Array) => stream({}, bytes);

  test.each<[string, (tools: Edit) => PdfObject]>([
    ['an entry of another kind', () => dict({ Certs: [], Overlay: ref(4) })],
    ['a name in /VRI that is no hash', () => dict({ VRI: dict({ Overlay: dict({}) }) })],
    ['an entry of /VRI with another key', () => dict({ VRI: dict({ ['A'.repeat(40)]: dict({ AP: ref(4) }) }) })],
    ['a /DSS that is no dictionary', () => 7],
    ['an entry that stands for the page', () => dict({ Certs: PAGE })],
  ])('%s', async (_, make) => {
    await expectCaught(await setDss(await signed(letterPdf(), { signer: leader }), make), ['catalog_changed']);
  });

  test('an entry that the page shows as well', async () => {
    const file = await setDss(await signed(letterPdf(), { signer: leader }), ({ revision }) => {
      revision.set(ref(4), content('BT ET'));
      return dict({ Certs: [ref(4)] });
    });
    await expectCaught(file, ['object_changed'], 'incremental_saving');
  });

  const thief = authority.signer({ label: 'thief', serial: 99 });
  const revoked = authority.list({ revoked: [{ certificate: thief.certificate, at: NOW - DAY, reason: 1 }] });
  /** What is known of the authority's revocations is in the file, or given to whoever verifies. */
  async function expectRevoked(file: Uint8Array, given: readonly Uint8Array[], codes: readonly string[]) {
    const lists = [authority.rootList({}), ...given];
    const known = { ...authority, material: { certificates: [], ocsps: [], lists } };
    const verdict = await verify(file, known);
    expect([verdict.status, ...reasonCodes(verdict)]).toEqual(['INDETERMINATE', ...codes]);
  }

  test('an older list that does not name the stolen certificate yet does not stand against the newer one', async () => {
    const old = authority.list({ thisUpdate: NOW - 20 * DAY, nextUpdate: NOW + 20 * DAY });
    const file = await signed(letterPdf(), { signer: thief });
    const hushed = await setDss(file, ({ revision }) => dict({ CRLs: [revision.add(data(old))] }));
    await expectRevoked(hushed, [revoked], ['certificate_revoked']);
  });

  test('the list that names it is taken out of the file again: not passed by silence', async () => {
    const file = await signed(letterPdf(), { signer: thief });
    const told = await setDss(file, ({ revision }) => dict({ CRLs: [revision.add(data(revoked))] }));
    await expectRevoked(told, [], ['certificate_revoked']);
    await expectRevoked(await setDss(told, () => dict({ CRLs: [] })), [], ['revocation_unknown']);
    await expectRevoked(await setDss(told, () => undefined), [], ['revocation_unknown']);
  });

  test('a list under the authority’s name by another’s key, and one that ran out', async () => {
    const other = createAuthority(NOW, 'other');
    const file = await signed(letterPdf(), { signer: thief });
    const outdated = authority.list({ thisUpdate: NOW - 20 * DAY, nextUpdate: NOW - 10 * DAY });
    for (const list of [other.list({}), outdated, Buffer.from('no list')]) {
      const forged = await setDss(file, ({ revision }) => dict({ CRLs: [revision.add(data(list))] }));
      await expectRevoked(forged, [], ['revocation_unknown']);
    }
  });

  test('an authority of one’s own in the file is not believed for being there', async () => {
    const other = createAuthority(NOW, 'other');
    const file = await signed(letterPdf(), { signer: other.signer({ label: 'own' }) });
    const brought = await setDss(file, ({ revision }) =>
      dict({ Certs: [other.root, other.intermediate].map((der) => revision.add(data(der))) }),
    );
    await expectCaught(brought, ['no_path_to_trust']);
  });

  test('what is left out later is said in words', async () => {
    const signedFile = await signed(letterPdf(), { signer: leader });
    const told = await setDss(signedFile, ({ revision }) =>
      dict({ Certs: [revision.add(data(authority.root))], CRLs: [] }),
    );
    const verdict = await verify(await setDss(told, () => dict({ CRLs: [] })), authority);
    expect(verdict.status).toBe('TOTAL_PASSED');
    expect(verdict.signatures[0]?.laterRevisions.map(({ changes }) => changes.map(({ en }) => en))).toEqual([
      ['Validation data (DSS) were added.'],
      ['Validation data (DSS) were replaced; some of what was there is gone.'],
    ]);
  });
});
