import type { PdfDocument } from '../pdf/document.ts';
import { isDict, type PdfDict } from '../pdf/objects.ts';
import { isLocked, lockOf } from '../pdf/signature-permissions.ts';
import { type Reason, reason } from './reasons.ts';
import type { StepFindings } from './revision-rules.ts';
import { isDocumentTimestamp, transformParameters } from './signature-dictionary.ts';

/**
 * What a signature itself forbids of the revisions after it: with DocMDP P=1 nothing but timestamps and validation
 * data may follow (ISO 32000-2 §12.8.2.2), and fields that FieldMDP locks stay as they are (§12.8.2.4).
 */
export async function checkPermissions(
  document: PdfDocument,
  signature: PdfDict,
  later: readonly StepFindings[],
): Promise<Reason[]> {
  const reasons: Reason[] = [];
  const certification = await transformParameters(document, signature, 'DocMDP');
  const level = isDict(certification) ? await document.value(certification, 'P') : null;
  const laterSignatures = later
    .flatMap(({ signed }) => signed)
    .filter((field) => field.signature && !isDocumentTimestamp(field.signature));
  if (level === 1 && laterSignatures.length > 0) reasons.push(reason('certified_no_changes'));
  const lock = await lockOf(document, (await transformParameters(document, signature, 'FieldMDP')) ?? null);
  const filled = later.flatMap((step) => step.filled);
  if (lock && filled.some((name) => isLocked(lock, name))) reasons.push(reason('field_locked'));
  return reasons;
}
