import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCharacter, newCaseCode, newId, parseCaseCode, parseId, systemRandom } from '../../../lib/platform/ids.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const body = fc.array(fc.constantFrom(...ALPHABET), { minLength: 8, maxLength: 8 }).map((parts) => parts.join(''));

describe('case codes', () => {
  it('reads back a code however it was typed', () => {
    const code = newCaseCode('PA', systemRandom);
    expect(code).toMatch(/^PA-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$/);
    expect(parseCaseCode(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(code);
  });

  it('takes O for 0 and I or L for 1', () => {
    const check = checkCharacter('01010101');
    expect(parseCaseCode(`PAOIOL0l0i${check}`)).toBe(`PA-0101-0101-${check}`);
  });

  it('catches every single wrong character', () => {
    fc.assert(
      fc.property(body, fc.nat(8), fc.constantFrom(...ALPHABET), (text, at, other) => {
        const full = [...text, checkCharacter(text)];
        fc.pre(full[at] !== other);
        full[at] = other;
        expect(() => parseCaseCode(`PA${full.join('')}`)).toThrow(/check character/);
      }),
    );
  });

  it('catches every swap of two characters', () => {
    fc.assert(
      fc.property(body, fc.nat(8), fc.nat(8), (text, a, b) => {
        const full = [...text, checkCharacter(text)];
        fc.pre(full[a] !== full[b]);
        [full[a], full[b]] = [full[b] as string, full[a] as string];
        expect(() => parseCaseCode(`PA${full.join('')}`)).toThrow(/check character/);
      }),
    );
  });

  it('refuses other shapes as not found', () => {
    for (const text of ['', 'PA', 'PA-1234', '12-3456-7890-1', 'PA-UUUU-UUUU-U', '../../etc']) {
      expect(() => parseCaseCode(text)).toThrow(expect.objectContaining({ code: 'not_found' }));
    }
  });
});

describe('ids', () => {
  it('are 26 characters that their parser accepts, and differ', () => {
    const ids = new Set(Array.from({ length: 200 }, () => newId(systemRandom)));
    expect(ids.size).toBe(200);
    for (const id of ids) expect(parseId(id)).toBe(id);
  });
});
