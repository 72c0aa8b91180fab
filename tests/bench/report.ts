import { type Bill, type JobCost, total } from './cost.ts';
import type { Figures, FunctionFigures } from './figures.ts';
import { PRICES } from './prices.ts';

/** What a function should stay under. */
const AIMS = { bytes: 1_000_000, initMs: 150 } as const;

const KB = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
const MS = (ms: number) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
const SECONDS = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const SHARE = (value: number, aim: number) => {
  const text = `${Math.round((value / aim) * 100)} %`;
  return value > aim ? `**${text}**` : text;
};

const COUNTS: readonly [string, (cost: JobCost) => string][] = [
  ['HTTP requests', ({ httpRequests }) => String(httpRequests)],
  ['function invocations', ({ invocations }) => String(invocations)],
  ['AWS calls by functions', ({ awsCalls }) => String(awsCalls)],
  ['DynamoDB read units', ({ readUnits }) => String(readUnits)],
  ['DynamoDB write units', ({ writeUnits }) => String(writeUnits)],
  ['KMS operations (each one signature)', ({ kms }) => String(kms)],
  ['S3 requests', ({ s3 }) => String(s3)],
  ['SQS requests', ({ sqs }) => String(sqs)],
  ['mails', ({ mails }) => String(mails)],
  ['bytes moved to and from AWS', ({ kilobytesMoved }) => `${kilobytesMoved} kB`],
];

const BILL: readonly [string, keyof Bill][] = [
  ['mails (SES)', 'mail'],
  ['table (DynamoDB)', 'table'],
  ['objects (S3)', 'objects'],
  ['requests (HTTP API, Lambda)', 'requests'],
  ['queues (SQS)', 'queues'],
  ['signatures (KMS)', 'keys'],
];

/** docs/performance.md. */
export function report(figures: Figures): string {
  const { date, machine, node, load } = figures;
  return [
    '# Performance',
    '',
    'Written by `npm run bench` (some two minutes); do not edit. Run it on a machine that does nothing else.',
    'Counts are taken at the laptop’s AWS gateway and do not depend on the machine, but for a few calls more or less: how many messages make a batch is chance.',
    'Times are of one machine on one day, on the laptop runtime: compare them with each other, not with AWS.',
    'Signing and verifying are measured beside other tools in [performance-signing.md](performance-signing.md) and [performance-verify.md](performance-verify.md).',
    '',
    `${date} · ${machine} · Node ${node} · load when it began ${load.toFixed(1)}`,
    '',
    ...jobs(figures),
    ...functions(figures.functions),
    ...times(figures),
  ].join('\n');
}

function jobs({ costs: { petition, dispatch } }: Figures): string[] {
  const dollars = (value: number) => `$${(value * 1000).toFixed(3)}`;
  return [
    '## What one job needs, and what it costs',
    '',
    'A petition: one attachment uploaded, sent, receipted, accepted, assigned, answered (one upload), signed, sealed, downloaded with its receipt.',
    'A dispatch: one upload, signed, sealed, sent to two agencies, registered by one and returned by the other.',
    '',
    '| | petition | dispatch |',
    '| --- | --- | --- |',
    ...COUNTS.map(([name, value]) => `| ${name} | ${value(petition)} | ${value(dispatch)} |`),
    '',
    `At list price, for 1 000 of them (${PRICES.region}, as of ${PRICES.asOf}, no free tiers; [prices.ts](../tests/bench/prices.ts) says where from):`,
    '',
    '| | petition | dispatch |',
    '| --- | --- | --- |',
    ...BILL.map(([name, key]) => `| ${name} | ${dollars(petition.bill[key])} | ${dollars(dispatch.bill[key])} |`),
    `| **together** | **${dollars(total(petition.bill))}** | **${dollars(total(dispatch.bill))}** |`,
    '',
    'Not in it, because it does not come with each job or is not counted here: running time of the functions, storage and its backups, log lines, alarms, polling of empty queues, data going out to the internet,',
    'requests that S3 and DynamoDB make to KMS for encryption, and each key’s monthly fee (one for every agency and signer), which outweighs the rest where little is signed.',
    '',
  ];
}

function functions(all: readonly FunctionFigures[]): string[] {
  const rows = all.map(
    ({ name, bytes, initMs }) =>
      `| ${name} | ${KB(bytes)} | ${SHARE(bytes, AIMS.bytes)} | ${MS(initMs)} | ${SHARE(initMs, AIMS.initMs)} |`,
  );
  const data = all.filter(({ dataBytes }) => dataBytes > 0);
  return [
    '## Functions',
    '',
    `Aims: a bundle under ${KB(AIMS.bytes)} (a test holds it; those that make pages carry pdf-lib and are held under 2 MiB) and its loading in a fresh environment, Lambda’s init, under ${MS(AIMS.initMs)}; median of five. Shares are of the aim.`,
    '',
    '| function | bundle | of the aim | init | of the aim |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...data.map(
      ({ name, dataBytes }) => `Beside the bundle of ${name} lie its fonts, ${KB(dataBytes)}, read when first needed.`,
    ),
    '',
  ];
}

function times({ petition, sealedPerSecond, start, memoryMb }: Figures): string[] {
  return [
    '## Taking a petition',
    '',
    'From the request to the answer, with the signing, sealing and mailing of earlier ones out of the way.',
    '',
    '| at once | requests | median | p95 |',
    '| --- | --- | --- | --- |',
    ...petition.map((l) => `| ${l.concurrency} | ${l.requests} | ${MS(l.medianMs)} | ${MS(l.p95Ms)} |`),
    '',
    `Sealed documents a second, end to end (petition sent → receipt authored, sealed, stored, mailed): **${sealedPerSecond.toFixed(1)}**.`,
    '',
    '## The laptop',
    '',
    '| | |',
    '| --- | --- |',
    `| \`npm start\` to ready, from nothing: ${SECONDS(start.synthMs)} to synthesize, ${SECONDS(start.firstMs)} to start and seed | ${SECONDS(start.synthMs + start.firstMs)} |`,
    `| started again on its state, sources unchanged (median of three) | ${SECONDS(start.againMs)} |`,
    `| memory of the whole stack after the start, database included | ${memoryMb.idle} MB |`,
    `| memory after this bench, with the environments that forty requests at once have started | ${memoryMb.afterLoad} MB |`,
    '',
  ];
}
