import { ProblemError } from '../platform/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { openPdf, type PdfDocument } from './document.ts';
import { hasExecutableName, isExecutableContent } from './executable-content.ts';
import { DEFAULT_LIMITS, type PdfLimits } from './limits.ts';
import {
  isArray,
  isDict,
  isName,
  isStream,
  isString,
  nameOf,
  type PdfDict,
  type PdfObject,
  type PdfStream,
} from './objects.ts';
import { pages } from './page-tree.ts';
import { broken } from './problems.ts';
import { type CertificationLevel, certificationLevel, signatureFields } from './signature-permissions.ts';
import { decodeTextString } from './text-string.ts';

/** What intake learns of a PDF that it accepts. */
export interface PdfInspection {
  readonly pages: number;
  /** The higher of the header's and the catalog's version, such as `1.7`. */
  readonly version: string;
  /** Signatures in the file, document timestamps among them. */
  readonly signatures: number;
  readonly certification: CertificationLevel | undefined;
  readonly attachments: number;
  /** Cross-reference sections: the file as first written and each later revision. */
  readonly revisions: number;
}

/** Bounds for files from outside: lower than for reading one's own. */
export const INTAKE_LIMITS: PdfLimits = { ...DEFAULT_LIMITS, objects: 500_000, totalInflatedBytes: 256 * 1024 * 1024 };

/** Actions that run code or start programs (ISO 32000-2 §12.6.4), or read files of whoever opens the document. */
const ACTIVE_ACTIONS: ReadonlySet<string> = new Set(['JavaScript', 'Launch', 'ImportData', 'RichMediaExecute']);

/**
 * Reads all of a PDF that a reader could come across and refuses what must not enter: `pdf_encrypted`, `pdf_broken`,
 * `pdf_active_content` (JavaScript, Launch, wherever they stand), `pdf_executable_attachment`, `pdf_xfa`,
 * `pdf_limits`. Every object in use is looked at, reachable or not, those in object streams too.
 */
export async function inspectPdf(source: ByteSource, limits: PdfLimits = INTAKE_LIMITS): Promise<PdfInspection> {
  const document = await openPdf(source, limits);
  const seen = new Inspection(document);
  await seen.value(document.trailer);
  for await (const ref of document.liveRefs()) await seen.value(await document.get(ref));
  const catalog = await document.catalog();
  let count = 0;
  for await (const _page of pages(document)) count++;
  if (count === 0) throw broken('the document has no pages');
  return {
    pages: count,
    version: versionOf(document, catalog),
    signatures: (await signatureFields(document)).filter((field) => field.signature).length,
    certification: await certificationLevel(document),
    attachments: seen.attachments,
    revisions: document.xref.sections.length,
  };
}

function versionOf(document: PdfDocument, catalog: PdfDict): string {
  const own = nameOf(catalog.get('Version'));
  return own && /^[12]\.\d$/.test(own) && own > document.headerVersion ? own : document.headerVersion;
}

/** Looks at objects one by one; what is indirect is looked at when its own turn comes, so circles do no harm. */
class Inspection {
  attachments = 0;
  private readonly document: PdfDocument;

  constructor(document: PdfDocument) {
    this.document = document;
  }

  async value(value: PdfObject): Promise<void> {
    if (isArray(value)) {
      for (const item of value) if (typeof item === 'object') await this.value(item);
    } else if (isStream(value)) {
      await this.stream(value);
      await this.dictionary(value.dict);
    } else if (isDict(value)) {
      await this.dictionary(value);
    }
  }

  private async dictionary(dict: PdfDict): Promise<void> {
    await this.refuseActiveContent(dict);
    if (dict.has('XFA')) throw new ProblemError('pdf_xfa');
    if (dict.has('EF')) await this.fileSpecification(dict);
    for (const item of dict.values()) if (typeof item === 'object') await this.value(item);
  }

  private async refuseActiveContent(dict: PdfDict): Promise<void> {
    const action = dict.has('S') ? nameOf(await this.document.value(dict, 'S')) : undefined;
    // /JavaScript is the name tree of scripts in /Names; /JS beside a rendition action runs like a script.
    const script = dict.has('JavaScript') || dict.has('OnInstantiate') || (dict.has('JS') && action !== undefined);
    if ((action !== undefined && ACTIVE_ACTIONS.has(action)) || script) {
      throw new ProblemError('pdf_active_content', { detail: action === 'Launch' ? 'a Launch action' : 'a script' });
    }
    if (dict.has('Subtype') && isName(await this.document.value(dict, 'Subtype'), 'RichMedia')) {
      throw new ProblemError('pdf_active_content', { detail: 'rich media' });
    }
  }

  private async stream(stream: PdfStream): Promise<void> {
    if (stream.dict.has('F')) throw broken('a stream keeps its data in another file');
    if (isName(stream.dict.get('Type'), 'EmbeddedFile')) await this.refuseExecutable(stream);
  }

  /** A file specification with its embedded files (§7.11.3, §7.11.4). */
  private async fileSpecification(dict: PdfDict): Promise<void> {
    this.attachments++;
    for (const key of ['UF', 'F', 'DOS', 'Mac', 'Unix']) {
      const fileName = await this.document.value(dict, key);
      if (isString(fileName) && hasExecutableName(decodeTextString(fileName))) {
        throw new ProblemError('pdf_executable_attachment', { detail: 'by its name' });
      }
    }
    const files = await this.document.dict(dict, 'EF');
    for (const entry of files?.values() ?? []) {
      const file = await this.document.resolve(entry);
      if (isStream(file) && !isName(file.dict.get('Type'), 'EmbeddedFile')) await this.refuseExecutable(file);
    }
  }

  private async refuseExecutable(file: PdfStream): Promise<void> {
    if (isExecutableContent(await this.document.streamBytes(file))) {
      throw new ProblemError('pdf_executable_attachment', { detail: 'by its content' });
    }
  }
}
