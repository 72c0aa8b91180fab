import { describe, expect, it } from 'vitest';
import { cleanName, oneLine, prose } from '../../../lib/platform/text.ts';

describe('text that people write', () => {
  it('is kept as it is seen: composed, without controls and hidden characters', () => {
    const nfd = 'Đường hỏng'.normalize('NFD');
    expect(oneLine(300).parse(` ${nfd}\r\nBcc: x\u0000 \u202efdp.exe\u2066\u200b `)).toBe('Đường hỏng Bcc: x  fdp.exe');
    expect(prose(300).parse('Một\r\n\r\nHai\u0007\tBa\u202e')).toBe('Một\n\nHai\tBa');
  });

  it('leaves joined characters whole', () => {
    expect(oneLine(20).parse('👩‍🌾 làm ruộng')).toBe('👩‍🌾 làm ruộng');
  });

  it('is refused when nothing can be seen of it, or when it is too long', () => {
    for (const text of ['', ' ', '\u200b', '\u202e\n']) expect(oneLine(10).safeParse(text).success).toBe(false);
    expect(prose(3).safeParse('bốn!').success).toBe(false);
  });

  it('is shortened where it comes from the sign-in', () => {
    expect(cleanName(`${'x'.repeat(199)}😀y`)).toHaveLength(200);
    expect(cleanName('Lan\nCơ quan nhận: khác')).toBe('Lan Cơ quan nhận: khác');
  });
});
