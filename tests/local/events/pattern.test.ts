import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../local/assembly/template.ts';
import { compileFilterCriteria, compilePattern } from '../../../local/events/pattern.ts';

const EVENT: Json = {
  source: 'aws.ses',
  'detail-type': 'Email Sent',
  detail: { mail: { tags: { 'ses:configuration-set': ['dev', 'x'] } }, size: 12, name: 'Thư mời.pdf', none: null },
};

describe('event patterns', () => {
  it.each<[string, JsonObject, boolean]>([
    ['a value of a list', { source: ['aws.s3', 'aws.ses'] }, true],
    ['another value', { source: ['aws.s3'] }, false],
    ['nested, in an array of the event', { detail: { mail: { tags: { 'ses:configuration-set': ['dev'] } } } }, true],
    ['all keys', { source: ['aws.ses'], 'detail-type': ['Email Bounced'] }, false],
    ['a number', { detail: { size: [12] } }, true],
    ['a number is not its text', { detail: { size: ['12'] } }, false],
    ['null', { detail: { none: [null] } }, true],
    ['exists', { detail: { gone: [{ exists: false }], size: [{ exists: true }] } }, true],
    ['exists not', { detail: { gone: [{ exists: true }] } }, false],
    ['prefix', { source: [{ prefix: 'aws.' }] }, true],
    ['suffix', { detail: { name: [{ suffix: '.pdf' }] } }, true],
    ['equals-ignore-case', { source: [{ 'equals-ignore-case': 'AWS.SES' }] }, true],
    ['anything-but', { source: [{ 'anything-but': ['aws.ses'] }] }, false],
    ['anything-but prefix', { source: [{ 'anything-but': { prefix: 'com.' } }] }, true],
    ['anything-but of an absent key', { detail: { gone: [{ 'anything-but': 'x' }] } }, false],
    ['wildcard', { detail: { name: [{ wildcard: 'Thư*.pdf' }] } }, true],
    ['numeric range', { detail: { size: [{ numeric: ['>', 10, '<=', 12] }] } }, true],
    ['numeric outside', { detail: { size: [{ numeric: ['<', 12] }] } }, false],
    ['$or', { $or: [{ source: ['x'] }, { detail: { size: [12] } }] }, true],
  ])('%s', (_name, pattern, matches) => {
    expect(compilePattern(pattern)(EVENT)).toBe(matches);
  });

  it('refuse a comparison that is not known', () => {
    expect(() => compilePattern({ source: [{ cidr: '10.0.0.0/8' }] })).toThrow(/cidr/);
    expect(() => compilePattern({ source: 'aws.ses' })).toThrow(/not known/);
  });

  it('let a record pass when one of the filters does, and all when there are none', () => {
    const filters = (...patterns: JsonObject[]) =>
      compileFilterCriteria({ Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })) });
    expect(filters({ source: ['x'] }, { source: ['aws.ses'] })(EVENT)).toBe(true);
    expect(filters({ source: ['x'] })(EVENT)).toBe(false);
    expect(compileFilterCriteria(undefined)(EVENT)).toBe(true);
  });
});
