import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { type ByteSource, chunksOf, readAll } from '../../pdf/byte-source.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { Sha256Hex } from '../../platform/hash.ts';
import { type Manifest, manifest, PATHS } from '../bundle-format.ts';
import { readZip } from '../zip/read-zip.ts';
import { type Finding, finding } from './findings.ts';

/** Largest file that is read into memory; documents are not. */
const LARGEST = 32 * 1024 * 1024;

/** Nesting of JSON beyond what the service ever writes; what follows it level by level would run out of stack. */
const DEEPEST = 32;

/** A bundle that can be read; what is in it is yet to be checked. */
export interface OpenBundle {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, ByteSource>;
}

/** @throws ProblemError `bundle_malformed` */
export async function openBundle(source: ByteSource): Promise<OpenBundle> {
  const files = await readZip(source);
  const read = await readJson(files, PATHS.manifest, manifest);
  if (read === undefined) throw new ProblemError('bundle_malformed', { detail: PATHS.manifest });
  return { manifest: read, files };
}

/** The bytes of a small file; `undefined` where it is missing or too large. */
export async function readFileOf(files: OpenBundle['files'], path: string): Promise<Uint8Array | undefined> {
  const source = files.get(path);
  return source && source.length <= LARGEST ? readAll(source) : undefined;
}

/** @returns `undefined` where the file is missing, too large, no JSON or not of that shape */
export async function readJson<T>(
  files: OpenBundle['files'],
  path: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const bytes = await readFileOf(files, path);
  if (!bytes) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return depthOf(text) > DEEPEST ? undefined : schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === ']' || token === '}') depth--;
  }
  return deepest;
}

export async function sha256Of(source: ByteSource): Promise<Sha256Hex> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(source)) hash.update(chunk);
  return hash.digest('hex');
}

/** Every file is one that the manifest names, byte by byte, and none is missing. */
export async function checkFiles({ manifest: { files: listed }, files }: OpenBundle): Promise<Finding[]> {
  const findings: Finding[] = [];
  const names = new Set<string>([PATHS.manifest]);
  for (const { path, bytes, sha256 } of listed) {
    const source = names.has(path) ? undefined : files.get(path);
    names.add(path);
    if (!source) findings.push(finding('file_missing', { path }));
    else if (source.length !== bytes || (await sha256Of(source)) !== sha256)
      findings.push(finding('file_changed', { path }));
  }
  for (const path of files.keys()) if (!names.has(path)) findings.push(finding('file_unlisted', { path }));
  return findings;
}
