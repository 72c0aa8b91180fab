import { expect, it } from 'vitest';
import { successionOf } from '../../../lib/directory/succession.ts';
import { type Unit, unitRecord } from '../../../lib/directory/unit.ts';
import { ProblemError } from '../../../lib/platform/errors.ts';
import { remarksOnUnit } from '../../../lib/verification/remarks.ts';

const unit = (code: string, name: string, facts: Partial<Record<keyof Unit, unknown>> = {}): Unit =>
  unitRecord.parse({
    ...{ code, name, notation: 'UBND', place: name, tier: 'commune', from: '2000-01-01', version: 1 },
    ...facts,
  });

const UNITS = [
  unit('H56.1', 'Xã Một', { until: '2025-06-30', successors: ['H56.2'] }),
  unit('H56.2', 'Xã Hai', { from: '2025-07-01', until: '2030-12-31', successors: ['H56.3'] }),
  unit('H56.3', 'Phường Ba', { from: '2031-01-01' }),
  unit('H56.4', 'Huyện Bốn', { until: '2025-06-30', successors: ['H56.2', 'H56.5'] }),
  unit('H56.5', 'Xã Năm', { from: '2025-07-01' }),
  unit('H56.6', 'Xã Sáu', { until: '2025-06-30' }),
  unit('H56.7', 'Xã Bảy', { until: '2025-06-30', successors: ['H56.8'] }),
  unit('H56.8', 'Xã Tám', { until: '2025-06-30', successors: ['H56.7', 'H56.99'] }),
];
const directory = {
  unit: async (code: string) => {
    const found = UNITS.find((item) => item.code === code);
    if (!found) throw new ProblemError('unit_unknown');
    return found;
  },
};
const at = (day: string) => Date.parse(`${day}T09:00:00+07:00`);
const of = (code: string, day: string) => successionOf(directory, code as Unit['code'], at(day));
const words = async (code: string, day: string) => {
  const found = await of(code, day);
  return found ? remarksOnUnit(found).map((remark) => remark.en) : undefined;
};

it('is empty as long as the unit is in office, its last day included', async () => {
  expect(await of('H56.1', '2025-06-30')).toEqual({ code: 'H56.1', name: 'Xã Một', successors: [] });
  expect(await words('H56.1', '2025-06-30')).toEqual([]);
});

it('begins the day after, and follows each successor as of then', async () => {
  expect(await of('H56.1', '2025-07-01')).toEqual({
    code: 'H56.1',
    name: 'Xã Một',
    until: '2025-06-30',
    successors: [{ code: 'H56.2', name: 'Xã Hai', of: 'H56.1', from: '2025-07-01' }],
  });
  expect(await words('H56.1', '2025-07-01')).toEqual(['Since 1 July 2025 Xã Một belongs to Xã Hai.']);
  expect(await words('H56.1', '2031-01-01')).toEqual([
    'Since 1 July 2025 Xã Một belongs to Xã Hai.',
    'Since 1 January 2031 Xã Hai belongs to Phường Ba.',
  ]);
});

it('names all where a unit was divided, and says where the directory names nobody', async () => {
  expect(await words('H56.4', '2026-01-01')).toEqual(['Since 1 July 2025 Huyện Bốn belongs to Xã Hai, Xã Năm.']);
  expect(await words('H56.6', '2026-01-01')).toEqual([
    'Xã Sáu ended on 30 June 2025; the directory names no successor.',
  ]);
  expect(await of('H56.77', '2026-01-01')).toBeUndefined();
});

it('ends where successors lead back', async () => {
  expect((await of('H56.7', '2026-01-01'))?.successors.map((item) => item.code)).toEqual(['H56.8']);
});
