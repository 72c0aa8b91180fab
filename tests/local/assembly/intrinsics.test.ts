// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is CloudFormation's own syntax
import { describe, expect, it } from 'vitest';
import { resolve, resolveObject, type Scope } from '../../../local/assembly/intrinsics.ts';
import type { Json } from '../../../local/assembly/template.ts';

const VALUES: Record<string, Json> = { 'AWS::Region': 'ap-southeast-1', Table: 'notes', Names: ['a', 'b'] };

const scope: Scope = {
  where: 'Stack/Resource',
  ref: (name) => VALUES[name],
  attribute: (id, attribute) => `${id}!${attribute}`,
  importValue: (name) => `imported ${name}`,
  condition: (name) => name === 'Yes',
  mapping: (...path) => path.join('/'),
};

describe('intrinsic functions', () => {
  it.each<[string, Json, Json | undefined]>([
    ['Ref', { Ref: 'Table' }, 'notes'],
    ['GetAtt, as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table!Arn'],
    ['GetAtt, with dots', { 'Fn::GetAtt': 'Table.Stream.Arn' }, 'Table!Stream.Arn'],
    ['Join', { 'Fn::Join': [':', ['arn', { Ref: 'AWS::Region' }, 1]] }, 'arn:ap-southeast-1:1'],
    ['Join of a list', { 'Fn::Join': ['-', { Ref: 'Names' }] }, 'a-b'],
    ['Sub', { 'Fn::Sub': '${AWS::Region}/${Table.Arn}/${!Table}' }, 'ap-southeast-1/Table!Arn/${Table}'],
    ['Sub with variables', { 'Fn::Sub': ['${x}-${Table}', { x: { Ref: 'AWS::Region' } }] }, 'ap-southeast-1-notes'],
    ['Select and Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['If', { 'Fn::If': ['Yes', { Ref: 'Table' }, 'other'] }, 'notes'],
    ['If with NoValue', { 'Fn::If': ['No', 'x', { Ref: 'AWS::NoValue' }] }, undefined],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Join': [':', ['A', 'b']] } }, 'imported A:b'],
    ['FindInMap', { 'Fn::FindInMap': ['Runtimes', { Ref: 'AWS::Region' }, 'value'] }, 'Runtimes/ap-southeast-1/value'],
    ['Base64', { 'Fn::Base64': 'xin chào' }, 'eGluIGNow6Bv'],
    [
      'conditions',
      { 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ 'Fn::Equals': ['a', { Ref: 'Table' }] }] }] },
      true,
    ],
  ])('%s', (_name, value, expected) => {
    expect(resolve(scope, value)).toEqual(expected);
  });

  it('leave out properties and members that come to nothing', () => {
    const nothing = { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] };
    expect(resolveObject(scope, { a: nothing, b: [nothing, 2] })).toEqual({ b: [2] });
  });

  it.each<[string, Json, RegExp]>([
    ['an unknown one', { 'Fn::Cidr': ['10.0.0.0/16', 2, 8] }, /Fn::Cidr is not known/],
    ['a reference to nothing', { Ref: 'Gone' }, /Ref to Gone/],
    ['a dynamic reference', 'x{{resolve:secretsmanager:name}}', /dynamic reference/],
    ['a list where text is wanted', { 'Fn::Join': ['', [{ Ref: 'Names' }]] }, /expected text/],
  ])('refuse %s, naming the resource', (_name, value, message) => {
    expect(() => resolve(scope, value)).toThrow(message);
    expect(() => resolve(scope, value)).toThrow(/^Stack\/Resource: /);
  });

  it('leave a policy condition alone, whose key looks like an intrinsic', () => {
    const statement = { Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    expect(resolve(scope, statement)).toEqual(statement);
  });
});
