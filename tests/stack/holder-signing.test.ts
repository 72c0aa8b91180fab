import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_PEOPLE, HOANG_GIANG, PROVINCE } from '../../cli/demo/people.ts';
import { download } from '../../cli/demo/petition-job.ts';
import type { DispatchView } from '../../lib/exchange/exchange-view.ts';
import { decodePem, encodePem } from '../../lib/pki/pem.ts';
import type { VerificationView } from '../../lib/verification/verification-view.ts';
import { certify, giveOwnKey } from '../support/certified-key.ts';
import { draftDispatch, uploaded } from '../support/demo-cases.ts';
import { type DemoStack, notEmpty, openDemoStack } from '../support/demo-stack.ts';
import { expectHistory } from '../support/final-state.ts';
import { createAuthority, DAY, issueCertificate, keyPair } from '../support/pki/authority.ts';
import { OPENSSL, pkcs12 } from '../support/pki/pkcs12.ts';
import { type ListedServiceSpec, signTrustList, trustListXml } from '../support/pki/trust-list.ts';
import { runCli } from '../support/terminal.ts';

let demo: DemoStack;
let folder: string;
beforeAll(async () => {
  demo = await openDemoStack();
  folder = await mkdtemp(join(tmpdir(), 'ba-khong-holder-'));
});
afterAll(async () => {
  await demo?.close();
  await rm(folder, { recursive: true, force: true });
});

it.skipIf(!OPENSSL)('an operator certifies a seal, a leader signs at home, and the dispatch is genuine', async () => {
  const api = demo.stack.apiUrl;
  const operator = { BA_KHONG_API: api, BA_KHONG_TOKEN: await demo.tokenOf('operator') };
  const csr = join(folder, 'seal.csr');
  expect(await runCli(['unit', 'csr', PROVINCE, '--out', csr], operator)).toMatchObject({ exit: 0 });
  const seal = join(folder, 'seal.pem');
  await writeFile(seal, await certify(demo, await readFile(csr, 'utf8'), 'agency'));
  expect(await runCli(['unit', 'certificate', PROVINCE, seal], operator)).toMatchObject({ exit: 0 });

  const { name } = DEMO_PEOPLE.provinceLeader;
  const { privateKey, certificate } = await giveOwnKey(demo, 'provinceLeader');
  const p12 = join(folder, 'leader.p12');
  const certificates = decodePem('CERTIFICATE', certificate);
  await writeFile(p12, pkcs12({ key: privateKey, certificates, password: 'mật khẩu' }));

  const documentId = await uploaded(demo, await demo.as('provinceOfficer'), PROVINCE);
  const { code, revision } = await draftDispatch(demo, documentId, [HOANG_GIANG]);
  await demo.settled();
  const leader = await demo.as('provinceLeader');
  const read = await download(leader, documentId);
  const document = join(folder, 'draft.pdf');
  await writeFile(document, read);
  const signed = await runCli(
    ['sign', '--case', code, '--document', document, '--revision', `${revision}`, '--p12', p12, '--json'],
    {
      BA_KHONG_API: api,
      BA_KHONG_TOKEN: await demo.tokenOf('provinceLeader'),
      BA_KHONG_PASSWORD: 'mật khẩu',
    },
  );
  expect(signed).toMatchObject({ exit: 0, told: '' });
  const sha256 = createHash('sha256').update(read).digest('hex');
  expect(JSON.parse(signed.out)).toEqual({ case: code, sha256, state: 'approved' });
  await demo.settled();
  const clerk = await demo.as('provinceClerk');
  const level = async () => {
    const { versions } = await clerk.get<{ versions: { level?: unknown }[] }>(`/api/documents/${documentId}`);
    return versions.at(-1)?.level;
  };
  expect(await level()).toMatchObject({ reached: 'B-T', wanted: 'B-T' });

  const path = `/api/dispatches/${code}`;
  await clerk.post(`${path}/issue`);
  await demo.settled();
  expect(await level()).toMatchObject({ reached: 'B-LTA', wanted: 'B-LTA' });
  const { number } = await clerk.get<DispatchView>(path);
  const bytes = await download(clerk, documentId);
  expect(Buffer.from(bytes.subarray(0, read.length)).equals(read)).toBe(true);
  expect(await demo.anyone.postPdf<VerificationView>('/api/verify', bytes)).toMatchObject({
    genuine: true,
    issued: { what: 'dispatch', code, number },
    signatures: [
      { status: 'TOTAL_PASSED', signer: { name } },
      { status: 'TOTAL_PASSED' },
      { status: 'TOTAL_PASSED', kind: 'document_timestamp' },
    ],
  });
  const history = ['drafted', 'approved', 'signed', 'numbered', 'issued', 'arrived'].map((step) => `dispatch.${step}`);
  await expectHistory(demo, clerk, path, history);
  expect(await notEmpty(demo)).toEqual({});
});

it('an operator enters a trusted list; the next one ends what it has no more, an older one is refused', async () => {
  const operator = { BA_KHONG_API: demo.stack.apiUrl, BA_KHONG_TOKEN: await demo.tokenOf('operator') };
  const now = Date.now();
  const { publicKey, privateKey } = keyPair('p256', 'list');
  const name = { commonName: 'Người công bố danh sách' };
  const signer = join(folder, 'scheme.pem');
  const dates = { notBefore: now - DAY, notAfter: now + 900 * DAY };
  const certificate = issueCertificate(
    { subject: name, publicKey, ...dates },
    { name, key: privateKey, algorithm: { scheme: 'ecdsa', hash: 'sha256' } },
  );
  await writeFile(signer, encodePem('CERTIFICATE', certificate));
  const enter = async (sequence: number, services: readonly ListedServiceSpec[], ...more: string[]) => {
    const file = join(folder, `list-${sequence}.xml`);
    const day = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
    const xml = trustListXml({ services, sequence, issuedAt: day(now - DAY), nextUpdate: day(now + 90 * DAY) });
    await writeFile(file, signTrustList(xml, { key: privateKey }));
    return runCli(['trust', 'import', file, '--signer', signer, '--json', ...more], operator);
  };
  const kindsOf = ({ out }: { out: string }) => JSON.parse(out).steps.map(({ kind }: { kind: string }) => kind);
  const anchors = async () =>
    (await (await demo.as('operator')).get<{ items: { until: string | null }[] }>('/api/trust')).items;
  const before = (await anchors()).length;
  const listed = [
    { certificates: [createAuthority(now, 'listed').root], status: 'granted', from: '2020-01-01T00:00:00Z' },
  ];

  expect(kindsOf(await enter(1, listed, '--dry-run'))).toEqual(['enter']);
  expect(await anchors()).toHaveLength(before);
  expect(kindsOf(await enter(1, listed))).toEqual(['enter']);
  expect(await anchors()).toHaveLength(before + 1);
  expect(kindsOf(await enter(1, listed))).toEqual(['confirm']);
  expect(kindsOf(await enter(2, []))).toEqual(['end']);
  expect((await anchors()).filter(({ until }) => until !== null)).toHaveLength(1);
  expect(await enter(1, listed)).toMatchObject({ exit: 1, out: expect.stringContaining('trust_list_older') });
});
