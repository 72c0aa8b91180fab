import { describe, expect, it } from 'vitest';
import { composeMail } from '../../../lib/notifications/compose-mail.ts';
import { isTemplate, TEMPLATES, type TemplateName } from '../../../lib/notifications/templates.ts';

const FACTS = {
  code: 'PA-7K3M-9QXD-4',
  due: '30/03/2026',
  number: '12/QĐ-UBND',
  unit: 'H56.12.03',
  replacement: '02/UBND',
  upload: '7Z',
  problem: 'pdf_encrypted',
};
const PORTAL = 'https://ba-khong.example/';

describe('every mail', () => {
  it.each(Object.keys(TEMPLATES) as TemplateName[])('%s is whole in both languages, in text and HTML', (name) => {
    for (const language of ['vi', 'en'] as const) {
      const mail = composeMail(name, FACTS, language, PORTAL);
      const [first, second] = language === 'vi' ? ['vi', 'en'] : ['en', 'vi'];
      expect(`${mail.subject}${mail.text}${mail.html}`).not.toMatch(/[{}]|undefined/);
      expect(mail.subject).not.toMatch(/\p{Cc}/u);
      expect(mail.html).toMatch(
        new RegExp(`<html lang="${first}">.*<section lang="${first}">.*<section lang="${second}">`),
      );
      expect(mail.text).toContain('https://ba-khong.example/');
    }
  });
});

describe('composing', () => {
  it("puts the person's language first", () => {
    const vi = composeMail('petition.answered', FACTS, 'vi', PORTAL);
    expect(vi.subject).toBe('Đã có trả lời kiến nghị PA-7K3M-9QXD-4 / Petition PA-7K3M-9QXD-4 answered');
    expect(vi.text).toMatch(/^Cơ quan đã trả lời kiến nghị PA-7K3M-9QXD-4 bằng văn bản số 12\/QĐ-UBND/);
    expect(vi.text).toContain('Xem tại: https://ba-khong.example/petitions/PA-7K3M-9QXD-4');
    expect(composeMail('petition.answered', FACTS, 'en', PORTAL).subject).toMatch(/^Petition .* \/ Đã có trả lời/);
  });

  it('says a problem in words', () => {
    const { text } = composeMail('upload.refused', FACTS, 'vi', PORTAL);
    expect(text).toContain('Lý do: Tệp PDF có mật khẩu; hãy bỏ mật khẩu rồi gửi lại.');
    expect(text).toContain('Reason: The PDF is encrypted; remove the password and send it again.');
  });

  it('lets no fact break out of a header, a page or a link', () => {
    const hostile = { ...FACTS, code: 'x\r\nBcc: a@b.example <script>"' };
    const mail = composeMail('petition.arrived', hostile, 'vi', PORTAL);
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.html).not.toContain('<script>');
    expect(mail.html).toContain(
      'href="https://ba-khong.example/petitions/x%0D%0ABcc%3A%20a%40b.example%20%3Cscript%3E%22"',
    );
  });

  it('is never sent with a fact missing', () => {
    expect(() => composeMail('petition.accepted', { code: 'PA' }, 'vi', PORTAL)).toThrow(/due/);
    expect(() => composeMail('upload.refused', { upload: 'u', problem: 'toString' }, 'vi', PORTAL)).toThrow();
    expect(isTemplate('toString')).toBe(false);
  });
});
