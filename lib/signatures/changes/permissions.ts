import type { PdfDocument } from '../../pdf/document.ts';
import { isDict, type PdfDict, type PdfObject } from '../../pdf/objects.ts';
import { certificationLevel, isLocked, lockOf, type SignatureField } from '../../pdf/signature-permissions.ts';
import { isDocumentTimestamp, transformParameters } from '../signature-dictionary.ts';
import { type Reason, reason } from '../validation/reasons.ts';
import type { NotedChange } from './noted-change.ts';
import type { StepFindings } from './revision-rules.ts';

/**
 * What a signature forbids of the revisions after it, by revision. Under a certification with P=1 nothing but timestamps,
 * validation data and metadata may follow, with P=2 values and signatures too, with P=3 also annotations (ISO 32000-2
 * §12.8.2.2); without one the rule is as for P=2. Fields that FieldMDP or the /Lock of its field lock stay as they are
 * (§12.8.2.4).
 *
 * @param revision the file as it was signed: only what was certified by then counts
 */
export async function checkPermissions(
  revision: PdfDocument,
  field: SignatureField,
  later: readonly StepFindings[],
): Promise<Reason[][]> {
  if (later.length === 0) return [];
  const signature: PdfDict = field.signature ?? new Map();
  const level = await allowedLevel(revision, field, signature);
  const parameters = (await transformParameters(revision, signature, 'FieldMDP')) ?? null;
  const locks = [
    await lockOf(revision, parameters),
    await lockOf(revision, await revision.value(field.dict, 'Lock')),
  ].filter((lock) => lock !== undefined);
  return later.map((step) => {
    const reasons: Reason[] = [];
    const timestamps = step.signed.filter((one) => one.signature && isDocumentTimestamp(one.signature));
    const signs = step.signed.length > timestamps.length;
    const fills = step.filled.some((filled) => !timestamps.some(({ name }) => name === filled));
    if (level === 1 && (signs || fills || step.annotated)) reasons.push(reason('certified_no_changes'));
    if (level === 2 && step.annotated) {
      reasons.push(
        reason(
          'annotation_not_allowed',
          placeOf(step, ({ kind }) => kind === 'annotation'),
        ),
      );
    }
    const locked = step.filled.filter((name) => locks.some((lock) => isLocked(lock, name)));
    if (locked.length > 0) {
      reasons.push(
        reason(
          'field_locked',
          placeOf(step, ({ field: name }) => locked.includes(name ?? '')),
        ),
      );
    }
    return reasons;
  });
}

/** Page and object of the first change of that kind. */
function placeOf({ noted }: StepFindings, isWanted: (change: NotedChange) => boolean): string | undefined {
  const change = noted.find(isWanted);
  const where = [change?.page && `page ${change.page}`, change?.object && `object ${change.object}`].filter(Boolean);
  return where.length === 0 ? undefined : where.join(', ');
}

/** The strictest of: the certification of the file, the signature's own, the /P of its field's lock (table 236). */
async function allowedLevel(revision: PdfDocument, field: SignatureField, signature: PdfDict): Promise<1 | 2 | 3> {
  const own = await transformParameters(revision, signature, 'DocMDP');
  const certified = [
    await certificationLevel(revision),
    own === undefined ? undefined : ((await levelIn(revision, own)) ?? 2),
  ].filter((level) => level !== undefined);
  const lock = await levelIn(revision, await revision.value(field.dict, 'Lock'));
  return Math.min(...(certified.length === 0 ? [2] : certified), lock ?? 3) as 1 | 2 | 3;
}

async function levelIn(document: PdfDocument, value: PdfObject): Promise<1 | 2 | 3 | undefined> {
  const level = isDict(value) ? await document.value(value, 'P') : null;
  return level === 1 || level === 2 || level === 3 ? level : undefined;
}
