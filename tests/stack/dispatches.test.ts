import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '../../cli/client.ts';
import { HOANG_GIANG, PROVINCE, QUANG_BINH } from '../../cli/demo/people.ts';
import type { DispatchView, IncomingView } from '../../lib/exchange/exchange-view.ts';
import { type Laptop, REDELIVERY_MS, startLaptop } from '../support/laptop.ts';
import { samplePdf } from '../unit/pdf/sample-pdf.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let laptop: Laptop;
let salt = 0;
beforeAll(async () => {
  laptop = await startLaptop();
});
afterAll(() => laptop?.close());

const settled = () => laptop.settled();

/** A dispatch that its leader has signed; its code. */
async function signed(recipients: readonly string[]): Promise<string> {
  const officer = await laptop.as('provinceOfficer');
  const documentId = await laptop.upload(officer, samplePdf({ trailer: `/Salt (dispatch ${salt++})` }), PROVINCE);
  const draft = { unit: PROVINCE, documentId, type: 'ke-hoach', subject: 'Kế hoạch', recipients };
  const { code, sha256 } = await officer.post<DispatchView>('/api/dispatches', draft);
  await laptop.post('provinceLeader', `/api/dispatches/${code}/sign`, { sha256 });
  await settled();
  return code;
}

async function arrived(unit: string, reference: string | undefined): Promise<IncomingView[]> {
  const clerk = unit === HOANG_GIANG ? 'communeClerk' : 'neighbourClerk';
  const { items } = await laptop.get<{ items: IncomingView[] }>(clerk, `/api/incoming?unit=${unit}&limit=100`);
  return items.filter((item) => item.reference === reference);
}

describe('dispatches on the stack that deploys', () => {
  it('arrive once at each recipient, wherever the workers die, and what the recipients do comes back', async () => {
    let struck = 0;
    for (let call = 1; call <= 8; call++) {
      const code = await signed([HOANG_GIANG, QUANG_BINH]);
      const path = `/api/dispatches/${code}`;
      const trap = laptop.stack.faults.killAfterCall({ functionId: 'ba-khong-dev-delivery-worker', call });
      await laptop.post('provinceClerk', `${path}/issue`);
      await settled();
      if (trap.fired) struck++;
      trap.disarm();
      await laptop.stack.advance(REDELIVERY_MS);
      const { number, recipients } = await laptop.get<DispatchView>('provinceClerk', path);
      expect(recipients.map((item) => item.status)).toEqual(['01', '01']);
      const [mine, others] = [await arrived(HOANG_GIANG, number), await arrived(QUANG_BINH, number)];
      expect([mine.length, others.length]).toEqual([1, 1]);
      expect(mine[0]?.verdict).toMatchObject({ passed: true });
      if (call > 2) continue;

      const back = laptop.stack.faults.killAfterCall({ functionId: 'ba-khong-dev-delivery-worker', call: call + 1 });
      await laptop.post('communeClerk', `/api/incoming/${mine[0]?.code}/register`);
      await laptop.post('neighbourClerk', `/api/incoming/${others[0]?.code}/return`, { reason: 'Gửi nhầm.' });
      await settled();
      back.disarm();
      await laptop.stack.advance(REDELIVERY_MS);
      const done = await laptop.get<DispatchView>('provinceClerk', path);
      expect(done.recipients.map((item) => item.status)).toEqual(['03', '02']);
      // To sign, to issue, registered, returned: each once.
      expect(await laptop.mailsOf(code)).toHaveLength(4);
    }
    expect(struck).toBeGreaterThan(5);
  });

  it('are not seen by those whom they do not concern', async () => {
    const code = await signed([HOANG_GIANG]);
    const view = await laptop.get<DispatchView>('provinceOfficer', `/api/dispatches/${code}`);
    for (const outsider of ['citizenThao', 'neighbourClerk', 'communeClerk', 'operator'] as const) {
      const client = await laptop.as(outsider);
      await expect(client.get(`/api/dispatches/${code}`)).rejects.toMatchObject({ code: 'not_found' });
      await expect(client.post(`/api/dispatches/${code}/issue`)).rejects.toMatchObject({ code: 'not_found' });
      await expect(client.get(`/api/documents/${view.documentId}`)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('are numbered without a gap when a hundred are issued at once', async () => {
    const register = async () => {
      const path = `/api/registers/${PROVINCE}/outgoing/2026?limit=100`;
      const first = await laptop.get<{ items: { number: number }[]; cursor?: string }>('provinceClerk', path);
      const more = first.cursor === undefined ? '' : `&cursor=${encodeURIComponent(first.cursor)}`;
      const rest = more ? (await laptop.get<typeof first>('provinceClerk', path + more)).items : [];
      return [...first.items, ...rest].map((item) => item.number);
    };
    const before = (await register()).length;
    const codes: string[] = [];
    for (let i = 0; i < 10; i++)
      codes.push(...(await Promise.all(Array.from({ length: 10 }, () => signed([HOANG_GIANG])))));
    const clerk = await laptop.as('provinceClerk');
    const issue = async (code: string): Promise<string | undefined> => {
      const idempotencyKey = `issue-${code}`;
      for (;;) {
        try {
          return (await clerk.post<DispatchView>(`/api/dispatches/${code}/issue`, {}, { idempotencyKey })).number;
        } catch (error) {
          // A busy service says so; its client asks again under the same key.
          if (!(error instanceof ApiProblem) || error.status < 429) throw error;
        }
      }
    };
    const numbers = await Promise.all(codes.map(issue));
    expect(new Set(numbers).size).toBe(100);
    await settled();
    expect(await register()).toEqual(Array.from({ length: before + 100 }, (_, i) => i + 1));
  });
});
