import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UnitCode } from '../../../lib/access/actor.ts';
import { documentClient } from '../../../lib/platform/aws/clients.ts';
import { Table } from '../../../lib/platform/aws/table.ts';
import { CommitConflict } from '../../../lib/platform/commit-conflict.ts';
import { DOCUMENT_TYPE_EDITIONS, documentTypeAt, documentTypesAt } from '../../../lib/registers/document-types.ts';
import { formatNumberAndSymbol } from '../../../lib/registers/number.ts';
import { RegisterStore } from '../../../lib/registers/register-store.ts';
import { type SequenceRule, sequenceFault, sequenceOf } from '../../../lib/registers/sequence-rules.ts';
import { takeNumber } from '../../../lib/registers/take-number.ts';
import { backOff, type OnceDeps, once } from '../../../lib/requests/once.ts';
import { type Aws, startAws, TABLE_NAME } from '../../support/aws.ts';

/** The stack's own test takes a hundred. */
const MANY = 40;

const at = (day: string, time = '12:00:00') => Date.parse(`${day}T${time}+07:00`);

describe('document types', () => {
  it('are the 29 of the decree, each abbreviation its own', () => {
    for (const { types } of DOCUMENT_TYPE_EDITIONS) {
      expect(types).toHaveLength(29);
      expect(new Set(types.map((type) => type.id)).size).toBe(29);
      const abbreviations = types.flatMap((type) => type.abbreviation ?? []);
      expect(new Set(abbreviations).size).toBe(27);
      expect(types.filter((type) => !type.abbreviation).map((type) => type.id)).toEqual(['cong-van', 'thu-cong']);
    }
  });

  it('are not known for days before the decree', () => {
    expect(() => documentTypesAt('2020-03-04')).toThrow(RangeError);
    expect(documentTypeAt('quyet-dinh', '2020-03-05')?.abbreviation).toBe('QĐ');
    expect(documentTypeAt('tho', '2026-01-01')).toBeUndefined();
  });
});

describe('number and symbol', () => {
  it.each([
    [1, 'quyet-dinh', undefined, '01/QĐ-UBND'],
    [12, 'quyet-dinh', 'VP', '12/QĐ-UBND'],
    [123, 'to-trinh', undefined, '123/TTr-UBND'],
    [5, 'cong-van', 'VP', '05/UBND-VP'],
    [5, 'cong-van', undefined, '05/UBND'],
  ])('writes number %i of a %s as %s → %s', (number, id, drafter, text) => {
    const type = documentTypeAt(id, '2026-03-09')!;
    expect(formatNumberAndSymbol(number, { type, notation: 'UBND', drafter })).toBe(text);
  });
});

describe('rules of numbering', () => {
  const rules: SequenceRule[] = [
    { from: '2026-01-01', sequences: [{ id: 'quyet-dinh', types: ['quyet-dinh'] }] },
    { from: '2027-01-01', sequences: [] },
  ];
  it.each([
    ['quyet-dinh', '2025-12-31', 'chung'],
    ['quyet-dinh', '2026-01-01', 'quyet-dinh'],
    ['cong-van', '2026-06-01', 'chung'],
    ['quyet-dinh', '2027-01-01', 'chung'],
  ])('a %s of %s is numbered in %s', (type, day, sequence) => {
    expect(sequenceOf(rules, type, day)).toBe(sequence);
  });

  it('names what is wrong with them', () => {
    expect(sequenceFault(rules)).toBeUndefined();
    expect(sequenceFault([...rules, rules[0]!])).toMatch(/same day/);
    const both = [
      { id: 'a', types: ['x'] },
      { id: 'a', types: ['y'] },
    ];
    expect(sequenceFault([{ from: '2026-01-01', sequences: both }])).toMatch(/same id/);
  });
});

describe('taking numbers', () => {
  let aws: Aws;
  let table: Table;
  let registers: RegisterStore;
  beforeAll(async () => {
    aws = await startAws();
    table = new Table(documentClient(), TABLE_NAME);
    registers = new RegisterStore(table);
  });
  afterAll(() => aws.close());

  const unit = (code: string, numbering: SequenceRule[] = []) => ({
    code: code as UnitCode,
    notation: 'UBND',
    numbering,
  });
  const outgoing = (of: ReturnType<typeof unit>, type: string, when: number, caseId = 'c') =>
    takeNumber({ registers }, { register: 'outgoing', unit: of, type, caseId, at: when });
  const sequence = (code: string, year: number, id = 'chung') =>
    ({ register: 'outgoing', unit: code as UnitCode, year, sequence: id }) as const;

  it('starts from 01 on 1 January, Viet Nam time', async () => {
    const of = unit('H56.1');
    const take = async (when: number) => {
      const taken = await outgoing(of, 'quyet-dinh', when);
      await table.commit(taken.writes);
      return taken.text;
    };
    expect(await take(at('2026-12-31', '23:59:59'))).toBe('01/QĐ-UBND');
    expect(await take(at('2026-12-31', '23:59:59'))).toBe('02/QĐ-UBND');
    expect(await take(at('2027-01-01', '00:00:00'))).toBe('01/QĐ-UBND');
  });

  it('keeps units, registers and sequences apart', async () => {
    const rules = [{ from: '2026-01-01', sequences: [{ id: 'qd', types: ['quyet-dinh'] }] }];
    const of = unit('H56.2', rules);
    for (const type of ['quyet-dinh', 'cong-van', 'to-trinh']) {
      await table.commit((await outgoing(of, type, at('2026-03-09'))).writes);
    }
    expect(await registers.last(sequence('H56.2', 2026, 'qd'))).toBe(1);
    expect(await registers.last(sequence('H56.2', 2026))).toBe(2);
    const incoming = await takeNumber(
      { registers },
      {
        register: 'incoming',
        unit: of,
        reference: '12/QĐ-UBND',
        counterpart: 'H56.1' as UnitCode,
        caseId: 'x',
        at: at('2026-03-09'),
      },
    );
    expect(incoming).toMatchObject({ text: '01', entry: { reference: '12/QĐ-UBND', counterpart: 'H56.1' } });
  });

  it('loses no number to a transaction that fails', async () => {
    const of = unit('H56.3');
    const first = await outgoing(of, 'bao-cao', at('2026-03-09'));
    const second = await outgoing(of, 'bao-cao', at('2026-03-09'));
    await table.commit(first.writes);
    await expect(table.commit(second.writes)).rejects.toBeInstanceOf(CommitConflict);
    expect((await outgoing(of, 'bao-cao', at('2026-03-09'))).text).toBe('02/BC-UBND');
  });

  it('refuses a type that is none', async () => {
    await expect(outgoing(unit('H56.3'), 'tho', at('2026-03-09'))).rejects.toMatchObject({
      code: 'invalid_field',
      field: 'type',
    });
  });

  it('gives turns one after the other, without a wait for who comes alone, and turns the last of a long line away', async () => {
    let now = at('2026-03-09');
    const waits: number[] = [];
    const patient = new RegisterStore(table, { now: () => now }, async (ms) => void waits.push(ms));
    const line = sequence('H56.5', 2026);
    for (let n = 0; n < 4; n++) await patient.turn(line);
    expect(waits).toEqual([60, 120, 180]);
    await patient.turn(sequence('H56.6', 2026));
    now += 10_000;
    await patient.turn(line);
    expect(waits).toEqual([60, 120, 180]);
    now -= 13_000; // as if 200 had come before
    await expect(patient.turn(line)).rejects.toMatchObject({ code: 'busy' });
  });

  it('is gapless and unique with many at once', { timeout: 30_000 }, async () => {
    const of = unit('H56.4');
    const deps: OnceDeps = { requests: { earlier: async () => undefined }, backOff: backOff(Math.random) };
    const dispatches = Array.from({ length: MANY }, (_, n) => `case-${n}`);
    const answers = await Promise.all(
      dispatches.map((caseId) =>
        once(deps, { actorId: 'a', key: caseId, fingerprint: caseId }, async () => {
          const taken = await outgoing(of, 'quyet-dinh', at('2026-03-09'), caseId);
          await table.commit(taken.writes);
          return { status: 200, body: taken.number };
        }),
      ),
    );
    const numbers = answers.map((answer) => answer.body as number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: MANY }, (_, n) => n + 1));
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await registers.entries(sequence('H56.4', 2026), { limit: 15, cursor });
      listed.push(...page.items.map((entry) => entry.text));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(listed).toEqual(numbers.map((number) => `${String(number).padStart(2, '0')}/QĐ-UBND`));
  });
});
