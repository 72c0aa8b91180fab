// Bundled as the functions are: the process of `large-file.ts` that signs; it lives for one version.
import { once } from 'node:events';
import { S3Client } from '@aws-sdk/client-s3';
import { compose } from '../../functions/sign-worker/compose.ts';
import type { UnitCode } from '../../lib/access/actor.ts';
import type { Document, DocumentVersion } from '../../lib/documents/document.ts';
import { ObjectStore } from '../../lib/documents/object-store.ts';
import { signVersion } from '../../lib/signing/sign-version.ts';

export interface SigningRun {
  readonly ms: number;
  /** Time in calls to S3, streams of their bodies excepted. */
  readonly waitedMs: number;
  readonly sent: number;
  readonly got: number;
  readonly beforeBytes: number;
  readonly peakBytes: number;
}

interface Order {
  readonly document: Document;
  readonly version: DocumentVersion;
  readonly at: number;
  /** Of the function: table, bucket, fonts … */
  readonly environment: Readonly<Record<string, string>>;
  readonly bucket: string;
  readonly unit: UnitCode;
}

const [order] = (await once(process, 'message')) as [Order];
const traffic = { sent: 0, got: 0, waitedMs: 0 };
const client = new S3Client({
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
});
client.middlewareStack.add(
  (next) => async (args) => {
    const from = performance.now();
    const answer = await next(args);
    traffic.waitedMs += performance.now() - from;
    traffic.sent += (args.input as { Body?: Uint8Array }).Body?.length ?? 0;
    traffic.got += (answer.output as { ContentLength?: number }).ContentLength ?? 0;
    return answer;
  },
  { step: 'initialize' },
);
const deps = { ...compose(order.environment), objects: new ObjectStore(client, order.bucket) };
const runs: SigningRun[] = [];
let unsigned = order.version;
for (let n = 0; n < 2; n++) {
  Object.assign(traffic, { sent: 0, got: 0, waitedMs: 0 });
  const beforeBytes = process.memoryUsage().rss;
  const from = performance.now();
  const text = { role: 'agency', agency: 'Ủy ban nhân dân xã Hoằng Hóa', location: 'Hoằng Hóa' } as const;
  const signer = await deps.directory.signerOf({ kind: 'unit', code: order.unit }, order.at);
  const place = { document: order.document, pages: 1, n: unsigned.n + 1, kind: 'sealed' } as const;
  unsigned = await signVersion(deps, { ...place, unsigned, signer, text }, order.at);
  const ms = performance.now() - from;
  runs.push({ ms, ...traffic, beforeBytes, peakBytes: process.resourceUsage().maxRSS * 1024 });
}
process.send?.(runs, () => process.exit(0));
