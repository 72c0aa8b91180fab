import type { Language } from '../directory/person.ts';
import { CATALOG, type Code } from '../platform/errors-catalog.ts';
import { TEMPLATES, type Template, type TemplateName } from './templates.ts';

export type Facts = Readonly<Record<string, string | number>>;

/** A mail ready to be sent: the same content as plain text and as HTML. */
export interface ComposedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const WORDS = {
  vi: {
    open: 'Xem tại',
    footer: 'Thư này được gửi tự động; xin không trả lời. Hệ thống không bao giờ hỏi mật khẩu hay mã OTP.',
  },
  en: {
    open: 'See',
    footer:
      'This mail was sent automatically; please do not reply. The service never asks for passwords or one-time codes.',
  },
} as const satisfies Record<Language, Record<string, string>>;

/**
 * Writes a mail: first in the recipient's language, below it in the other one.
 * @param portalUrl address that the template's path is put behind
 * @throws Error when a fact is missing: a mistake of ours, never to be sent
 */
export function composeMail(name: TemplateName, facts: Facts, language: Language, portalUrl: string): ComposedMail {
  const template: Template = TEMPLATES[name];
  const link = portalUrl.replace(/\/$/, '') + fill(template.path, (key) => encodeURIComponent(fact(facts, key)));
  const order: readonly Language[] = language === 'vi' ? ['vi', 'en'] : ['en', 'vi'];
  const parts = order.map((each) => ({ each, ...written(template, facts, each) }));
  return {
    subject: oneLine(parts.map((part) => part.subject).join(' / ')),
    text: parts
      .map((part) => plain(part.each, part.paragraphs, link))
      .join('\n\n--\n\n')
      .concat('\n'),
    html: page(language, parts[0]?.subject ?? '', parts.map((part) => section(part.each, part, link)).join('<hr>')),
  };
}

function written(template: Template, facts: Facts, language: Language) {
  const value = (key: string) => (key === 'problem' ? sentence(fact(facts, key), language) : fact(facts, key));
  const { subject, paragraphs } = template.texts[language];
  return { subject: fill(subject, value), paragraphs: paragraphs.map((paragraph) => fill(paragraph, value)) };
}

function fill(text: string, value: (key: string) => string): string {
  return text.replace(/\{(\w+)\}/g, (_, key: string) => value(key));
}

function fact(facts: Facts, key: string): string {
  if (!Object.hasOwn(facts, key)) throw new Error(`the mail lacks the fact ${key}`);
  return String(facts[key]);
}

function sentence(code: string, language: Language): string {
  if (!Object.hasOwn(CATALOG, code)) throw new Error('the mail speaks of an unknown problem');
  return CATALOG[code as Code][language];
}

/** A header is one line, whatever the facts hold. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

function plain(language: Language, paragraphs: readonly string[], link: string): string {
  const { open, footer } = WORDS[language];
  return [...paragraphs, `${open}: ${link}`, footer].join('\n\n');
}

function section(language: Language, text: { subject: string; paragraphs: readonly string[] }, link: string): string {
  const { open, footer } = WORDS[language];
  const paragraphs = text.paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('');
  const anchor = `<p>${open}: <a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p>`;
  return `<section lang="${language}"><h1 style="font-size:1.25em">${escapeHtml(text.subject)}</h1>${paragraphs}${anchor}<p><small>${footer}</small></p></section>`;
}

/** Readable as it is in any client: one column, the reader's own font size and colours. */
function page(language: Language, title: string, body: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head><body style="font-family:sans-serif;line-height:1.5;max-width:40em">${body}</body></html>`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}
