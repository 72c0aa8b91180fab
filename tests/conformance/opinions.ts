import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource } from '../../lib/pdf/byte-source.ts';
import type { ValidationData } from '../../lib/pdf/validation-data.ts';
import { readElement } from '../../lib/pki/der.ts';
import { encodePem } from '../../lib/pki/pem.ts';
import type { Verdict } from '../../lib/signatures/validation/verdict.ts';
import { verifyPdf } from '../../lib/signatures/validation/verify-pdf.ts';
import { NOW } from '../support/pki/authority.ts';
import type { DevelopmentAuthority } from '../support/pki/development-authority.ts';
import { type Answer, isError, type LineJudge } from './line-judge.ts';
import type { Sample } from './signed-samples.ts';
import { dssTool, opensslVersion, pythonTool, qpdfVersion } from './tools.ts';

/** What a tool says of a file. `absent`: the tool is not here, so nothing is known. */
export interface Opinion {
  readonly verdict: 'accepted' | 'refused' | 'absent';
  /** Why it is refused. */
  readonly said: string;
}

export interface PyHankoAnswer {
  readonly signatures: readonly {
    readonly field: string;
    readonly passed: boolean;
    readonly sound: boolean;
    readonly intact?: boolean;
    readonly coverage?: string;
    readonly modification?: string | null;
    readonly summary?: string;
    readonly error?: string;
  }[];
  readonly timestamps: readonly {
    readonly field: string;
    readonly passed: boolean;
    readonly intact: boolean;
    readonly error?: string;
  }[];
}

export interface DssAnswer {
  readonly signatures: readonly {
    readonly field: string | null;
    readonly level: string | null;
    readonly indication: string;
    readonly subIndication: string | null;
    readonly intact: boolean;
    readonly whole: boolean;
    readonly errors: readonly string[];
    readonly warnings: readonly string[];
  }[];
  readonly timestamps: readonly {
    readonly type: string;
    readonly field: string | null;
    readonly intact: boolean;
    readonly indication: string;
    readonly subIndication: string | null;
  }[];
}

/** Ten minutes after the first signature: everyone judges for this time, while OCSP answers are fresh. */
export const JUDGED_AT = NOW + 600_000;

export const TOOLS = ['own', 'pyHanko', 'EU DSS', 'openssl -cades', 'qpdf --check'] as const;
export type ToolName = (typeof TOOLS)[number];

const accepted: Opinion = { verdict: 'accepted', said: '' };
const absent: Opinion = { verdict: 'absent', said: '' };
const refused = (said: string): Opinion => ({ verdict: 'refused', said });

/** All the judges with the same trust, the same time and no network. */
export class Judges {
  readonly python: LineJudge | undefined;
  readonly dss: LineJudge | undefined;
  /** Version of each tool, or what it lacks. */
  readonly versions: Readonly<Record<ToolName, string>>;
  /** The authorities' present lists: what the judges are given in place of the network. */
  material: ValidationData = { certificates: [], ocsps: [], lists: [] };
  private readonly openssl: boolean;
  private readonly folder: string;
  private readonly development: DevelopmentAuthority;

  constructor(folder: string, development: DevelopmentAuthority) {
    this.folder = folder;
    this.development = development;
    const [python, dss] = [pythonTool(), dssTool()];
    this.python = 'judge' in python ? python.judge : undefined;
    this.dss = 'judge' in dss ? dss.judge : undefined;
    const openssl = opensslVersion();
    this.openssl = openssl !== undefined;
    const pythonVersion = 'version' in python ? python.version : `absent (${python.absent})`;
    this.versions = {
      own: `Node ${process.version}`,
      pyHanko: pythonVersion,
      'EU DSS': 'version' in dss ? dss.version : `absent (${dss.absent})`,
      'openssl -cades': openssl ?? 'absent (no openssl)',
      'qpdf --check': qpdfVersion() ?? `its library in ${pythonVersion}`,
    };
  }

  /** Root trusted, the authorities' present revocation lists at hand, one time for all. */
  async prepare(): Promise<void> {
    const { authority, clock } = this.development;
    clock.now = JUDGED_AT;
    const root = join(this.folder, 'root.pem');
    writeFileSync(root, encodePem('CERTIFICATE', authority.rootCertificate));
    const paths: string[] = [];
    const lists: Uint8Array[] = [];
    for (const issuer of ['root', 'issuing'] as const) {
      const path = join(this.folder, `${issuer}.crl`);
      const list = await authority.revocationList(issuer);
      writeFileSync(path, list);
      paths.push(path);
      lists.push(list);
    }
    this.material = { certificates: [], ocsps: [], lists };
    for (const judge of [this.python, this.dss]) {
      await judge?.set('at', String(JUDGED_AT));
      await judge?.set('trust', root);
      for (const path of paths) await judge?.set('crl', path);
    }
  }

  async about(sample: Sample): Promise<Record<ToolName, Opinion>> {
    const verdict = await this.own(sample.bytes);
    return {
      own: ownOpinion(verdict, sample.signatures),
      pyHanko: await this.pyHanko(sample),
      'EU DSS': await this.euDss(sample),
      'openssl -cades': this.openssl ? this.askOpenssl(sample, verdict) : absent,
      'qpdf --check': await this.qpdf(sample),
    };
  }

  own(bytes: Uint8Array): Promise<Verdict> {
    const { trust } = this.development;
    return verifyPdf(memorySource(bytes), { trust, at: JUDGED_AT, material: this.material });
  }

  private async pyHanko({ path, level, signatures }: Sample): Promise<Opinion> {
    const answer = await this.python?.ask<PyHankoAnswer>(['judge', path, level]);
    if (!answer) return absent;
    if (isError(answer)) return refused(answer.error);
    if (answer.signatures.length !== signatures) return refused(`${answer.signatures.length} signatures found`);
    const bad = answer.signatures.find(({ passed }) => !passed);
    if (bad) return refused(`${bad.field}: ${bad.error ?? bad.summary ?? 'not passed'}`);
    const stamp = answer.timestamps.find(({ passed }) => !passed);
    return stamp ? refused(`${stamp.field}: document timestamp not passed`) : accepted;
  }

  private async euDss({ path, level, signatures }: Sample): Promise<Opinion> {
    const answer = await this.dss?.ask<DssAnswer>(['judge', path]);
    if (!answer) return absent;
    if (isError(answer)) return refused(answer.error);
    if (answer.signatures.length !== signatures) return refused(`${answer.signatures.length} signatures found`);
    const expected = `PAdES_BASELINE_${level.slice(2)}`;
    for (const signature of answer.signatures) {
      if (signature.level !== expected) return refused(`${signature.field}: ${signature.level} instead of ${expected}`);
      if (!signature.indication.startsWith('TOTAL') || !signature.indication.includes('PASSED')) {
        return refused(
          `${signature.field}: ${signature.indication} ${signature.subIndication ?? ''} ${signature.errors.join(' ')}`,
        );
      }
    }
    const stamp = answer.timestamps.find(({ indication }) => indication !== 'PASSED');
    return stamp ? refused(`${stamp.type}: ${stamp.indication}`) : accepted;
  }

  /** Every signature's CMS over the bytes that it covers. */
  private askOpenssl({ bytes }: Sample, verdict: Verdict): Opinion {
    const trust = ['-attime', String(JUDGED_AT / 1000), '-purpose', 'any', '-CAfile', 'root.pem'];
    for (const { coverage, kind, field } of verdict.signatures) {
      if (kind === 'document_timestamp' || !coverage) continue;
      const [, start, end, rest] = coverage.byteRange;
      const contents = Buffer.from(Buffer.from(bytes.subarray(start + 1, end - 1)).toString('latin1'), 'hex');
      writeFileSync(join(this.folder, 'cms.der'), readElement(contents).bytes);
      const content = Buffer.concat([bytes.subarray(0, start), bytes.subarray(end, end + rest)]);
      writeFileSync(join(this.folder, 'content'), content);
      const input = ['-inform', 'DER', '-in', 'cms.der', '-content', 'content', '-out', 'verified'];
      const args = ['cms', '-verify', '-cades', '-binary', ...input, ...trust];
      const { status, stderr } = spawnSync('openssl', args, { cwd: this.folder, encoding: 'utf8' });
      if (status !== 0) return refused(`${field}: ${stderr.trim().split('\n').at(-1) ?? ''}`);
    }
    return accepted;
  }

  private async qpdf({ path }: Sample): Promise<Opinion> {
    const answer: Answer<{ complaints: string[] }> | undefined = await this.python?.ask(['qpdf', path]);
    if (!answer) return absent;
    if (isError(answer)) return refused(answer.error);
    return answer.complaints.length === 0 ? accepted : refused(answer.complaints.join(' '));
  }

  stop(): void {
    this.python?.stop();
    this.dss?.stop();
  }
}

function ownOpinion(verdict: Verdict, signatures: number): Opinion {
  const found = verdict.signatures.filter(({ kind }) => kind !== 'document_timestamp').length;
  if (found !== signatures) return refused(`${found} signatures found`);
  if (verdict.status === 'TOTAL_PASSED') return accepted;
  const all = [...verdict.reasons, ...verdict.signatures.flatMap(({ reasons }) => reasons)];
  return refused(`${verdict.status} ${all.map(({ code }) => code).join(' ')}`);
}
