import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { assemble } from '../../infra/assemble.ts';
import type { Bundles } from '../../infra/bundle.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../infra/functions.ts';
import { type StageName, type StageSettings, stageSettings } from '../../infra/stages.ts';

export interface Resource {
  readonly id: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties of CloudFormation, whose shapes the assertions name
  readonly properties: any;
  readonly deletionPolicy: string | undefined;
}

export interface Stacks {
  readonly data: readonly Resource[];
  readonly service: readonly Resource[];
  readonly all: readonly Resource[];
  readonly terminationProtection: { readonly data: boolean; readonly service: boolean };
}

const known = new Map<StageName, Stacks>();

/** The stacks of a stage, synthesized once. */
export function stacksOf(stage: StageName): Stacks {
  const stacks = known.get(stage) ?? synthesize(stage);
  known.set(stage, stacks);
  return stacks;
}

/** Synthesizes a stage with stand-ins for the bundles; throws when cdk-nag finds something. */
export function synthesize(
  stage: StageName,
  change: (app: App) => void = () => {},
  settings: StageSettings = stageSettings(stage),
): Stacks {
  const dir = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    const app = assemble({ settings, bundles: standIns(dir), outDir: join(dir, 'out') });
    change(app);
    return read(app.synth(), stage);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export function ofType(resources: readonly Resource[], type: string): Resource[] {
  return resources.filter((resource) => resource.type === type);
}

/** The only resource of a type. @throws Error when there are none or several. */
export function only(resources: readonly Resource[], type: string): Resource {
  const found = ofType(resources, type);
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}`);
  return found[0]!;
}

export function functionNamed(stacks: Stacks, name: FunctionName): Resource {
  const found = ofType(stacks.all, 'AWS::Lambda::Function').filter(({ properties }) =>
    properties.FunctionName.endsWith(`-${name}`),
  );
  if (found.length !== 1) throw new Error(`${found.length} functions named ${name}`);
  return found[0]!;
}

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: unknown;
}

/** What a function's role may do, all its policies together; references are written as JSON text. */
export function statementsOf(stacks: Stacks, name: FunctionName): Statement[] {
  const role = functionNamed(stacks, name).properties.Role['Fn::GetAtt'][0];
  return ofType(stacks.all, 'AWS::IAM::Policy')
    .filter(({ properties }) => properties.Roles.some((ref: { Ref: string }) => ref.Ref === role))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
    .map((statement) => ({
      actions: [statement.Action].flat(),
      resources: [statement.Resource].flat().map((resource) => JSON.stringify(resource)),
      conditions: statement.Condition,
    }));
}

function read(assembly: CloudAssembly, stage: StageName): Stacks {
  const part = (suffix: string) => {
    const { template, terminationProtection } = assembly.getStackByName(`BaKhong-${stage}-${suffix}`);
    const entries = Object.entries(template.Resources as Record<string, Record<string, unknown>>);
    const resources = entries.map(([id, { Type, Properties, DeletionPolicy }]) => ({
      id,
      type: Type as string,
      properties: Properties ?? {},
      deletionPolicy: DeletionPolicy as string | undefined,
    }));
    return { resources, terminationProtection: terminationProtection ?? false };
  };
  const [data, service] = [part('Data'), part('Service')];
  return {
    data: data.resources,
    service: service.resources,
    all: [...data.resources, ...service.resources],
    terminationProtection: { data: data.terminationProtection, service: service.terminationProtection },
  };
}

function standIns(dir: string): Bundles {
  for (const name of FUNCTION_NAMES) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'index.mjs'), `export const handler = () => '${name}';`);
  }
  const sizes = Object.fromEntries(FUNCTION_NAMES.map((name) => [name, 0])) as Record<FunctionName, number>;
  return { folder: (name) => join(dir, name), sizes };
}
