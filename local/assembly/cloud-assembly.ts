import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalError } from '../errors.ts';
import type { Template } from './template.ts';

/** One stack of a cloud assembly, with the places of its bundled assets. */
export interface StackArtifact {
  readonly name: string;
  /** Account of the stack's environment, `undefined` when the app is environment-agnostic. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly template: Template;
  /** Object key in the bootstrap bucket → directory or file that holds the asset. */
  readonly assets: ReadonlyMap<string, string>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly directoryName?: string;
  };
}

interface AssetManifest {
  readonly files?: Record<
    string,
    { source: { path?: string; packaging?: string }; destinations: Record<string, { objectKey?: string }> }
  >;
}

async function readJson<T>(file: string): Promise<T> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (cause) {
    throw new LocalError('AssemblyInvalid', `cannot read ${file}`, undefined, cause);
  }
}

async function readAssets(dir: string, manifestFile: string): Promise<Map<string, string>> {
  const manifest = await readJson<AssetManifest>(join(dir, manifestFile));
  const assets = new Map<string, string>();
  for (const { source, destinations } of Object.values(manifest.files ?? {})) {
    for (const { objectKey } of Object.values(destinations)) {
      if (objectKey && source.path) assets.set(objectKey, join(dir, source.path));
    }
  }
  return assets;
}

async function readStack(dir: string, id: string, artifact: Artifact): Promise<StackArtifact> {
  const { templateFile = `${id}.template.json`, stackName = id } = artifact.properties ?? {};
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(artifact.environment ?? '') ?? [];
  const assetManifest = `${id}.assets.json`;
  return {
    name: stackName,
    account: account === 'unknown-account' ? undefined : account,
    region: region === 'unknown-region' ? undefined : region,
    template: await readJson<Template>(join(dir, templateFile)),
    assets: existsSync(join(dir, assetManifest)) ? await readAssets(dir, assetManifest) : new Map(),
  };
}

/**
 * Reads the cloud assembly that `cdk synth` wrote into `dir`: every stack, those of nested stages too.
 * @throws LocalError `AssemblyNotFound`, `AssemblyInvalid`
 */
export async function readCloudAssembly(dir: string): Promise<StackArtifact[]> {
  const manifestFile = join(dir, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new LocalError('AssemblyNotFound', `no cloud assembly in ${dir}: run \`cdk synth\` first`);
  }
  const { artifacts = {} } = await readJson<{ artifacts?: Record<string, Artifact> }>(manifestFile);
  const stacks = await Promise.all(
    Object.entries(artifacts).map(async ([id, artifact]): Promise<StackArtifact[]> => {
      if (artifact.type === 'aws:cloudformation:stack') return [await readStack(dir, id, artifact)];
      const nested = artifact.properties?.directoryName;
      if (artifact.type === 'cdk:cloud-assembly' && nested) return readCloudAssembly(join(dir, nested));
      return [];
    }),
  );
  const found = stacks.flat();
  if (found.length === 0) throw new LocalError('AssemblyInvalid', `the cloud assembly in ${dir} holds no stack`);
  return found;
}
