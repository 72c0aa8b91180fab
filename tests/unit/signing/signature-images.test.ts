import { DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { PersonId, UnitCode } from '../../../lib/access/actor.ts';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { objectClient } from '../../../lib/platform/aws/object-client.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { IMAGES_BUCKET } from '../../support/aws.ts';
import { type Caller, callApi } from '../../support/call.ts';
import { type CaseWorld, HAU_LOC, HOANG_HOA, LAN, OPERATOR, PROVINCE, staff } from '../../support/case-world.ts';
import { holderCases, LEADER, must } from '../../support/holder-cases.ts';
import { signAtHome } from '../../support/own-key.ts';
import { png, pngChunk, pngOfSize } from '../pdf/png.ts';

// Files are signed for real: a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const cases = holderCases();
let world: CaseWorld;
beforeAll(() => {
  world = cases.world;
});

interface Answer {
  readonly code?: string;
  readonly state?: string;
  readonly problem?: string;
  readonly sha256?: string;
  readonly revision?: number;
  readonly width?: number;
  readonly url?: string;
  readonly image?: { readonly sha256: string };
}
// The neighbour's leader has a key in KMS, the commune's one of their own.
const HEAD = staff(HAU_LOC, 'leader');
const OWN = '/api/me/signature-image';
const SEAL = `/api/units/${HAU_LOC}/seal-image` as const;
type Request = Parameters<typeof callApi>[2];
const directory = (who: Caller, request: Request, body?: unknown, key?: string) =>
  callApi<Answer>(world.directory, who, request, body, key);
const ask = (who: Caller, request: Request, body?: unknown) => callApi<Answer>(world.dispatches, who, request, body);
const ownImage = async () => (await world.signDeps.directory.person(HEAD.sub as PersonId)).image;
const sealImage = async () => (await world.signDeps.directory.unit(HAU_LOC as UnitCode)).image;

async function drafted() {
  const { documentId, sha256 } = await world.upload(staff(HAU_LOC, 'officer'), cases.pdf(), HAU_LOC);
  const body = { unit: HAU_LOC, documentId, type: 'ke-hoach', subject: 'Kế hoạch', recipients: [PROVINCE] };
  const { code, revision } = (await must(ask(staff(HAU_LOC, 'officer'), 'POST /api/dispatches', body))).body;
  return { path: `/api/dispatches/${code}` as const, code: code as string, documentId, shown: { sha256, revision } };
}

/** Widths of the pictures of a file, in pixels. */
async function pictures(documentId: string): Promise<number[]> {
  const bytes = await world.bytesOf(documentId);
  const verdict = await verifyPdf(memorySource(bytes), {
    trust: world.authority.trust,
    material: world.authority.material,
    at: world.time.now,
  });
  expect(verdict.status).toBe('TOTAL_PASSED');
  const images = Buffer.from(bytes)
    .toString('latin1')
    .matchAll(/<<[^<>]*\/Subtype *\/Image[^<>]*>>/g);
  // A picture has its transparency beside it, of the same size.
  return [...new Set([...images].map(([dict]) => Number(/\/Width (\d+)/.exec(dict)?.[1])))];
}

const versionsOf = async (key: string | undefined) =>
  (await objectClient().send(new ListObjectVersionsCommand({ Bucket: IMAGES_BUCKET, Prefix: key }))).Versions ?? [];

describe('the image of a signature', () => {
  it('is kept as a picture and nothing besides, under a key that names nobody, and given back to its person', async () => {
    const plain = Buffer.from(png(40, 20));
    const texts = Buffer.concat([
      plain.subarray(0, 33),
      pngChunk('tEXt', Buffer.from('Author\0Lan')),
      plain.subarray(33),
    ]);
    const { body } = await must(directory(HEAD, `PUT ${OWN}`, texts));
    expect(body).toMatchObject({ width: 40, height: 20, bytes: plain.length });
    const found = (await must(directory(HEAD, `GET ${OWN}`))).body;
    expect(found.image).toEqual(body);
    const fetched = await fetch(found.url as string);
    expect(fetched.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await fetched.arrayBuffer()).equals(plain)).toBe(true);
    const image = await ownImage();
    expect(image?.key).toMatch(/^images\/[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(JSON.stringify(world.log.lines)).not.toContain(image?.key as string);
  });

  it('takes the place of the one before, which is left to be erased; the same request does it once', async () => {
    const before = await ownImage();
    const key = 'once-and-for-all';
    const first = await must(directory(HEAD, `PUT ${OWN}`, png(50, 20), key));
    expect((await directory(HEAD, `PUT ${OWN}`, png(50, 20), key)).body).toEqual(first.body);
    expect((await directory(HEAD, `PUT ${OWN}`, png(60, 20), key)).body.code).toBe('idempotency_key_reused');
    const after = await ownImage();
    expect(after).toMatchObject({ key: before?.key, width: 50 });
    const versions = await versionsOf(before?.key);
    expect(versions.map(({ IsLatest, VersionId }) => [VersionId, IsLatest])).toEqual([
      [after?.versionId, true],
      [before?.versionId, false],
    ]);
  });

  it('stays when an operator changes person and unit', async () => {
    await must(directory(OPERATOR, `PUT ${SEAL}`, png(64, 64)));
    const { assignments, name } = await world.signDeps.directory.person(HEAD.sub as PersonId);
    const kept = [await ownImage(), await sealImage()];
    await must(directory(OPERATOR, `PUT /api/people/${HEAD.sub}`, { name, assignments }));
    const { notation, place, tier, from, name: unit } = await world.signDeps.directory.unit(HAU_LOC as UnitCode);
    await must(directory(OPERATOR, `PUT /api/units/${HAU_LOC}`, { name: unit, notation, place, tier, from }));
    expect([await ownImage(), await sealImage()]).toEqual(kept);
    expect(JSON.stringify((await directory(LAN, `GET /api/units/${HAU_LOC}`)).body)).not.toContain('image');
  });

  it.each<[string, Uint8Array, string]>([
    ['a JPEG', Buffer.from('ffd8ffc0000b080010001001011100ffda', 'hex'), 'image_broken'],
    ['half a PNG', png(40, 20).subarray(0, 60), 'image_broken'],
    ['fewer pixels than it says', pngOfSize(300, 300), 'image_broken'],
    ['more pixels than are shown', pngOfSize(3000, 3000), 'image_size'],
    ['a line', png(40, 3), 'image_size'],
    ['too many bytes', new Uint8Array(300_000), 'image_size'],
    ['nothing', new Uint8Array(), 'image_broken'],
  ])('%s is refused, and the one before stays', async (_, bytes, code) => {
    const before = await ownImage();
    expect((await directory(HEAD, `PUT ${OWN}`, bytes)).body.code).toBe(code);
    expect(await ownImage()).toEqual(before);
    expect(await versionsOf(before?.key)).toHaveLength(2);
  });

  it.each<[string, Caller, string, string, string]>([
    ['a stranger', { sub: 'stranger-1' }, 'forbidden', 'not_found', 'forbidden'],
    ['a citizen', LAN, 'forbidden', 'not_found', 'forbidden'],
    ['an officer of the unit', staff(HAU_LOC, 'officer'), 'forbidden', 'not_found', ''],
    ['a clerk of the unit', staff(HAU_LOC, 'clerk'), 'forbidden', 'not_found', ''],
    ['a neighbour’s leader', staff(HOANG_HOA, 'leader'), '', 'not_found', 'not_found'],
  ])('%s', async (_, who, putOwn, getOwn, getSeal) => {
    const before = [await ownImage(), await sealImage()];
    // Whatever one asks for is one's own.
    expect((await directory(who, `GET ${OWN}`)).body.code).toBe(getOwn);
    expect((await directory(who, `PUT ${OWN}`, png(40, 20))).body.code ?? '').toBe(putOwn);
    expect((await directory(who, `PUT ${SEAL}`, png(40, 20))).body.code).toBe('forbidden');
    expect((await directory(who, `DELETE ${SEAL}`)).body.code).toBe('forbidden');
    const seen = await directory(who, `GET ${SEAL}`);
    expect(seen.status === 200 ? '' : seen.body.code).toBe(getSeal === 'forbidden' ? 'not_found' : getSeal);
    expect([await ownImage(), await sealImage()]).toEqual(before);
  });
});

describe('a document', () => {
  it('shows the images of its leader and its agency, each as it was then', async () => {
    const { path, code, documentId, shown } = await drafted();
    await must(ask(HEAD, `POST ${path}/sign`, shown));
    // Removed after the approval: what was approved with it is signed with it.
    await must(directory(HEAD, `DELETE ${OWN}`));
    expect((await directory(HEAD, `DELETE ${OWN}`)).body.code).toBe('not_found');
    await world.settle(code);
    expect(await pictures(documentId)).toEqual([50]);
    await must(ask(staff(HAU_LOC, 'clerk'), `POST ${path}/issue`));
    await world.settle(code);
    expect(await pictures(documentId)).toEqual([50, 64]);
    await must(directory(OPERATOR, `DELETE ${SEAL}`));
    expect(await pictures(documentId)).toEqual([50, 64]);
  });

  it('whose image is gone for good goes back to be approved anew', async () => {
    await must(directory(HEAD, `PUT ${OWN}`, png(40, 20)));
    const image = await ownImage();
    const { path, code, shown } = await drafted();
    await must(ask(HEAD, `POST ${path}/sign`, shown));
    const version = { Bucket: IMAGES_BUCKET, Key: image?.key, VersionId: image?.versionId };
    await objectClient().send(new DeleteObjectCommand(version));
    await world.settle(code);
    const { body } = await ask(HEAD, `GET ${path}`);
    expect(body).toMatchObject({ state: 'draft' });
    expect(JSON.stringify(body)).toContain('signature_image_gone');
    await must(directory(HEAD, `DELETE ${OWN}`));
    const { sha256, revision } = body;
    await must(ask(HEAD, `POST ${path}/sign`, { sha256, revision }));
    await world.settle(code);
    expect((await ask(HEAD, `GET ${path}`)).body.state).toBe('signed');
  });

  it('that was prepared for a key of one’s own is void once the image is another', async () => {
    await must(directory(LEADER, `PUT ${OWN}`, png(70, 20)));
    const { code, documentId, sha256 } = await cases.drafted();
    const old = (await must(cases.prepare(LEADER, code, sha256))).body;
    await must(directory(LEADER, `PUT ${OWN}`, png(80, 20)));
    const handedIn = { session: old.session, signature: signAtHome('p256', LEADER.sub, old) };
    expect((await cases.complete(LEADER, code, handedIn)).body).toMatchObject({ code: 'signing_session_outdated' });
    const { body } = await must(cases.prepare(LEADER, code, sha256));
    const signature = signAtHome('p256', LEADER.sub, body);
    await must(cases.complete(LEADER, code, { session: body.session, signature }));
    await world.settle(code, ['sign-receipt']);
    expect(await pictures(documentId)).toEqual([80]);
  });
});
