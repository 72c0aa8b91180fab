import type { JobCost } from './cost.ts';
import type { Figures } from './figures.ts';
import { PRICES } from './prices.ts';

const KB = (bytes: number) => `${Math.round(bytes / 1024)} kB`;
const MS = (ms: number) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

const COSTS: readonly [string, (cost: JobCost) => string][] = [
  ['HTTP requests', ({ httpRequests }) => String(httpRequests)],
  ['function invocations', ({ invocations }) => String(invocations)],
  ['AWS calls by functions', ({ awsCalls }) => String(awsCalls)],
  ['DynamoDB read units', ({ readUnits }) => String(readUnits)],
  ['DynamoDB write units', ({ writeUnits }) => String(writeUnits)],
  ['KMS operations', ({ kms }) => String(kms)],
  ['S3 requests', ({ s3 }) => String(s3)],
  ['SQS requests', ({ sqs }) => String(sqs)],
  ['mails', ({ mails }) => String(mails)],
  ['bytes moved to and from AWS', ({ kilobytesMoved }) => `${kilobytesMoved} kB`],
  ['**cost of 1 000 at list price**', ({ dollarsPer1000 }) => `**$${dollarsPer1000.toFixed(2)}**`],
];

/** docs/performance.md. */
export function report(figures: Figures): string {
  const { petition, costs, start, memoryMb } = figures;
  const lines = [
    '# Performance',
    '',
    'Written by `npm run bench`; do not edit. Times are of one machine on one day, on the laptop runtime: compare them with each other, not with AWS.',
    'Counts are taken at the laptop’s AWS gateway and do not depend on the machine.',
    '',
    `${figures.date} · ${figures.machine} · Node ${figures.node}`,
    '',
    '## What one job needs',
    '',
    'A petition: one attachment uploaded, sent, receipted, accepted, assigned, answered (one upload), signed, sealed, downloaded with its receipt.',
    'A dispatch: one upload, signed, sealed, sent to two agencies, registered by one and returned by the other.',
    '',
    '| | petition | dispatch |',
    '|---|---|---|',
    ...COSTS.map(([name, value]) => `| ${name} | ${value(costs.petition)} | ${value(costs.dispatch)} |`),
    '',
    `Prices: ${PRICES.region}, ${PRICES.asOf}, without free tiers (\`tests/bench/prices.ts\`). Each sent message counts a receive and a delete. Not in it: duration of the functions, storage, log lines, empty queue polls, the monthly fee of each key.`,
    '',
    '## Taking a petition',
    '',
    'From the request to the answer, with the signing, sealing and mailing of earlier ones out of the way.',
    '',
    '| at once | requests | median | p95 |',
    '|---|---|---|---|',
    ...petition.map((l) => `| ${l.concurrency} | ${l.requests} | ${MS(l.medianMs)} | ${MS(l.p95Ms)} |`),
    '',
    `Sealed documents a second, end to end (petition sent → receipt authored, sealed, stored, mailed): **${figures.sealedPerSecond.toFixed(1)}**.`,
    '',
    '## Functions',
    '',
    'Init is the loading of the bundle in a fresh environment, median of five; the aim is under 1 MB and 150 ms.',
    '',
    '| function | bundle | init |',
    '|---|---|---|',
    ...figures.functions.map((f) => `| ${f.name} | ${KB(f.bytes)} | ${MS(f.initMs)} |`),
    '',
    '## The laptop',
    '',
    '| | |',
    '|---|---|',
    `| \`npm start\` to ready, first time (synthesize, start, seed) | ${MS(start.firstMs)} |`,
    `| started again on its state, assembly at hand | ${MS(start.againMs)} |`,
    `| memory of the whole stack after the start | ${memoryMb.idle} MB |`,
    `| memory after this bench, all functions warm | ${memoryMb.afterLoad} MB |`,
    '',
  ];
  return lines.join('\n');
}
