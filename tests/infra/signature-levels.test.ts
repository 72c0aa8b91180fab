import { expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { STAGE_NAMES, type StageSettings, stageSettings } from '../../infra/stages.ts';
import { signatureLevels } from '../../lib/signing/signature-levels.ts';
import { functionNamed, type Stacks, stacksOf, synthesize } from './synthesized.ts';

const deps = { now: () => 0, random: (octets: number) => new Uint8Array(octets) };

type FunctionName = (typeof FUNCTION_NAMES)[number];
const variablesOf = (stacks: Stacks, name: FunctionName) =>
  functionNamed(stacks, name).properties.Environment.Variables;

/** A value as it deploys with the parameters' defaults. */
function deployed(value: string | { 'Fn::Join': [string, (string | { Ref: string })[]] }, url = ''): string {
  if (typeof value === 'string') return value;
  return value['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : url)).join('');
}

test.each(STAGE_NAMES)('%s: the worker can read what its stage wants', (stage) => {
  const { levels, renewBeforeDays, timestamps } = stageSettings(stage).signatures;
  const variables = variablesOf(stacksOf(stage), 'sign-worker');
  const authorities = deployed(variables.SIGNATURE_AUTHORITIES, timestamps[0]?.url);
  const read = signatureLevels({ levels: variables.SIGNATURE_LEVELS, authorities }, deps);
  expect(read.wanted).toEqual(levels);
  expect(read.renewBefore).toBe(renewBeforeDays * 86_400_000);
  const room = Math.max(...timestamps.map(({ largestToken }) => largestToken));
  expect(read.authorities([]).timestamps.largestToken).toBe(room);
});

test.each(STAGE_NAMES)('%s: only dev has authorities on private addresses or one that moves', (stage) => {
  const { privateAddresses, timestamps } = stageSettings(stage).signatures;
  expect(privateAddresses).toBe(stage === 'dev');
  expect(timestamps.some(({ parameter }) => parameter !== undefined)).toBe(stage === 'dev');
});

test('who signs or verifies learns the authorities; what is prepared for holders keeps room where one is asked', () => {
  const { signatures, ...rest } = stageSettings('staging');
  const [service] = signatures.timestamps;
  const settings: StageSettings = {
    ...rest,
    signatures: {
      ...signatures,
      levels: { receipt: 'B-LTA', answer: 'B-B', dispatch: 'B-T' },
      timestamps: [service!, { ...service!, largestToken: 20_000 }],
    },
  };
  const stacks = synthesize('staging', undefined, settings);
  const knows = (variable: string) => FUNCTION_NAMES.filter((name) => variable in variablesOf(stacks, name));
  expect(new Set(knows('SIGNATURE_AUTHORITIES'))).toEqual(
    new Set(['verify-api', 'sign-worker', 'delivery-worker', 'evidence-worker', 'daily-root']),
  );
  expect(knows('TIMESTAMP_ROOM')).toEqual(['signing-api']);
  expect(JSON.parse(variablesOf(stacks, 'signing-api').TIMESTAMP_ROOM)).toEqual({ answer: 0, dispatch: 20_000 });
});
