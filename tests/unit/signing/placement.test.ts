import { beforeAll, describe, expect, it, vi } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import type { Box } from '../../../lib/pdf/page-tree.ts';
import { signatureFields } from '../../../lib/pdf/signature-permissions.ts';
import { placeOfSignature } from '../../../lib/pdf/signature-place.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { type Caller, callApi } from '../../support/call.ts';
import { type CaseWorld, HAU_LOC, HOANG_HOA, LAN, PROVINCE, staff } from '../../support/case-world.ts';
import { CLERK, holderCases, LEADER, must, OFFICER } from '../../support/holder-cases.ts';
import { signAtHome } from '../../support/own-key.ts';
import { NOW } from '../../support/pki/authority.ts';
import { turnedPage } from '../pdf/turned-page.ts';

// Files are signed for real: a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Place {
  readonly page: number;
  readonly box: Box;
  readonly size: { readonly width: number; readonly height: number };
  readonly rotation: number;
  readonly style?: string;
}
interface Answer {
  readonly code?: string;
  readonly state?: string;
  readonly sha256?: string;
  readonly revision?: number;
  readonly number?: string;
  readonly document?: { readonly sha256: string; readonly version: number };
  readonly signature?: Place;
  readonly seal?: Place;
}

const cases = holderCases();
let world: CaseWorld;
beforeAll(() => {
  world = cases.world;
});

// The neighbour's leader has a key in KMS, the commune's one of their own.
const [DRAFTER, HEAD, SEALER] = (['officer', 'leader', 'clerk'] as const).map((role) => staff(HAU_LOC, role)) as [
  Caller,
  Caller,
  Caller,
];
const ask = (who: Caller, request: Parameters<typeof callApi>[2], body?: unknown) =>
  callApi<Answer>(world.dispatches, who, request, body);

/** A turned page that shows the signer's title, and a line to put something by. */
const letter = (rotate: 0 | 90) =>
  turnedPage(rotate, [
    { text: 'CHỦ TỊCH', x: 350, y: 500 },
    { text: 'Nơi nhận:', x: 60, y: 480 },
  ]);

async function drafted(bytes: Uint8Array) {
  const { documentId, sha256 } = await world.upload(DRAFTER, bytes, HAU_LOC);
  const body = { unit: HAU_LOC, documentId, type: 'ke-hoach', subject: 'Kế hoạch', recipients: [PROVINCE] };
  const { code, revision } = (await must(ask(DRAFTER, 'POST /api/dispatches', body))).body;
  return { path: `/api/dispatches/${code}` as const, code: code as string, documentId, shown: { sha256, revision } };
}

/** Where the signatures of a file stand, in the order in which they were made. */
async function standing(documentId: string) {
  const bytes = await world.bytesOf(documentId);
  const verdict = await verifyPdf(memorySource(bytes), {
    trust: world.authority.trust,
    material: world.authority.material,
    at: world.time.now,
  });
  expect(verdict.signatures.every(({ status }) => status === 'TOTAL_PASSED')).toBe(true);
  const document = await openPdf(memorySource(bytes));
  return Promise.all((await signatureFields(document)).map((field) => placeOfSignature(document, field)));
}

function near(place: { readonly page: number; readonly box: Box } | undefined, page: number, box: Box) {
  expect(place?.page).toBe(page);
  for (const side of ['x', 'y', 'width', 'height'] as const) expect(place?.box[side]).toBeCloseTo(box[side], 1);
}

const sizes = { 0: { width: 595, height: 842 }, 90: { width: 842, height: 595 } } as const;

describe('a dispatch', () => {
  it.each([0, 90] as const)(
    'shows beforehand where signature and seal will stand by themselves, page turned by %i',
    async (rotate) => {
      const { path, documentId, shown, code } = await drafted(letter(rotate));
      const { body: before } = await must(ask(HEAD, `GET ${path}/signing/places`));
      expect(before).toMatchObject({
        document: { sha256: shown.sha256, version: 1 },
        signature: { page: 1, size: sizes[rotate], rotation: rotate, style: 'named' },
        seal: { page: 1, size: sizes[rotate], rotation: rotate },
      });
      await must(ask(HEAD, `POST ${path}/sign`, shown));
      await world.settle(code);
      const { body: between } = await must(ask(SEALER, `GET ${path}/signing/places`));
      expect(between.document?.version).toBe(2);
      await must(ask(SEALER, `POST ${path}/issue`));
      await world.settle(code);
      const [signature, seal] = await standing(documentId);
      near(signature, 0, before.signature!.box);
      near(signature, 0, between.signature!.box);
      near(seal, 0, before.seal!.box);
      near(seal, 0, between.seal!.box);
    },
  );

  it('is signed in the box and sealed by the text that they were put by', async () => {
    const { path, documentId, shown, code } = await drafted(letter(90));
    const box = { x: 300, y: 90, width: 180, height: 96 };
    await must(ask(HEAD, `POST ${path}/sign`, { ...shown, placement: { page: -1, box } }));
    await world.settle(code);
    const placement = { anchor: { text: 'Nơi nhận:', offset: { x: 40, y: -10 } } };
    await must(ask(SEALER, `POST ${path}/issue`, { placement }));
    await world.settle(code);
    const [signature, seal] = await standing(documentId);
    near(signature, 0, box);
    // With its QR code, in its usual size: right beneath the text, moved as was said.
    expect(seal?.box).toMatchObject({ width: expect.closeTo(128, 1), height: expect.closeTo(186, 1) });
    expect((seal?.box.x ?? 0) + 64).toBeCloseTo(60 + 27 + 40, 0);
    expect((seal?.box.y ?? 0) + 186).toBeGreaterThan(480 - 20);
    expect((seal?.box.y ?? 0) + 186).toBeLessThan(480);
  });
});

describe('a place that cannot be', () => {
  const box = { x: 300, y: 90, width: 180, height: 96 };
  const wrong: readonly (readonly [what: string, placement: object, code: string])[] = [
    ['off the page', { page: 1, box: { ...box, x: 500 } }, 'pdf_placement'],
    ['below the page', { page: 1, box: { ...box, y: -20 } }, 'pdf_placement'],
    ['a page that there is not', { page: 2, box }, 'pdf_placement'],
    ['a box in millimetres', { page: 1, box: { x: 30, y: 9, width: 18, height: 9 } }, 'pdf_placement'],
    ['a text that there is not', { anchor: { text: 'GIÁM ĐỐC' } }, 'pdf_anchor_not_found'],
    ['a second of what there is once', { anchor: { text: 'Nơi nhận:', occurrence: 2 } }, 'pdf_anchor_not_found'],
    ['beneath a text, off the page', { anchor: { text: 'Nơi nhận:', offset: { x: 0, y: -400 } } }, 'pdf_placement'],
    ['a text of a page that there is not', { anchor: { text: 'Nơi nhận:', page: 7 } }, 'pdf_placement'],
    ['page nought', { page: 0, box }, 'invalid_field'],
    ['a box without width', { page: 1, box: { ...box, width: 0 } }, 'invalid_field'],
    ['both', { page: 1, box, anchor: { text: 'Nơi nhận:' } }, 'invalid_field'],
  ];
  let draft: Awaited<ReturnType<typeof drafted>>;
  let signed: Awaited<ReturnType<typeof drafted>>;
  beforeAll(async () => {
    world.time.now = NOW;
    draft = await drafted(letter(0));
    signed = await drafted(letter(0));
    await must(ask(HEAD, `POST ${signed.path}/sign`, signed.shown));
    await world.settle(signed.code);
  });

  it.each(wrong)('%s: is refused at once, and nothing is stored', async (_, placement, code) => {
    const before = await Promise.all([draft, signed].map(({ path }) => ask(DRAFTER, `GET ${path}`)));
    const order = { ...draft.shown, placement };
    expect((await ask(HEAD, `POST ${draft.path}/sign`, order)).body.code).toBe(code);
    expect((await ask(SEALER, `POST ${signed.path}/issue`, { placement })).body.code).toBe(code);
    expect(await Promise.all([draft, signed].map(({ path }) => ask(DRAFTER, `GET ${path}`)))).toEqual(before);
  });

  it('takes no number: the next one that is issued follows the last', async () => {
    const { body } = await must(ask(SEALER, `POST ${signed.path}/issue`));
    const [, taken] = /^(\d+)\//.exec(body.number ?? '') ?? [];
    // Three were issued before it.
    expect(Number(taken)).toBe(4);
  });
});

describe('an answer', () => {
  it('signed with a key of one’s own and sealed: both where they were put', async () => {
    const made = await cases.drafted();
    const path = `/api/petitions/${made.code}/answer` as const;
    const box = { x: 60, y: 400, width: 210, height: 62 };
    const wrong = { sha256: made.sha256, placement: { page: 3, box } };
    expect((await cases.petition(LEADER, `POST ${path}/signing/prepare`, wrong)).body).toMatchObject({
      code: 'pdf_placement',
    });
    const order = { sha256: made.sha256, placement: { page: 1, box, style: 'plain' } };
    const { body } = await must(cases.petition(LEADER, `POST ${path}/signing/prepare`, order));
    const handedIn = { session: body.session, signature: signAtHome('p256', LEADER.sub, body) };
    await must(cases.complete(LEADER, made.code, handedIn));
    await world.settle(made.code, ['sign-receipt']);
    const sealed = { x: 20, y: 380, width: 64, height: 67 };
    await must(cases.petition(CLERK, `POST ${path}/issue`, { placement: { page: 1, box: sealed } }));
    await world.settle(made.code, ['sign-receipt']);
    const [signature, seal] = await standing(made.documentId);
    near(signature, 0, box);
    near(seal, 0, sealed);
  });

  it('what was redrafted and approved anew stands at its usual place again', async () => {
    const made = await cases.drafted();
    const path = `/api/petitions/${made.code}/answer` as const;
    const sign = async (sha256: string, placement?: object) => {
      const { body } = await must(cases.prepare(LEADER, made.code, sha256, undefined, placement));
      const handedIn = { session: body.session, signature: signAtHome('p256', LEADER.sub, body) };
      await must(cases.complete(LEADER, made.code, handedIn));
      await world.settle(made.code, ['sign-receipt']);
    };
    const box = { x: 60, y: 400, width: 210, height: 112 };
    await sign(made.sha256, { page: 1, box });
    const again = await cases.redraft(made.code);
    const { body } = await callApi<Answer>(world.signing, LEADER, `GET ${path}/signing/places`);
    expect(body.signature?.style).toBe('full');
    await sign(again.sha256);
    const [signature] = await standing(again.documentId);
    near(signature, 0, body.signature!.box);
    expect(body.signature!.box).not.toEqual(box);
  });
});

it.each<[string, Caller, string, string]>([
  ['a stranger', { sub: 'stranger-1' }, 'not_found', 'not_found'],
  ['a neighbour’s leader', LEADER, 'not_found', 'not_found'],
  ['the citizen', LAN, 'not_found', 'not_found'],
  ['the officer', DRAFTER, 'forbidden', 'forbidden'],
  ['the clerk', SEALER, 'forbidden', ''],
  ['the leader', HEAD, '', 'forbidden'],
])('%s asks for the places: to whom the step belongs they are shown', async (_, who, toSign, toSeal) => {
  shared ??= await bothSteps();
  const codeOf = async (path: `/api/${string}`) => {
    const { status, body } = await ask(who, `GET ${path}/signing/places`);
    return status === 200 ? '' : body.code;
  };
  expect(await codeOf(shared.draft)).toBe(toSign);
  expect(await codeOf(shared.signed)).toBe(toSeal);
});
let shared: { draft: `/api/${string}`; signed: `/api/${string}` } | undefined;

async function bothSteps() {
  const [draft, signed] = [await drafted(letter(0)), await drafted(letter(0))];
  await must(ask(HEAD, `POST ${signed.path}/sign`, signed.shown));
  await world.settle(signed.code);
  return { draft: draft.path, signed: signed.path };
}

it('once it is issued there is nothing left to place', async () => {
  const { code } = await cases.drafted();
  const path = `/api/petitions/${code}/answer` as const;
  expect((await cases.petition(OFFICER, `GET ${path}/signing/places`)).body).toMatchObject({ code: 'forbidden' });
  const fresh = { kind: 'feedback', unit: HOANG_HOA, subject: 'Đèn', text: 'Đèn hỏng.' };
  const { body } = await must(cases.petition(LAN, 'POST /api/petitions', fresh));
  const other = `GET /api/petitions/${(body as { code?: string }).code}/answer/signing/places` as const;
  expect((await cases.petition(LEADER, other)).body).toMatchObject({ code: 'invalid_state' });
});
