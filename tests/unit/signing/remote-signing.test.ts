import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { encodePem } from '../../../lib/pki/pem.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { remoteSigners } from '../../../lib/signing/remote-services.ts';
import { callApi } from '../../support/call.ts';
import { type CaseWorld, HOANG_HOA, OPERATOR, PROVINCE, staff, startCaseWorld } from '../../support/case-world.ts';
import { type CscCredential, startCscServer } from '../../support/csc-server.ts';
import { keyPair, NOW } from '../../support/pki/authority.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

const [CLERK, OFFICER, LEADER] = (['clerk', 'officer', 'leader'] as const).map((role) => staff(HOANG_HOA, role)) as [
  ReturnType<typeof staff>,
  ReturnType<typeof staff>,
  ReturnType<typeof staff>,
];

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Credentials by id; filled in and changed by the tests. */
const credentials: Record<string, CscCredential> = {};
const client = { id: 'ba-khong', secret: 'rất bí mật', redirectUri: 'https://x.example' };
const PIN = '4711-PIN';
let server: Awaited<ReturnType<typeof startCscServer>>;
let world: CaseWorld;
let salt = 0;

beforeAll(async () => {
  server = await startCscServer({ now: () => NOW, client, credentials });
  const service = { name: 'ky-so', baseUrl: server.baseUrl, clientId: client.id };
  world = await startCaseWorld({
    REMOTE_SIGNING: JSON.stringify([service]),
    REMOTE_SIGNING_SECRETS: JSON.stringify([{ clientSecret: client.secret, pins: { seal: PIN } }]),
    REMOTE_SIGNING_NAMES: '["ky-so"]',
  });
  await install(`units/${HOANG_HOA}`, 'seal', 'Con dấu từ xa', { pin: PIN });
  await install(`people/${LEADER.sub}`, 'leader', 'Chủ tịch từ xa');
});
afterAll(async () => {
  await server?.close();
  await world?.close();
});

/** A credential at the service, and its certificate in the directory. */
async function install(holder: string, id: string, commonName: string, change: Partial<CscCredential> = {}) {
  const { privateKey, publicKey } = keyPair('p256', `remote-${id}`);
  const certificates = [world.authority.issue({ subject: { commonName }, publicKey }), world.authority.intermediate];
  credentials[id] = { key: privateKey, certificates, ...change };
  const certificate = certificates.map((der) => encodePem('CERTIFICATE', der)).join('');
  const body = { certificate, remote: { service: 'ky-so', credentialId: id } };
  const answer = await callApi(world.directory, OPERATOR, `PUT /api/${holder as 'units'}/certificate`, body);
  expect(answer).toMatchObject({ status: 200 });
}

interface Dispatch {
  readonly code: string;
  readonly state: string;
  readonly revision: number;
  readonly draft: { readonly problem?: string };
}

async function approved() {
  const { documentId, sha256 } = await world.upload(OFFICER, samplePdf({ trailer: `/Salt (${salt++})` }), HOANG_HOA);
  const body = { unit: HOANG_HOA, type: 'cong-van', subject: 'Mời họp', documentId, recipients: [PROVINCE] };
  const { code, revision } = (await callApi<Dispatch>(world.dispatches, OFFICER, 'POST /api/dispatches', body)).body;
  const signed = await callApi<Dispatch>(world.dispatches, LEADER, `POST /api/dispatches/${code}/sign`, {
    sha256,
    revision,
  });
  expect(signed.body).toMatchObject({ state: 'approved' });
  return { code, documentId };
}

const read = async (code: string) =>
  (await callApi<Dispatch>(world.dispatches, CLERK, `GET /api/dispatches/${code}`)).body;

it('a leader signs and an agency seals with keys at a remote service', async () => {
  const { code, documentId } = await approved();
  await world.settle(code);
  expect((await read(code)).state).toBe('signed');
  await callApi(world.dispatches, CLERK, `POST /api/dispatches/${code}/issue`);
  await world.settle(code);
  expect((await read(code)).state).toBe('issued');
  const bytes = await world.bytesOf(documentId);
  const verdict = await verifyPdf(memorySource(bytes), {
    trust: world.authority.trust,
    material: world.authority.material,
    at: NOW,
  });
  expect(verdict.signatures.map(({ status, signer }) => [status, signer?.name])).toEqual([
    ['TOTAL_PASSED', 'Chủ tịch từ xa'],
    ['TOTAL_PASSED', 'Con dấu từ xa'],
  ]);
  expect(JSON.stringify(world.log.lines)).not.toMatch(new RegExp(`${PIN}|${client.secret}`));
});

it('a service that refuses sends the dispatch back with the reason; what is stored is the draft alone', async () => {
  const { code, documentId } = await approved();
  credentials.leader = { ...(credentials.leader as CscCredential), status: 'disabled' };
  await world.settle(code);
  credentials.leader = { ...(credentials.leader as CscCredential), status: 'enabled' };
  expect(await read(code)).toMatchObject({ state: 'draft' });
  const { versions } = await world.documents.document(documentId as never);
  expect(versions).toHaveLength(1);
  const events = (await world.events.log(code as never)).map(({ type, data }) => [type, data.problem]);
  expect(events.at(-1)).toEqual(['dispatch.not-signed', 'remote_signing_refused']);
});

it('a service that does not answer is tried again by the queue', async () => {
  const { code } = await approved();
  const [job] = (await world.jobs(code)).filter((item) => item.job === 'sign-dispatch');
  if (!job) throw new Error('no job');
  server.faults.push({ path: '/csc/v2/signatures/signHash', drop: true, after: true });
  await expect(world.work(job)).rejects.toThrow('signing_key_unavailable');
  expect((await read(code)).state).toBe('approved');
  await world.work(job);
  expect((await read(code)).state).toBe('signed');
});

it('settings that cannot be read are named, and not repeated', () => {
  const deps = { http: () => Promise.reject(new Error('not asked')), now: () => NOW };
  const services = JSON.stringify([{ name: 'a', baseUrl: server.baseUrl, clientId: 'x' }]);
  for (const baseUrl of ['http://sign.example/csc/v2', 'https://a:b@sign.example/', 'file:///etc/passwd']) {
    const open = JSON.stringify([{ name: 'a', baseUrl, clientId: 'x' }]);
    expect(() => remoteSigners({ services: open, secrets: '[{"clientSecret":"s"}]' }, deps)).toThrow(
      'REMOTE_SIGNING is not',
    );
  }
  const start = (secrets: string) => () => remoteSigners({ services, secrets }, deps);
  expect(start('[{"clientSecret":"rất bí mật"')).toThrow(/^REMOTE_SIGNING_SECRETS is not what it should be\.$/);
  expect(start('[{"clientSecret":["rất bí mật"]}]')).toThrow(/^REMOTE_SIGNING_SECRETS is not what it should be\.$/);
  expect(start('[]')).toThrow('The remote signing service a has no secret.');
});
