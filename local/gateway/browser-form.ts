import type { IncomingMessage } from 'node:http';
import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { PayloadFault } from '../sigv4/payload-fault.ts';
import { AwsError } from './aws-error.ts';
import type { Meter } from './incoming.ts';
import { flow } from './payload.ts';
import type { BrowserForm } from './service.ts';

/** S3 accepts at most 20 KB of fields before the file. */
const MAX_FIELDS = 20 * 1024;
const BLANK_LINE = Buffer.from('\r\n\r\n');

/** Reads a form up to its file; `body` is the file, still to come. Rejects with `AwsError` where there is none. */
export async function openForm(
  request: IncomingMessage,
  contentType: string,
  meter: Meter,
): Promise<{ form: BrowserForm; body: Readable }> {
  const boundary = /boundary=(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType);
  if (!boundary) throw malformed('The body of your POST request is not well-formed multipart/form-data.');
  const reader = new BrowserFormReader(boundary[1] ?? boundary[2] ?? '');
  const ready = new Promise<void>((resolve, reject) => {
    reader.once('fields', resolve);
    reader.once('error', reject);
  });
  flow(request, meter, reader);
  await ready;
  return { form: { fields: reader.fields, fileName: reader.fileName }, body: reader };
}

/**
 * Takes a `multipart/form-data` body (RFC 7578) apart: collects the fields up to the part named `file`, emits `fields`,
 * gives out that part's bytes, and ignores whatever follows it, as S3 does.
 */
class BrowserFormReader extends Transform {
  readonly fields = new Map<string, string>();
  fileName = '';
  #state: 'preamble' | 'head' | 'field' | 'file' | 'rest' = 'preamble';
  /** Bytes not judged yet. The first delimiter has no line break of its own before it, so it is lent one. */
  #held: Buffer = Buffer.from('\r\n');
  #name = '';
  #fieldBytes = 0;
  readonly #delimiter: Buffer;

  constructor(boundary: string) {
    super();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      if (this.#state !== 'rest') this.#held = Buffer.concat([this.#held, chunk]);
      while (this.#state !== 'rest' && this.#step());
      done();
    } catch (fault) {
      done(fault as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    if (this.#state === 'rest') done();
    else if (this.#state === 'file') done(new PayloadFault('length', 'The form ended before its file did.'));
    else done(noFile());
  }

  /** Takes one piece off what is held; false when it needs more bytes. */
  #step(): boolean {
    if (this.#state === 'head') return this.#readHead();
    const at = this.#held.indexOf(this.#delimiter);
    if (at < 0) return this.#passOn(this.#held.length - this.#delimiter.length + 1);
    const end = at + this.#delimiter.length;
    if (this.#held.length < end + 2) return this.#passOn(at);
    const last = this.#held.toString('latin1', end, end + 2) === '--';
    const wasFile = this.#state === 'file';
    this.#closePart(this.#held.subarray(0, at));
    this.#held = wasFile ? Buffer.alloc(0) : this.#held.subarray(end);
    if (last && !wasFile) throw noFile();
    this.#state = wasFile ? 'rest' : 'head';
    return true;
  }

  /** Gives out the part of the file that cannot belong to a delimiter; keeps the rest until more bytes come. */
  #passOn(upTo: number): false {
    if (this.#state !== 'file') this.#bound(this.#held.length);
    else if (upTo > 0) {
      this.push(this.#held.subarray(0, upTo));
      this.#held = this.#held.subarray(upTo);
    }
    return false;
  }

  #readHead(): boolean {
    const end = this.#held.indexOf(BLANK_LINE);
    if (end < 0) {
      this.#bound(this.#held.length);
      return false;
    }
    const head = this.#held.toString('utf8', 0, end);
    this.#held = this.#held.subarray(end + BLANK_LINE.length);
    const disposition = /^content-disposition:\s*form-data;(.*)$/im.exec(head)?.[1] ?? '';
    const name = parameter(disposition, 'name');
    if (name === undefined) throw malformed('A part of the form has no name.');
    this.#name = name.toLowerCase();
    this.#state = this.#name === 'file' ? 'file' : 'field';
    if (this.#state === 'file') {
      this.fileName = (parameter(disposition, 'filename') ?? '').split(/[/\\]/).at(-1) ?? '';
      this.emit('fields');
    }
    return true;
  }

  #closePart(content: Buffer): void {
    if (this.#state === 'file' && content.length > 0) this.push(content);
    if (this.#state !== 'field') return;
    this.#bound(content.length);
    if (this.fields.has(this.#name)) throw malformed(`The form has the field ${this.#name} twice.`);
    this.#fieldBytes += content.length;
    this.fields.set(this.#name, content.toString('utf8'));
  }

  #bound(more: number): void {
    if (this.#fieldBytes + more <= MAX_FIELDS) return;
    const message = 'Your POST request fields preceding the upload file were too large.';
    throw new AwsError('MaxPostPreDataLengthExceeded', message, 400);
  }
}

/** A quoted parameter of a Content-Disposition; browsers write `"` in a name as `%22`. */
function parameter(disposition: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(`;${disposition}`);
  return match ? (match[1] ?? match[2] ?? '').replaceAll('%22', '"') : undefined;
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPOSTRequest', message, 400);
}

function noFile(): AwsError {
  return new AwsError('InvalidArgument', 'POST requires exactly one file upload per request.', 400);
}
