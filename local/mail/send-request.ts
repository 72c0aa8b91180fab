import PostalMime, { addressParser } from 'postal-mime';
import { AwsError } from '../gateway/aws-error.ts';

/** A mail as `SendEmail` (SES API v2) asks for it. */
export interface SendRequest {
  /** Header sender, as given: `Name <address>`. */
  readonly from: string;
  readonly fromAddress: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly configurationSet: string | undefined;
  /** `EmailTags`. */
  readonly tags: Readonly<Record<string, string>>;
  /** The whole MIME message, where the caller wrote it itself (`Content.Raw`). */
  readonly raw: Uint8Array | undefined;
  /** The request's JSON, as it came. */
  readonly json: Readonly<Record<string, unknown>>;
}

type Json = Readonly<Record<string, unknown>>;

/** Most addresses one call may name. */
const MAX_RECIPIENTS = 50;

/** @throws AwsError `BadRequestException` */
export async function readSendRequest(payload: Uint8Array | undefined): Promise<SendRequest> {
  const json = parse(payload);
  const content = record(json.Content, 'Content');
  const destination = json.Destination === undefined ? {} : record(json.Destination, 'Destination');
  const [to, cc, bcc] = ['To', 'Cc', 'Bcc'].map((kind) => addresses(destination[`${kind}Addresses`]));
  const common = {
    configurationSet: optionalText(json.ConfigurationSetName),
    tags: tagsOf(json.EmailTags),
    json,
  };
  const message = content.Raw === undefined ? simple(json, content) : await raw(json, record(content.Raw, 'Raw'));
  const recipients = { to: to?.length ? to : message.to, cc: cc ?? [], bcc: bcc ?? [] };
  const count = recipients.to.length + recipients.cc.length + recipients.bcc.length;
  if (count === 0) throw badRequest('A recipient is required.');
  if (count > MAX_RECIPIENTS) throw badRequest(`Recipient count exceeds ${MAX_RECIPIENTS}.`);
  return { ...common, ...message, ...recipients };
}

function simple(json: Json, content: Json) {
  if (content.Simple === undefined) throw badRequest('Only Simple and Raw content can be sent here.');
  const { Subject, Body } = record(content.Simple, 'Simple');
  const body = record(Body, 'Body');
  if (body.Html === undefined && body.Text === undefined) throw badRequest('A body is required.');
  const from = optionalText(json.FromEmailAddress);
  if (from === undefined) throw badRequest('FromEmailAddress is required.');
  return {
    from,
    fromAddress: addressOf(from),
    to: [] as readonly string[],
    subject: optionalText(record(Subject, 'Subject').Data) ?? '',
    raw: undefined,
  };
}

async function raw(json: Json, { Data }: Json) {
  const bytes = Buffer.from(optionalText(Data) ?? '', 'base64');
  const parsed = await PostalMime.parse(bytes);
  const header = parsed.headers.find(({ key }) => key === 'from')?.value;
  const from = optionalText(json.FromEmailAddress) ?? header;
  if (from === undefined) throw badRequest('The message has no From header.');
  return {
    from,
    fromAddress: addressOf(from),
    to: (parsed.to ?? []).flatMap(({ address }) => address ?? []) as readonly string[],
    subject: parsed.subject ?? '',
    raw: new Uint8Array(bytes),
  };
}

/** The bare address of `Name <address>`. */
function addressOf(text: string): string {
  const [first] = addressParser(text, { flatten: true });
  if (!first?.address?.includes('@')) throw badRequest(`Illegal address: ${text}`);
  return first.address;
}

function addresses(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badRequest('Addresses must be a list.');
  return value.map((one) => addressOf(String(one)));
}

function tagsOf(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value)) throw badRequest('EmailTags must be a list.');
  const pairs = value.map((tag) => record(tag, 'EmailTags')).map(({ Name, Value }) => [String(Name), String(Value)]);
  for (const [name = '', text = ''] of pairs) {
    if (!/^[\w-]{1,256}$/.test(name) || !/^[\w.@-]{1,256}$/.test(text)) throw badRequest(`Invalid email tag: ${name}`);
  }
  return Object.fromEntries(pairs);
}

function parse(payload: Uint8Array | undefined): Json {
  try {
    return record(JSON.parse(Buffer.from(payload ?? []).toString('utf8')), 'The body');
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw badRequest('The body is not JSON.');
  }
}

function record(value: unknown, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest(`${name} is missing.`);
  return value as Json;
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message, 400);
}
