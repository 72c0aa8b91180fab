// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is CloudFormation's own syntax
import { describe, expect, it } from 'vitest';
import type { StackArtifact } from '../../../local/assembly/cloud-assembly.ts';
import { deploy } from '../../../local/assembly/deployment.ts';
import type { ResourceTypes } from '../../../local/assembly/resource-type.ts';
import type { Template } from '../../../local/assembly/template.ts';

const stack = (name: string, template: Template): StackArtifact => ({
  name,
  account: undefined,
  region: 'ap-southeast-1',
  template,
  assets: new Map(),
});

function laboratory() {
  const created: [string, unknown][] = [];
  const types: ResourceTypes = {
    'T::Live': {
      properties: ['Value'],
      ignored: { Tags: 'say nothing' },
      create: async (properties, { id, logicalId }) => {
        await Promise.resolve();
        created.push([id, properties.Value]);
        return { ref: `ref-${logicalId}`, attributes: { Arn: `arn-${id}` } };
      },
    },
    'T::Broken': {
      properties: [],
      create: () => {
        throw new Error('no luck');
      },
    },
    'T::Inert': { because: 'nobody cares' },
  };
  const run = (...stacks: StackArtifact[]) => deploy({ stacks, types, account: '000000000000', region: 'x' });
  return { created, run, types };
}

const live = (Value: unknown, more: object = {}) => ({ Type: 'T::Live', Properties: { Value }, ...more }) as never;

describe('deploy', () => {
  it('creates what is referred to first, over exports and from any order of stacks', async () => {
    const { created, run } = laboratory();
    const service = stack('Service', {
      Resources: {
        B: live({ 'Fn::Sub': '${A}!' }),
        A: live({ 'Fn::ImportValue': 'Data:Arn' }),
        C: live('after', { DependsOn: 'B' }),
      },
    });
    const data = stack('Data', {
      Resources: { Table: live('table') },
      Outputs: {
        Out: { Value: { 'Fn::GetAtt': ['Table', 'Arn'] }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Arn' } } },
      },
    });
    const { outputs, resources } = await run(service, data);
    expect(created).toEqual([
      ['Table', 'table'],
      ['A', 'arn-Table'],
      ['B', 'ref-A!'],
      ['C', 'after'],
    ]);
    expect(outputs.get('Out')).toBe('arn-Table');
    expect(resources.get('B')).toBe('ref-B');
  });

  it('names what two stacks share by its stack, too', async () => {
    const { created, run } = laboratory();
    await run(stack('One', { Resources: { A: live(1) } }), stack('Two', { Resources: { A: live(2) } }));
    expect(created.map(([id]) => id).sort()).toEqual(['One/A', 'Two/A']);
  });

  it('leaves out what its condition excludes', async () => {
    const { created, run } = laboratory();
    const Conditions = { Far: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] } };
    await run(stack('S', { Conditions, Resources: { A: live(1, { Condition: 'Far' }), B: live(2) } }));
    expect(created).toEqual([['B', 2]]);
  });

  it('gives parameters the values that are told, and their defaults where none is', async () => {
    const { created, types } = laboratory();
    const Parameters = { Near: { Type: 'String', Default: 'a' }, Far: { Type: 'String', Default: 'b' } };
    const Resources = { A: live({ Ref: 'Near' }), B: live({ 'Fn::Sub': 'to ${Far}' }) };
    const stacks = [stack('S', { Parameters, Resources })];
    await deploy({ stacks, types, account: '000000000000', region: 'x', parameters: { Far: 'c', Else: 'd' } });
    expect(created).toEqual([
      ['A', 'a'],
      ['B', 'to c'],
    ]);
  });

  it('does not take what is told for a resource of that name', async () => {
    const { created, types } = laboratory();
    const stacks = [stack('S', { Resources: { A: live(1), B: live({ Ref: 'A' }) } })];
    await deploy({ stacks, types, account: '000000000000', region: 'x', parameters: { A: 'c' } });
    expect(created.at(-1)).toEqual(['B', 'ref-A']);
  });

  it('refuses every unknown type and property at once, and creates nothing', async () => {
    const { created, run } = laboratory();
    const Resources = {
      A: live(1),
      B: { Type: 'T::Unknown' },
      C: { Type: 'T::Live', Properties: { Value: 1, Colour: 'red', Tags: [] } },
    };
    await expect(run(stack('S', { Resources }))).rejects.toThrow(
      'S/B: the laptop does not know the type T::Unknown\nS/C (T::Live): the laptop does not know T::Live.Colour',
    );
    expect(created).toEqual([]);
  });

  it('refuses an attribute of a resource that is not brought to life', async () => {
    const { run } = laboratory();
    const Resources = { Topic: { Type: 'T::Inert' }, A: live({ 'Fn::GetAtt': ['Topic', 'Name'] }) };
    await expect(run(stack('S', { Resources }))).rejects.toThrow('S/A: attribute Topic.Name has no value on a laptop');
  });

  it('names the resource that fails, after the others have come to rest', async () => {
    const { created, run } = laboratory();
    const Resources = { Bad: { Type: 'T::Broken' }, A: live(1) };
    await expect(run(stack('S', { Resources }))).rejects.toThrow('S/Bad (T::Broken): no luck');
    expect(created).toEqual([['A', 1]]);
  });

  it('refuses a circle', async () => {
    const { run } = laboratory();
    const Resources = { A: live({ Ref: 'B' }), B: live({ Ref: 'A' }) };
    await expect(run(stack('S', { Resources }))).rejects.toThrow('circular dependency S/A → S/B → S/A');
  });
});
