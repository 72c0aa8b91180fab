import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATHS } from '../../../lib/bundles/bundle-format.ts';
import { checkBundle } from '../../../lib/bundles/check/check-bundle.ts';
import { type CaseEvent, chain, EMPTY_LOG } from '../../../lib/evidence/case-event.ts';
import { leafLines, proveInclusion, rootFile, rootOfDay } from '../../../lib/evidence/roots/daily-root.ts';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import type { TrustAnchor } from '../../../lib/pki/certificate-path.ts';
import { isProblem } from '../../../lib/platform/errors.ts';
import { NOW } from '../../support/pki/authority.ts';
import { type DevelopmentAuthority, openDevelopmentAuthority } from '../../support/pki/development-authority.ts';
import { type BundleFiles, pack, unpack } from '../../support/repack-bundle.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

const CODE = 'PA-7K3M-9QXD-4';
const DOCUMENT = '01HZX3V9K2M4N6P8Q0R2S4T6V8';
const DAYS = ['2026-03-09', '2026-03-10'] as const;
const PDF = samplePdf();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

let development: DevelopmentAuthority;
let trust: readonly TrustAnchor[];
let files: BundleFiles;
let log: { events: CaseEvent[]; head: { seq: number; hash: string } };
beforeAll(async () => {
  development = await openDevelopmentAuthority();
  trust = development.trust;
  log = makeLog();
  files = await bundleOf(log.events);
});
afterAll(() => development.close());

const makeLog = () =>
  chain(
    CODE,
    EMPTY_LOG,
    Array.from({ length: 6 }, (_, n) => ({
      type: n === 0 ? 'petition.submitted' : 'petition.assigned',
      at: NOW + Math.floor(n / 3) * 86_400_000,
      actor: { kind: 'person' as const, id: 'p' },
      data: n === 0 ? { documents: [DOCUMENT], hashes: [sha256(PDF)] } : { n },
    })),
  );

/** A bundle as the worker makes it: three records on each of two days, one document. */
async function bundleOf(events: readonly CaseEvent[]): Promise<BundleFiles> {
  const made: BundleFiles = new Map();
  const version = { n: 1, kind: 'original', sha256: sha256(PDF), bytes: PDF.length, at: NOW } as const;
  made.set(PATHS.events, json({ case: CODE, head: log.head, events }));
  made.set(PATHS.document(DOCUMENT, version), PDF);
  let previous: string | null = null;
  for (const [index, day] of DAYS.entries()) {
    const others = [1, 2, 3].map((n) => ({ caseId: `VB-${n}`, seq: 1, hash: sha256(json(n)) }));
    const lines = leafLines([...events.slice(index * 3, index * 3 + 3), ...others]);
    const root = rootOfDay(day, lines, previous);
    const file = rootFile(root);
    previous = file.sha256;
    made.set(PATHS.root(day), file.bytes);
    made.set(PATHS.proof(day), json(proveInclusion(lines, CODE)));
    made.set(PATHS.token(day), await development.timestamps.stamp(Buffer.from(file.sha256, 'hex')));
  }
  made.set(
    PATHS.manifest,
    json({
      schema: 'ba-khong/evidence-bundle',
      version: 1,
      case: { code: CODE, kind: 'petition' },
      exportedAt: NOW,
      documents: [{ id: DOCUMENT, versions: [version] }],
      withheld: [],
      roots: DAYS.map((day) => ({ day, stamped: true })),
      files: [],
    }),
  );
  return made;
}

const check = (zip: Uint8Array, by = trust) => checkBundle(memorySource(zip), { trust: by, at: NOW });
/** The findings after a change to which the manifest was made to fit. */
async function findingsAfter(change: (files: BundleFiles) => void, by = trust): Promise<string[]> {
  const changed = new Map(files);
  change(changed);
  const { findings } = await check(await pack(changed), by);
  return findings.map(({ code, record, toRecord, path }) =>
    [code, ...(record === undefined ? [path] : [record, toRecord])].filter((part) => part !== undefined).join(' '),
  );
}
const edit = (path: string, change: (value: Record<string, never>) => unknown) => (all: BundleFiles) =>
  void all.set(path, json(change(JSON.parse(Buffer.from(all.get(path)!).toString()))));
const [FIRST, SECOND] = DAYS;

describe('a bundle', () => {
  it('that is whole is intact, and unconfirmed where the root is not trusted', async () => {
    const zip = await pack(files);
    expect(await check(zip)).toMatchObject({
      status: 'intact',
      findings: [],
      records: 6,
      roots: [
        { day: FIRST, records: [1, 2, 3], timestamp: NOW },
        { day: SECOND, records: [4, 5, 6], timestamp: NOW },
      ],
    });
    const { status, findings } = await check(zip, []);
    expect([status, new Set(findings.map(({ code }) => code))]).toEqual([
      'unconfirmed',
      new Set(['timestamp_unconfirmed']),
    ]);
  });

  it('whose log was written anew from some record on has just that one named, of whichever day', async () => {
    for (let at = 0; at < 6; at++) {
      const forged = chain(CODE, EMPTY_LOG, log.events.with(at, { ...log.events[at]!, type: 'petition.returned' }));
      const all = { case: CODE, head: forged.head, events: forged.events };
      expect(await findingsAfter((changed) => changed.set(PATHS.events, json(all)))).toEqual([
        `record_edited ${at + 1}`,
      ]);
    }
  });

  it('of which what was logged last was left out, head and all, has it named', async () => {
    const cut = { case: CODE, head: { seq: 4, hash: log.events[3]!.hash }, events: log.events.slice(0, 4) };
    expect(await findingsAfter((changed) => changed.set(PATHS.events, json(cut)))).toEqual(['record_removed 5 6']);
  });

  it('says which records stand under no root yet', async () => {
    const early = edit(PATHS.manifest, (value) => ({ ...value, roots: [{ day: FIRST, stamped: true }] }));
    expect(
      await findingsAfter((changed) => {
        early(changed);
        for (const path of [PATHS.root(SECOND), PATHS.proof(SECOND), PATHS.token(SECOND)]) changed.delete(path);
      }),
    ).toEqual(['records_without_root 4 6']);
  });

  it('has a root, a proof, a link or a token found out that is not what it says', async () => {
    const root = PATHS.root(FIRST);
    const other = (all: BundleFiles) => void all.set(PATHS.token(FIRST), all.get(PATHS.token(SECOND))!);
    expect(await findingsAfter(other)).toEqual(expect.arrayContaining([`timestamp_wrong ${PATHS.token(FIRST)}`]));
    const size = edit(root, (value) => ({ ...value, size: 9 }));
    expect(await findingsAfter(size)).toEqual(expect.arrayContaining([`root_wrong ${PATHS.proof(FIRST)}`]));
    const proof = edit(PATHS.proof(FIRST), (value) => ({ ...value, index: 1 }));
    expect(await findingsAfter(proof)).toEqual(expect.arrayContaining([`root_wrong ${PATHS.proof(FIRST)}`]));
    // A chain of days of the forger's own, with no token.
    const lines = leafLines(log.events.slice(3));
    const apart = rootOfDay(SECOND, lines, sha256(json('another day')));
    const unlinked = await findingsAfter((all) => {
      all.set(PATHS.root(SECOND), rootFile(apart).bytes);
      all.set(PATHS.proof(SECOND), json(proveInclusion(lines, CODE)));
      all.delete(PATHS.token(SECOND));
    });
    expect(unlinked).toEqual(expect.arrayContaining([`roots_unlinked ${PATHS.root(SECOND)}`]));
    expect(unlinked).toEqual(expect.arrayContaining([`root_without_timestamp ${PATHS.root(SECOND)}`]));
  });

  it('has files found out that are missing, not listed, or not what the log names', async () => {
    const path = PATHS.document(DOCUMENT, { n: 1, kind: 'original' });
    expect(await findingsAfter((all) => all.set(path, samplePdf({ trailer: '/Salt (x)' })))).toEqual([
      `document_changed ${path}`,
    ]);
    expect(await findingsAfter((all) => all.delete(path))).toEqual([`file_missing ${path}`]);
    const misnamed = edit(PATHS.manifest, (value) =>
      JSON.parse(JSON.stringify(value).replace(sha256(PDF), sha256(json('another')))),
    );
    expect(await findingsAfter(misnamed)).toEqual([`file_changed ${path}`]);
    const zip = Buffer.from(await pack(files));
    zip[zip.indexOf('/Root') + 1] = 0x51;
    expect((await check(zip)).findings.map(({ code }) => code)).toEqual(['document_changed', 'file_changed']);
    const unlisted = await pack(files);
    const more = await unpack(unlisted);
    const manifest = JSON.parse(Buffer.from(more.get(PATHS.manifest)!).toString());
    expect(manifest.files).toHaveLength(more.size - 1);
  });
});

describe('a bundle that somebody made to do harm', () => {
  it('is never intact with a byte changed, unless no file in it is', async () => {
    const zip = await pack(files);
    const before = await unpack(zip);
    const positions = fc.tuple(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(positions, async ([at, change]) => {
        const changed = Uint8Array.from(zip);
        changed[at] = changed[at]! ^ change;
        const report = await check(changed).catch((error: unknown) => {
          if (!isProblem(error, 'bundle_malformed')) throw error;
          return undefined;
        });
        if (report?.status !== 'intact') return;
        // Times and check sums of the ZIP file itself, and what the manifest says that nothing rests on (when it was exported).
        const now = await unpack(changed);
        now.set(PATHS.manifest, before.get(PATHS.manifest)!);
        expect(now).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  it('is answered with a report or as malformed, whatever stands in its files', async () => {
    const paths = [...files.keys()].filter((path) => path.endsWith('.json'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.string(),
        fc.jsonValue({ maxDepth: 3 }),
        async (path, key, value) => {
          const changed = new Map(files);
          const old = JSON.parse(Buffer.from(changed.get(path)!).toString());
          const keys = Object.keys(old);
          changed.set(path, json(key.length > 3 ? value : { ...old, [keys[key.length % keys.length] ?? '']: value }));
          const report = await pack(changed)
            .then(check)
            .catch((error: unknown) => {
              if (!isProblem(error, 'bundle_malformed') && !(error instanceof TypeError)) throw error;
              return undefined;
            });
          if (report?.status === 'intact') expect(report.records).toBe(6);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('nests without end, counts to the sky or dates beyond dates, and is no more than malformed', async () => {
    const deep = Buffer.from(
      `{"case":"${CODE}","head":{"seq":6,"hash":"${'0'.repeat(64)}"},"events":[${'['.repeat(200_000)}${']'.repeat(200_000)}]}`,
    );
    expect(await findingsAfter((all) => all.set(PATHS.events, deep))).toContain('file_malformed events.json');
    const far = edit(PATHS.events, (value) => ({ ...value, head: { seq: 2 ** 53 - 1, hash: '0'.repeat(64) } }));
    expect(await findingsAfter(far)).toContain(`record_removed 7 ${2 ** 53 - 1}`);
    for (const exportedAt of [8.7e15, -1, 1e300]) {
      const changed = new Map(files);
      edit(PATHS.manifest, (value) => ({ ...value, exportedAt }))(changed);
      await expect(pack(changed).then((zip) => check(zip))).rejects.toThrow('bundle_malformed');
    }
  });
});
