import { expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { STAGE_NAMES, stageSettings } from '../../infra/stages.ts';
import { functionNamed, stacksOf, synthesize } from './synthesized.ts';

const service = (name: string) => ({
  name,
  baseUrl: `https://${name}.example/csc/v2`,
  clientId: 'ba-khong',
  secretName: `ba-khong/dev/${name}`,
});

test('only the worker that signs learns the services and their secrets, which no template holds', () => {
  const settings = { ...stageSettings('dev'), remoteSigning: [service('ky-so'), service('ky-so-2')] };
  const stacks = synthesize('dev', undefined, settings);
  const variables = (name: (typeof FUNCTION_NAMES)[number]) =>
    functionNamed(stacks, name).properties.Environment.Variables as Record<string, string>;
  const knows = (variable: string) => FUNCTION_NAMES.filter((name) => variable in variables(name));
  expect(knows('REMOTE_SIGNING')).toEqual(['sign-worker']);
  expect(knows('REMOTE_SIGNING_SECRETS')).toEqual(['sign-worker']);
  expect(knows('REMOTE_SIGNING_NAMES')).toEqual(['directory-api']);
  expect(variables('directory-api').REMOTE_SIGNING_NAMES).toBe('["ky-so","ky-so-2"]');
  const { REMOTE_SIGNING: services = '', REMOTE_SIGNING_SECRETS: secrets } = variables('sign-worker');
  expect(JSON.parse(services).map(({ name, secretName }: Record<string, string>) => [name, secretName])).toEqual([
    ['ky-so', undefined],
    ['ky-so-2', undefined],
  ]);
  const reference = (name: string) => `{{resolve:secretsmanager:ba-khong/dev/${name}:SecretString:::}}`;
  expect(secrets).toBe(`[${reference('ky-so')},${reference('ky-so-2')}]`);
});

test.each(STAGE_NAMES)('%s: services have plain names of their own and encrypted addresses', (stage) => {
  const { remoteSigning } = stageSettings(stage);
  expect(new Set(remoteSigning.map(({ name }) => name)).size).toBe(remoteSigning.length);
  for (const { name, baseUrl, oauth2Url } of remoteSigning) {
    expect(name).toMatch(/^[a-z0-9-]{1,40}$/);
    expect(baseUrl).toMatch(/^https:\/\//);
    expect(oauth2Url ?? 'https://').toMatch(/^https:\/\//);
  }
  const { Variables } = functionNamed(stacksOf(stage), 'sign-worker').properties.Environment;
  expect(JSON.parse(Variables.REMOTE_SIGNING)).toHaveLength(remoteSigning.length);
});
