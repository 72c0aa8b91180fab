import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { PersonId } from '../../../lib/access/actor.ts';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { decodePem, encodePem } from '../../../lib/pki/pem.ts';
import type { CaseCode, Id } from '../../../lib/platform/ids.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { type Caller, callApi } from '../../support/call.ts';
import {
  type CaseWorld,
  dyingAfter,
  HAU_LOC,
  HOANG_HOA,
  LAN,
  OPERATOR,
  PROVINCE,
  staff,
} from '../../support/case-world.ts';
import { type Answer, CLERK, holderCases, LEADER, MINUTE, must, OFFICER, SECOND } from '../../support/holder-cases.ts';
import { giveOwnKey, requestOf, signAtHome } from '../../support/own-key.ts';
import { DAY, keyPair, NOW } from '../../support/pki/authority.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const cases = holderCases();
const { pdf, prepare, complete, petition, drafted, ready, stateOf } = cases;
let world: CaseWorld;
beforeAll(() => {
  world = cases.world;
});

describe('an answer signed with a key that stays with its holder', () => {
  it.each([
    ['p256', false],
    ['p256', true],
    ['p384', false],
    ['rsa', false],
  ] as const)(
    '%s (as browsers write it: %s): prepared, signed at home, completed, put into the file',
    async (kind, p1363) => {
      if (kind !== 'p256') await must(giveOwnKey(world, LEADER, kind));
      const { code, documentId, sha256 } = await drafted();
      const { status, body } = await prepare(LEADER, code, sha256);
      expect(status).toBe(201);
      const hash = createHash(body.algorithm.hash).update(Buffer.from(body.message, 'base64')).digest('base64');
      expect(body).toMatchObject({ document: { sha256 }, digest: hash, signingTime: '2026-03-09T08:15:00+07:00' });
      expect((await stateOf(code)).state).toBe('answer-drafted');

      world.time.now = NOW + 3 * MINUTE;
      const signature = signAtHome(kind, LEADER.sub, body, p1363);
      const handedIn = { session: body.session, signature, ...(p1363 ? { format: 'p1363' } : {}) };
      expect((await complete(LEADER, code, handedIn)).body).toMatchObject({ state: 'answer-approved', working: true });
      await world.settle(code, ['sign-receipt']);
      expect(await stateOf(code)).toMatchObject({ state: 'answer-signed' });

      const bytes = await world.bytesOf(documentId);
      const verdict = await verifyPdf(memorySource(bytes), {
        trust: world.authority.trust,
        material: world.authority.material,
        at: world.time.now,
      });
      expect(verdict.signatures).toMatchObject([
        { status: 'TOTAL_PASSED', coverage: { wholeFile: true }, signer: { name: `Lãnh đạo ${LEADER.sub}` } },
      ]);
      const [original] = (await world.documents.document(documentId as Id)).versions;
      expect(createHash('sha256').update(bytes.subarray(0, original?.bytes)).digest('hex')).toBe(sha256);
      const events = (await world.events.log(code as CaseCode)).map(({ type }) => type);
      expect(events.slice(-2)).toEqual(['petition.answer-approved', 'petition.answer-signed']);
      world.time.now = NOW;
      if (kind !== 'p256') return void (await must(giveOwnKey(world, LEADER)));
      // What follows is as with a key in KMS.
      await must(petition(CLERK, `POST /api/petitions/${code}/answer/issue`));
      await world.settle(code, ['sign-receipt']);
      expect((await stateOf(code)).state).toBe('answered');
    },
  );

  it('keeps nothing of the file in the session, and nothing of the person in the log', async () => {
    const { code, sha256 } = await drafted();
    world.log.lines.length = 0;
    const { body } = await prepare(LEADER, code, sha256);
    const kept = await world.table.get(
      { name: 'HolderSession', schema: { parse: (item: unknown) => item } as never, keys: () => ({ pk: '', sk: '' }) },
      { pk: `SIGNING#${body.session}`, sk: 'SIGNING' },
    );
    expect(kept).toMatchObject({ ttl: Math.ceil((NOW + 10 * MINUTE) / 1000) + 86_400 });
    expect(JSON.stringify(kept).length).toBeLessThan(6000);
    await complete(LEADER, code, { session: body.session, signature: 'AAAA' });
    expect(JSON.stringify(world.log.lines)).not.toMatch(/Người|Lãnh đạo|AAAA/);
  });
});

describe('who may prepare and complete', () => {
  it.each<[string, Caller, string]>([
    ['a stranger', { sub: 'stranger-1' }, 'not_found'],
    ['the citizen', LAN, 'forbidden'],
    ['the clerk', CLERK, 'forbidden'],
    ['the officer', OFFICER, 'forbidden'],
    ['the operator', OPERATOR, 'not_found'],
    ['a neighbour’s leader', staff(HAU_LOC, 'leader'), 'not_found'],
    ['the province’s leader', staff(PROVINCE, 'leader'), 'not_found'],
  ])('%s may not', async (_, caller, code) => {
    shared ??= await ready();
    expect((await prepare(caller, shared.code, shared.sha256)).body.code).toBe(code);
    expect((await complete(caller, shared.code, shared.handedIn)).body.code).toBe(code);
    expect((await stateOf(shared.code)).state).toBe('answer-drafted');
  });
  let shared: Awaited<ReturnType<typeof ready>> | undefined;

  it('another leader of the unit may prepare for themselves, not complete what is another’s', async () => {
    const { code, sha256 } = await drafted();
    const { body } = await prepare(LEADER, code, sha256);
    const signature = signAtHome('p256', SECOND.sub, body);
    expect(await complete(SECOND, code, { session: body.session, signature })).toMatchObject({
      status: 403,
      body: { code: 'signing_session_other_person' },
    });
    const own = await prepare(SECOND, code, sha256);
    const done = await complete(SECOND, code, {
      session: own.body.session,
      signature: signAtHome('p256', SECOND.sub, own.body),
    });
    expect(done.body).toMatchObject({ state: 'answer-approved' });
  });

  it('where the key is decides how it is signed', async () => {
    const { code, sha256 } = await drafted();
    const direct = await petition(LEADER, `POST /api/petitions/${code}/answer/sign`, { sha256 });
    expect(direct.body.code).toBe('signing_key_with_holder');
    // The neighbour's key is in KMS.
    const dispatch = await dispatchOf(HAU_LOC);
    const path = `POST /api/dispatches/${dispatch.code}/signing/prepare` as const;
    const answer = await callApi<Answer>(world.signing, staff(HAU_LOC, 'leader'), path, dispatch.shown);
    expect(answer.body.code).toBe('signing_key_not_with_holder');
  });
});

describe('a key of one’s own is installed', () => {
  const install = (body: object, path = `people/${SECOND.sub}`) =>
    callApi<Answer>(world.directory, OPERATOR, `PUT /api/${path}/certificate`, body);

  it.each<[string, object, string]>([
    ['has expired', { notAfter: NOW - DAY }, 'certificate_expired'],
    ['is not in force yet', { notBefore: NOW + DAY }, 'certificate_not_yet_valid'],
    ['is not meant for signing', { keyUsage: ['keyEncipherment'] }, 'certificate_key_usage'],
  ])('not with a certificate that %s', async (_, spec, code) => {
    expect((await giveOwnKey(world, SECOND, 'p256', spec)).body).toMatchObject({ code });
  });

  it('only with proof that the person has the key, and only for people', async () => {
    const { authority } = world;
    const leaf = authority.issue({ subject: { commonName: 'x' }, publicKey: keyPair('p256', 'their own').publicKey });
    const certificate = [leaf, authority.intermediate].map((der) => encodePem('CERTIFICATE', der)).join('');
    const request = await requestOf('p256', 'their own');
    const [der] = decodePem('CERTIFICATE REQUEST', request);
    const forged = Uint8Array.from(der as Uint8Array);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    const requests: [string | undefined, string][] = [
      [await requestOf('p256', 'another'), 'certificate_key_mismatch'],
      [encodePem('CERTIFICATE REQUEST', forged), 'certification_request_invalid'],
      ['nothing', 'certification_request_invalid'],
      [undefined, 'signing_key_unavailable'],
    ];
    for (const [given, code] of requests) {
      expect((await install({ certificate, request: given })).body).toMatchObject({ code });
    }
    const forUnit = await install({ certificate, request }, `units/${HOANG_HOA}`);
    expect(forUnit.status).toBeGreaterThanOrEqual(400);
    const remote = { service: 'none', credentialId: 'c-1' };
    expect((await install({ certificate, remote })).body).toMatchObject({ code: 'remote_service_unknown' });
    expect((await install({ certificate, request, remote })).body).toMatchObject({ code: 'invalid_field' });
    const byThemselves = await callApi(world.directory, SECOND, `PUT /api/people/${SECOND.sub}/certificate`, {
      certificate,
      request,
    });
    expect(byThemselves.body).toMatchObject({ code: 'forbidden' });
  });

  it('and gives way to a key in KMS, which then needs a certificate of its own', async () => {
    const person: Caller = { sub: 'leader-third' };
    await must(callApi(world.directory, OPERATOR, `PUT /api/people/${person.sub}`, { name: 'Ba', assignments: [] }));
    await must(giveOwnKey(world, person));
    const holder = { kind: 'person', id: person.sub as PersonId } as const;
    expect((await world.signDeps.directory.signerOf(holder, NOW)).key).toMatchObject({ kind: 'own' });
    await must(callApi(world.directory, OPERATOR, `POST /api/people/${person.sub}/key`, { spec: 'ECC_NIST_P256' }));
    await expect(world.signDeps.directory.signerOf(holder, NOW)).rejects.toMatchObject({
      code: 'signer_without_certificate',
    });
  });
});

describe('when the worker dies', () => {
  it('between any two calls, the signed version is stored once and the end is the same', async () => {
    for (let n = 1, died = true; died; n++) {
      const { code, documentId, shown } = await dispatchOf(HOANG_HOA);
      const { body } = await onDispatch(LEADER, code, 'prepare', shown);
      const signature = signAtHome('p256', LEADER.sub, body);
      await must(onDispatch(LEADER, code, 'complete', { session: body.session, signature }));
      const [job] = (await world.jobs(code)).filter(({ job: kind }) => kind === 'sign-dispatch');
      if (!job) throw new Error('no job');
      const dying = dyingAfter(world.signDeps, n);
      died = await world.work(job, { sign: dying.deps, delivery: world.deliveryDeps }).then(
        () => false,
        () => true,
      );
      // The same message again, an hour later: the file comes out the same, to the byte.
      world.time.now = NOW + 60 * MINUTE;
      await world.work(job);
      world.time.now = NOW;
      const document = await world.documents.document(documentId as Id);
      expect(document.versions.map(({ kind }) => kind)).toEqual(['original', 'signed']);
      const events = (await world.events.log(code as CaseCode)).map(({ type }) => type);
      expect(events.filter((type) => type === 'dispatch.signed')).toHaveLength(1);
      expect(n).toBeLessThan(20);
    }
  });

  it('a file that would now be made another way goes back, to be signed again', async () => {
    const { code, sha256 } = await drafted();
    const { body } = await prepare(LEADER, code, sha256);
    await must(complete(LEADER, code, { session: body.session, signature: signAtHome('p256', LEADER.sub, body) }));
    const [job] = (await world.jobs(code)).filter(({ job: kind }) => kind === 'sign-answer');
    if (!job) throw new Error('no job');
    const fonts = async () => {
      const { regular, bold } = await world.signDeps.fonts();
      return { regular: bold, bold: regular };
    };
    await world.work(job, { sign: { ...world.signDeps, fonts }, delivery: world.deliveryDeps });
    expect(await stateOf(code)).toMatchObject({ state: 'answer-drafted' });
    expect((await petition(LEADER, `GET /api/petitions/${code}`)).body.draft?.problem).toBe('signing_session_outdated');
    const again = await prepare(LEADER, code, sha256);
    const signature = signAtHome('p256', LEADER.sub, again.body);
    expect((await complete(LEADER, code, { session: again.body.session, signature })).status).toBe(200);
    await world.settle(code, ['sign-receipt']);
    expect((await stateOf(code)).state).toBe('answer-signed');
  });
});

const onDispatch = (caller: Caller, code: string, step: string, body: object) =>
  callApi<Answer>(world.signing, caller, `POST /api/dispatches/${code}/signing/${step}`, body);

async function dispatchOf(unit: string) {
  const officer = staff(unit, 'officer');
  const { documentId, sha256 } = await world.upload(officer, pdf(), unit);
  const body = { unit, type: 'cong-van', subject: 'Mời họp', documentId, recipients: [PROVINCE] };
  const made = await must(callApi<Answer>(world.dispatches, officer, 'POST /api/dispatches', body));
  const { code = '', revision = 0 } = made.body;
  return { code, documentId, shown: { sha256, revision }, body };
}

describe('a dispatch', () => {
  it('is signed the same way, by its leader alone', async () => {
    const { code, documentId, shown } = await dispatchOf(HOANG_HOA);
    for (const [caller, problem] of [
      [CLERK, 'forbidden'],
      [staff(PROVINCE, 'leader'), 'not_found'],
      [LAN, 'not_found'],
    ] as const) {
      expect((await onDispatch(caller, code, 'prepare', shown)).body.code).toBe(problem);
    }
    const { body } = await onDispatch(LEADER, code, 'prepare', shown);
    const handedIn = { session: body.session, signature: signAtHome('p256', LEADER.sub, body) };
    expect((await onDispatch(SECOND, code, 'complete', handedIn)).body.code).toBe('signing_session_other_person');
    expect((await onDispatch(LEADER, code, 'complete', handedIn)).body).toMatchObject({ state: 'approved' });
    expect((await onDispatch(LEADER, code, 'complete', handedIn)).body.code).toBe('signing_session_used');
    await world.settle(code);
    const verdict = await verifyPdf(memorySource(await world.bytesOf(documentId)), {
      trust: world.authority.trust,
      material: world.authority.material,
      at: NOW,
    });
    expect(verdict.status).toBe('TOTAL_PASSED');
    expect((await callApi<Answer>(world.dispatches, CLERK, `GET /api/dispatches/${code}`)).body.state).toBe('signed');
  });

  it('is for the recipients that were shown: over the same file to others, it is prepared anew', async () => {
    const { code, shown, body } = await dispatchOf(HOANG_HOA);
    const first = await onDispatch(LEADER, code, 'prepare', shown);
    const { unit: _, ...draft } = body;
    const redrafted = { ...draft, recipients: [HAU_LOC] };
    await must(callApi(world.dispatches, staff(HOANG_HOA, 'officer'), `PUT /api/dispatches/${code}`, redrafted));
    const changed = { status: 409, body: { code: 'document_changed', field: 'revision' } };
    const handIn = ({ body }: typeof first) =>
      onDispatch(LEADER, code, 'complete', {
        session: body.session,
        signature: signAtHome('p256', LEADER.sub, body),
      });
    expect(await handIn(first)).toMatchObject(changed);
    expect(await onDispatch(LEADER, code, 'prepare', shown)).toMatchObject(changed);
    expect(await onDispatch(LEADER, code, 'prepare', { sha256: shown.sha256 })).toMatchObject({
      status: 422,
      body: { field: 'revision' },
    });
    const again = await onDispatch(LEADER, code, 'prepare', { ...shown, revision: shown.revision + 1 });
    expect(await handIn(again)).toMatchObject({ status: 200, body: { state: 'approved' } });
  });
});
