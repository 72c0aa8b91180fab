import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEMO_PEOPLE, HOANG_GIANG } from '../../cli/demo/people.ts';
import type { PetitionView } from '../../lib/petitions/petition-view.ts';
import type { VerificationView } from '../../lib/verification/verification-view.ts';
import type { JsonObject, Template } from '../../local/assembly/template.ts';
import { isObject } from '../../local/assembly/template.ts';
import { type Laptop, REDELIVERY_MS, startLaptop } from '../support/laptop.ts';
import { samplePdf } from '../unit/pdf/sample-pdf.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

interface Evidence {
  readonly whole: boolean;
  readonly events: readonly { readonly type: string; readonly seq: number }[];
}

let salt = 0;
const pdf = () => samplePdf({ trailer: `/Salt (stack ${salt++})` });
const submission = { kind: 'feedback', unit: HOANG_GIANG, subject: 'Nắp cống bị sập', text: 'Đề nghị sửa.' };

describe('petitions on the stack that deploys', () => {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await startLaptop();
  });
  afterAll(() => laptop?.close());

  const settled = () => laptop.settled();
  const read = (path: string) => laptop.get<PetitionView>('communeLeader', path);

  it('are answered, mailed, and verified from the downloaded bytes', async () => {
    const citizen = await laptop.as('citizenThao');
    const attachment = await laptop.upload(citizen, pdf());
    const { code } = await citizen.post<PetitionView>('/api/petitions', { ...submission, attachments: [attachment] });
    const path = `/api/petitions/${code}`;
    await settled();
    await laptop.post('communeClerk', `${path}/accept`);
    await laptop.post('communeClerk', `${path}/assign`, { assignee: DEMO_PEOPLE.communeOfficer.sub });
    await laptop.post('communeOfficer', `${path}/answer`, { text: 'Ủy ban nhân dân xã đã sửa.' });
    await settled();
    await laptop.post('communeLeader', `${path}/answer/sign`, { sha256: (await read(path)).draft?.sha256 });
    await settled();
    await laptop.post('communeClerk', `${path}/answer/issue`);
    await settled();

    const answered = await citizen.get<PetitionView>(path);
    expect(answered).toMatchObject({ state: 'answered', number: '01/UBND', onTime: true });
    for (const { id, role } of answered.documents.filter((item) => item.role !== 'attachment')) {
      const verdict = await laptop.anyone.postPdf<VerificationView>('/api/verify', await laptop.download(citizen, id));
      expect(verdict).toMatchObject({ genuine: true, status: 'TOTAL_PASSED', issued: { what: role, code } });
    }
    const { items } = await laptop.anyone.get<{ items: { what: string; number?: string }[] }>(`/api/verify/${code}`);
    expect(items).toMatchObject([{ what: 'receipt' }, { what: 'answer', number: '01/UBND' }]);

    const evidence = await citizen.get<Evidence>(`${path}/evidence`);
    expect(evidence.whole).toBe(true);
    // Arrived, received, accepted, assigned, to sign, to issue, answered: each once.
    expect(await laptop.mailsOf(code)).toHaveLength(7);
    expect(new Set(await laptop.mailsOf(code)).size).toBe(7);

    const stranger = await laptop.as('citizenBinh');
    const neighbour = await laptop.as('neighbourClerk');
    for (const outsider of [stranger, neighbour]) {
      await expect(outsider.get(path)).rejects.toMatchObject({ code: 'not_found' });
      await expect(outsider.post(`${path}/accept`)).rejects.toMatchObject({ code: 'not_found' });
      const answer = answered.documents.find((item) => item.role === 'answer')?.id;
      await expect(outsider.get(`/api/documents/${answer}`)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(laptop.anyone.get(path)).rejects.toMatchObject({ status: 401 });
  });

  it('end the same wherever the workers die: one receipt, one signature, one number, one seal, one mail of each kind', async () => {
    const numbers: string[] = [];
    let struck = 0;
    for (let call = 1; call <= 9; call++) {
      const traps: { readonly fired: boolean; disarm(): void }[] = [];
      const arm = () => {
        for (const name of ['sign-worker', 'relay']) {
          traps.push(laptop.stack.faults.killAfterCall({ functionId: `ba-khong-dev-${name}`, call }));
        }
      };
      /** Lets everything happen, with a worker dying on the way; then its work comes back. */
      const recovered = async () => {
        await settled();
        for (const trap of traps.splice(0)) {
          if (trap.fired) struck++;
          trap.disarm();
        }
        await laptop.stack.advance(REDELIVERY_MS);
      };
      arm();
      const { code } = await laptop.post<PetitionView>('citizenThao', '/api/petitions', submission);
      const path = `/api/petitions/${code}`;
      await recovered();
      await laptop.post('communeClerk', `${path}/accept`);
      await laptop.post('communeClerk', `${path}/assign`, { assignee: DEMO_PEOPLE.communeOfficer.sub });
      const documentId = await laptop.upload(await laptop.as('communeOfficer'), pdf());
      await laptop.post('communeOfficer', `${path}/answer`, { documentId });
      await settled();
      arm();
      await laptop.post('communeLeader', `${path}/answer/sign`, { sha256: (await read(path)).draft?.sha256 });
      await recovered();
      arm();
      await laptop.post('communeClerk', `${path}/answer/issue`);
      await recovered();

      const citizen = await laptop.as('citizenThao');
      const { state, number, documents } = await citizen.get<PetitionView>(path);
      expect({ call, state }).toEqual({ call, state: 'answered' });
      numbers.push(number ?? '');
      const { whole, events } = await citizen.get<Evidence>(`${path}/evidence`);
      expect(whole).toBe(true);
      expect(events.map((event) => event.type).sort()).toEqual([
        'petition.accepted',
        'petition.answer-approved',
        'petition.answer-drafted',
        'petition.answer-numbered',
        'petition.answer-signed',
        'petition.answered',
        'petition.assigned',
        'petition.receipt-sealed',
        'petition.submitted',
      ]);
      const answer = documents.find((item) => item.role === 'answer')?.id ?? '';
      const { versions } = await citizen.get<{ versions: { kind: string }[] }>(`/api/documents/${answer}`);
      expect(versions.map((version) => version.kind)).toEqual(['original', 'signed', 'sealed']);
      const verdict = await laptop.anyone.postPdf<VerificationView>(
        '/api/verify',
        await laptop.download(citizen, answer),
      );
      expect(verdict).toMatchObject({ genuine: true, status: 'TOTAL_PASSED' });
      expect(verdict.signatures).toHaveLength(2);
      const mails = await laptop.mailsOf(code);
      expect(mails).toHaveLength(7);
      expect(new Set(mails).size).toBe(7);
    }
    expect(struck).toBeGreaterThan(20);
    // The first test took 01.
    expect(numbers).toEqual(Array.from({ length: 9 }, (_, i) => `${String(i + 2).padStart(2, '0')}/UBND`));
  });
});

describe('a grant that was forgotten', () => {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await startLaptop({
      transformTemplate: (template) => withoutGrant(template, 'SigningWorker', 'kms:Sign'),
    });
  });
  afterAll(() => laptop?.close());

  it('fails the job with AccessDenied, and the petition waits instead of being lost', async () => {
    const { code } = await laptop.post<PetitionView>('citizenThao', '/api/petitions', submission);
    await laptop.settled();
    const petition = await laptop.get<PetitionView>('citizenThao', `/api/petitions/${code}`);
    expect(petition).toMatchObject({ state: 'submitted', working: true, documents: [] });
    expect(laptop.lines.some(({ text }) => text.includes('kms:Sign'))).toBe(true);
    expect(await laptop.mailsOf(code)).toHaveLength(1);
  });
});

/** The template with an action taken out of the policies of one role. */
function withoutGrant(template: Template, role: string, action: string): Template {
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    const mine = resource.Type === 'AWS::IAM::Policy' && id.startsWith(role);
    return [id, mine ? { ...resource, Properties: without(resource.Properties ?? {}, action) } : resource];
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}

function without(value: JsonObject, action: string): JsonObject {
  const strip = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.filter((entry) => entry !== action).map(strip);
    if (!isObject(item as never)) return item;
    return Object.fromEntries(Object.entries(item as JsonObject).map(([name, entry]) => [name, strip(entry)]));
  };
  return strip(value) as JsonObject;
}
