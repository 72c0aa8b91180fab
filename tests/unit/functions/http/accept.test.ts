import { expect, it } from 'vitest';
import { prefersPdf } from '../../../../functions/http/accept.ts';

it.each([
  [undefined, false],
  ['*/*', false],
  ['application/json', false],
  ['application/pdf', true],
  ['application/pdf, application/json', false],
  ['application/pdf, */*;q=0.8', true],
  ['text/html, application/pdf;q=0.9, */*;q=0.5', true],
  ['application/pdf;q=0', false],
  ['application/pdf;q=0.3, application/json;q=0.2', true],
  ['Application/PDF ; q=1', true],
  ['application/pdf;q=nonsense', false],
])('%s: a PDF, %s', (accept, pdf) => expect(prefersPdf(accept)).toBe(pdf));
