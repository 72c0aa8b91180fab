import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryApi } from '../../../functions/directory-api/api.ts';
import { compose, type DirectoryApiDeps } from '../../../functions/directory-api/compose.ts';
import type { PersonId, UnitCode } from '../../../lib/access/actor.ts';
import { fingerprint, parseCertificate } from '../../../lib/pki/certificate.ts';
import { children, enter, readBitStringBytes, readWhole, TAG } from '../../../lib/pki/der.ts';
import { createKmsSigner } from '../../../lib/pki/kms-signer.ts';
import { decodePem, encodePem } from '../../../lib/pki/pem.ts';
import { signChecked, usableCertificate } from '../../../lib/pki/signer.ts';
import { keyClient } from '../../../lib/platform/aws/key-client.ts';
import { type Aws, IMAGES_BUCKET, startAws, TABLE_NAME } from '../../support/aws.ts';
import { type Caller, callApi, memoryLog } from '../../support/call.ts';
import { createAuthority, DAY } from '../../support/pki/authority.ts';

const operator: Caller = { sub: 'operator-1', operator: true };
const citizen: Caller = { sub: 'citizen-1', name: 'Nguyễn Thị Lan', email: 'lan@example.vn' };
const NOW = Date.now();
const authority = createAuthority(NOW, 'directory');
const UNIT = {
  name: 'Ủy ban nhân dân xã Hoằng Hóa',
  notation: 'UBND',
  place: 'Hoằng Hóa',
  tier: 'commune',
  email: 'vanthu@hoanghoa.example',
  from: '2025-07-01',
};

let aws: Aws;
let deps: DirectoryApiDeps;
let api: ReturnType<typeof directoryApi>;

beforeAll(async () => {
  aws = await startAws();
  deps = compose({ STAGE: 'dev', TABLE_NAME, IMAGES_BUCKET, KEY_ALIAS_PREFIX: 'alias/ba-khong/dev/' });
  api = directoryApi({ ...deps, log: memoryLog() as unknown as DirectoryApiDeps['log'] });
});
afterAll(() => aws.close());

const put = (path: `/api/${string}`, body: unknown, caller = operator) => callApi(api, caller, `PUT ${path}`, body);

describe('a first sign-in', () => {
  it('makes a person of the token, so that nothing is declared twice', async () => {
    const me = await callApi(api, citizen, 'GET /api/me');
    expect(me).toMatchObject({
      status: 200,
      body: {
        personId: 'citizen-1',
        name: 'Nguyễn Thị Lan',
        email: 'lan@example.vn',
        language: 'vi',
        operator: false,
        assignments: [],
      },
    });
    expect(await deps.directory.person('citizen-1' as PersonId)).toMatchObject({ keptBy: 'sign-in', version: 1 });
  });

  it('follows the token later on, but keeps the settings', async () => {
    await put('/api/me/settings', { language: 'en' }, citizen);
    const me = await callApi(api, { ...citizen, email: 'lan.moi@example.vn' }, 'GET /api/me');
    expect(me.body).toMatchObject({ email: 'lan.moi@example.vn', language: 'en' });
  });

  it('is not possible with a subject that the user pool cannot have given', async () => {
    expect((await callApi(api, { sub: 'a#b' }, 'GET /api/me')).body).toMatchObject({ code: 'missing_token' });
  });

  it('survives two first requests at once', async () => {
    const caller = { sub: 'citizen-2', name: 'Lê Văn Bình' };
    const answers = await Promise.all([1, 2, 3].map(() => callApi(api, caller, 'GET /api/me')));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  });
});

describe('units', () => {
  it('are entered by an operator alone', async () => {
    for (const [path, body] of [
      ['/api/units/H56.12.03', UNIT],
      ['/api/people/someone', { name: 'X' }],
      [`/api/trust/${'0'.repeat(64)}`, { certificate: 'x', from: '2026-01-01T00:00:00+07:00' }],
    ] as const) {
      expect((await put(path, body, citizen)).body).toMatchObject({ code: 'forbidden' });
    }
    for (const path of ['/api/units/H56.12.03/key', '/api/people/someone/key'] as const) {
      expect((await callApi(api, citizen, `POST ${path}`, {})).body).toMatchObject({ code: 'forbidden' });
    }
  });

  it('are found by former codes, also codes of the old style', async () => {
    const entered = await put('/api/units/H56.12.03', { ...UNIT, formerCodes: ['000.17.22.H56'] });
    expect(entered).toMatchObject({ status: 200, body: { code: 'H56.12.03', name: UNIT.name } });
    expect(entered.body).not.toHaveProperty('key');
    expect((await callApi(api, citizen, 'GET /api/units/000.17.22.H56')).body).toMatchObject({ code: 'H56.12.03' });
    expect((await callApi(api, citizen, 'GET /api/units/H56.99')).body).toMatchObject({ code: 'unit_unknown' });
  });

  it('do not take the code of another', async () => {
    const taken = await put('/api/units/H56.12.04', { ...UNIT, formerCodes: ['000.17.22.H56'] });
    expect(taken.body).toMatchObject({ code: 'conflict', field: 'formerCodes[0]' });
    expect((await put('/api/units/000.17.22.H56', UNIT)).body).toMatchObject({ code: 'conflict' });
  });

  it.each([
    ['an end before the beginning', { until: '2025-06-30' }, 'until'],
    ['a successor nobody knows', { successors: ['H99.1'] }, 'successors[0]'],
    [
      'a rule of numbering within the year',
      { numbering: [{ from: '2026-07-01', sequences: [] }] },
      'numbering[0].from',
    ],
    [
      'a type in two sequences',
      {
        numbering: [
          {
            from: '2026-01-01',
            sequences: [
              { id: 'a', types: ['quyet-dinh'] },
              { id: 'b', types: ['quyet-dinh'] },
            ],
          },
        ],
      },
      'numbering',
    ],
    [
      'a type that is none',
      { numbering: [{ from: '2026-01-01', sequences: [{ id: 'a', types: ['tho'] }] }] },
      'numbering',
    ],
  ])('are refused with %s', async (_, change, field) => {
    expect(await put('/api/units/H56.12.05', { ...UNIT, ...change })).toMatchObject({ status: 422, body: { field } });
  });

  it('lead from an ended unit to its only successor', async () => {
    await put('/api/units/H56.A', { ...UNIT, from: '2025-07-01' });
    await put('/api/units/H56.B', { ...UNIT, from: '2025-07-01' });
    await put('/api/units/H56.OLD', { ...UNIT, from: '2000-01-01', until: '2025-06-30', successors: ['H56.A'] });
    await put('/api/units/H56.SPLIT', {
      ...UNIT,
      from: '2000-01-01',
      until: '2025-06-30',
      successors: ['H56.A', 'H56.B'],
    });
    await put('/api/units/H56.CLOSED', { ...UNIT, from: '2000-01-01', until: '2025-06-30' });
    const at = (day: string) => Date.parse(`${day}T12:00:00+07:00`);
    const active = (code: string, day: string) => deps.directory.activeUnit(code as UnitCode, at(day));
    expect((await active('H56.OLD', '2025-06-30')).code).toBe('H56.OLD');
    expect((await active('H56.OLD', '2025-07-01')).code).toBe('H56.A');
    await expect(active('H56.SPLIT', '2025-07-01')).rejects.toMatchObject({
      code: 'unit_ended',
      detail: expect.stringContaining('H56.A, H56.B'),
    });
    await expect(active('H56.CLOSED', '2025-07-01')).rejects.toMatchObject({ code: 'unit_ended' });
    await expect(active('H56.A', '2025-06-30')).rejects.toMatchObject({ code: 'unit_ended' });
  });

  it('are listed page by page', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await callApi<{ items: { code: string }[]; cursor?: string }>(
        api,
        citizen,
        `GET /api/units?limit=2${query}`,
      );
      seen.push(...page.body.items.map((item) => item.code));
      cursor = page.body.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([...seen].sort());
    expect(seen).toContain('H56.12.03');
  });
});

describe('staff', () => {
  const clerk = { name: 'Phạm Thị Hoa', email: 'hoa@hoanghoa.example' };
  const place = { unit: 'H56.12.03', role: 'clerk', title: 'Văn thư', from: '2026-01-01' };
  const today = NOW;

  it('are found by unit and role on the day', async () => {
    await put('/api/people/clerk-1', { ...clerk, assignments: [place] });
    await put('/api/people/clerk-2', { ...clerk, assignments: [{ ...place, until: '2026-01-31' }] });
    const found = (at: number) => deps.directory.staff('H56.12.03' as UnitCode, 'clerk', at);
    expect((await found(today)).map((person) => person.id)).toEqual(['clerk-1']);
    expect((await found(Date.parse('2026-01-15T00:00:00+07:00'))).map((person) => person.id)).toEqual([
      'clerk-1',
      'clerk-2',
    ]);
    expect(await deps.directory.staff('H56.12.03' as UnitCode, 'leader', today)).toEqual([]);
  });

  it('are found no more once their place is taken away', async () => {
    await put('/api/people/clerk-3', { ...clerk, assignments: [place] });
    await put('/api/people/clerk-3', { ...clerk, assignments: [] });
    const found = await deps.directory.staff('H56.12.03' as UnitCode, 'clerk', today);
    expect(found.map((person) => person.id)).not.toContain('clerk-3');
  });

  it("act by the operator's entry, not by the token", async () => {
    const me = await callApi(api, { sub: 'clerk-1', name: 'Ai khác', email: 'khac@example.vn' }, 'GET /api/me');
    expect(me.body).toMatchObject({ name: clerk.name, email: clerk.email, assignments: [place] });
  });

  it('hold no place in a unit that is not there, or under a former code', async () => {
    for (const unit of ['H56.77', '000.17.22.H56']) {
      const answer = await put('/api/people/clerk-4', { ...clerk, assignments: [{ ...place, unit }] });
      expect(answer.body).toMatchObject({ code: 'unit_unknown', field: 'assignments[0].unit' });
    }
  });
});

describe('keys and certificates', () => {
  interface Made {
    readonly csr: string;
    readonly spec: string;
  }
  const path = '/api/units/H56.12.03';
  let made: Made;

  it('makes a key once and asks for its certificate with the key itself', async () => {
    const [first, again] = [
      await callApi<Made>(api, operator, `POST ${path}/key`, { spec: 'ECC_NIST_P256' }),
      await callApi<Made>(api, operator, `POST ${path}/key`, { spec: 'RSA_2048' }),
    ];
    made = first.body;
    expect([first.status, first.body.spec, again.body.spec]).toEqual([200, 'ECC_NIST_P256', 'ECC_NIST_P256']);
    expect(publicKeyIn(again.body.csr).export({ type: 'spki', format: 'der' })).toEqual(
      publicKeyIn(made.csr).export({ type: 'spki', format: 'der' }),
    );
    const [info, , signature] = children(readWhole(decodePem('CERTIFICATE REQUEST', made.csr)[0]!));
    expect(verify('sha256', info!.bytes, publicKeyIn(made.csr), readBitStringBytes(signature!))).toBe(true);
    expect((await deps.directory.unit('H56.12.03' as UnitCode)).key).toEqual({
      kind: 'kms',
      alias: 'alias/ba-khong/dev/unit/H56-12-03',
      spec: 'ECC_NIST_P256',
    });
  });

  it('goes on with the key that an interrupted run has left', async () => {
    await deps.keys.make('alias/ba-khong/dev/unit/H56-A', 'ECC_NIST_P256');
    const answer = await callApi<Made>(api, operator, 'POST /api/units/H56.A/key', { spec: 'RSA_2048' });
    expect(answer.body.spec).toBe('ECC_NIST_P256');
    expect((await deps.directory.unit('H56.A' as UnitCode)).key).toMatchObject({ spec: 'ECC_NIST_P256' });
  });

  const alias = 'alias/ba-khong/dev/unit/H56-12-03';
  const subject = { countryName: 'VN', commonName: UNIT.name };
  const pem = (...certificates: Uint8Array[]) => certificates.map((der) => encodePem('CERTIFICATE', der)).join('');
  const install = (certificate: string) => put(`${path}/certificate`, { certificate });

  it('signs with nothing before a certificate is installed', async () => {
    const holder = { kind: 'unit', code: 'H56.12.03' as UnitCode } as const;
    await expect(deps.directory.signerOf(holder, NOW)).rejects.toMatchObject({ code: 'unit_without_seal' });
    const unit = authority.issue({ subject, publicKey: publicKeyIn(made.csr) });
    expect((await install(pem(unit, authority.intermediate))).body).toMatchObject({ code: 'certificate_untrusted' });
  });

  it('trusts an authority by its hash, from a day on', async () => {
    const sha256 = fingerprint(parseCertificate(authority.root));
    const body = { certificate: pem(authority.root), from: '2020-01-01T00:00:00+07:00' };
    expect((await put(`/api/trust/${'0'.repeat(64)}`, body)).body).toMatchObject({ field: 'sha256' });
    expect(await put(`/api/trust/${sha256}`, body)).toMatchObject({ status: 200, body: { sha256, until: null } });
    const leaf = authority.issue({ subject, publicKey: publicKeyIn(made.csr) });
    const notCa = await put(`/api/trust/${fingerprint(parseCertificate(leaf))}`, { ...body, certificate: pem(leaf) });
    expect(notCa.body).toMatchObject({ code: 'certificate_key_usage' });
    expect((await callApi<{ items: unknown[] }>(api, citizen, 'GET /api/trust')).body.items).toHaveLength(1);
  });

  it.each([
    ['is none', () => 'no certificate', 'certificate_invalid'],
    ['has expired', () => pem(leaf({ notAfter: NOW - DAY }), authority.intermediate), 'certificate_expired'],
    [
      'is not in force yet',
      () => pem(leaf({ notBefore: NOW + DAY }), authority.intermediate),
      'certificate_not_yet_valid',
    ],
    [
      'is not meant for signing',
      () => pem(leaf({ keyUsage: ['keyEncipherment'] }), authority.intermediate),
      'certificate_key_usage',
    ],
    [
      'belongs to another key',
      () => pem(authority.signer().certificate, authority.intermediate),
      'certificate_key_mismatch',
    ],
    ['lacks its issuer', () => pem(leaf()), 'certificate_untrusted'],
    [
      'is of an unknown authority',
      () => pem(createAuthority(NOW, 'unknown').issue({ subject, publicKey: publicKeyIn(made.csr) })),
      'certificate_untrusted',
    ],
  ])('refuses a certificate that %s', async (_, certificate, code) => {
    expect((await install(certificate())).body).toMatchObject({ code });
  });

  function leaf(change: Partial<Parameters<typeof authority.issue>[0]> = {}) {
    return authority.issue({ subject, publicKey: publicKeyIn(made.csr), ...change });
  }

  it('gives all that signing needs, and the signature fits', async () => {
    const certificate = leaf();
    expect(await install(pem(certificate, authority.intermediate, authority.root))).toMatchObject({ status: 200 });
    const facts = await deps.directory.signerOf({ kind: 'unit', code: 'H56.12.03' as UnitCode }, NOW);
    expect(facts).toMatchObject({ name: UNIT.name, key: { alias } });
    expect(facts.chain.map((der) => Buffer.from(der))).toEqual([Buffer.from(authority.intermediate)]);
    const signer = createKmsSigner({ client: keyClient(), keyId: alias, ...facts });
    const signature = await signChecked(signer, usableCertificate(signer, NOW), Buffer.from('văn bản'));
    expect(signature.length).toBeGreaterThan(60);
    const unit = await callApi(api, citizen, `GET ${path}`);
    expect(unit.body).toMatchObject({ seal: { sha256: fingerprint(parseCertificate(certificate)) } });
  });

  it('keeps the certificate when the unit is entered anew, and takes the newer of two', async () => {
    await put(path, { ...UNIT, name: 'UBND xã Hoằng Hóa', formerCodes: ['000.17.22.H56'] });
    const newer = leaf({ notAfter: NOW + 900 * DAY, serial: 77 });
    await install(pem(newer, authority.intermediate));
    const facts = await deps.directory.signerOf({ kind: 'unit', code: 'H56.12.03' as UnitCode }, NOW);
    expect(Buffer.from(facts.certificate)).toEqual(Buffer.from(newer));
    expect(facts.name).toBe('UBND xã Hoằng Hóa');
    const later = deps.directory.signerOf({ kind: 'unit', code: 'H56.12.03' as UnitCode }, NOW + 1000 * DAY);
    await expect(later).rejects.toMatchObject({ code: 'certificate_expired' });
  });

  it('makes keys for people as well', async () => {
    const answer = await callApi<Made>(api, operator, 'POST /api/people/clerk-1/key', { spec: 'ECC_NIST_P256' });
    expect(answer.status).toBe(200);
    expect((await callApi(api, operator, 'POST /api/people/nobody/key', {})).body).toMatchObject({
      code: 'person_unknown',
    });
    const holder = { kind: 'person', id: 'clerk-1' as PersonId } as const;
    await expect(deps.directory.signerOf(holder, NOW)).rejects.toMatchObject({ code: 'signer_without_certificate' });
  });
});

/** The public key that a request is for. */
function publicKeyIn(csr: string) {
  const [request] = decodePem('CERTIFICATE REQUEST', csr);
  const info = enter(enter(readWhole(request!)).next(TAG.sequence));
  info.next(TAG.integer);
  info.next(TAG.sequence);
  return createPublicKey({ key: Buffer.from(info.next(TAG.sequence).bytes), format: 'der', type: 'spki' });
}
