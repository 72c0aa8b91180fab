import { randomUUID } from 'node:crypto';
import { AwsError } from '../gateway/aws-error.ts';
import type { AwsRequest, AwsResponse, AwsService, LocalClock, Permission } from '../gateway/service.ts';
import { MailStore, type SentMail } from './mail-store.ts';
import { readSendRequest, type SendRequest } from './send-request.ts';
import { type MailEvent, type Place, sentEvent, sesArn } from './sending-event.ts';
import { startViewer, type Viewer } from './viewer.ts';

export type { SentMail } from './mail-store.ts';
export type { MailEvent } from './sending-event.ts';

export interface MailOptions extends Place {
  /** Where mails are kept. */
  readonly dir: string;
  readonly clock: Pick<LocalClock, 'now'>;
  /** Port of the page for people; 0 for any free one. */
  readonly viewerPort: number;
  /** Called after a mail is on disk and before its sender is answered; a mail whose event is lost would be worse. */
  readonly onEvent: (event: MailEvent) => void | Promise<void>;
}

/** What the template declares; the runtime calls this while it brings the stacks up. */
export interface MailAdmin {
  /** `AWS::SES::EmailIdentity`: an address or a domain, taken as verified at once. */
  createIdentity(name: string): void;
  /** `AWS::SES::ConfigurationSet`. */
  createConfigurationSet(name: string): void;
  /** `AWS::SES::ConfigurationSetEventDestination` to EventBridge, with its `MatchingEventTypes`. */
  addEventDestination(configurationSet: string, matchingEventTypes: readonly string[]): void;
}

export interface Mail {
  readonly service: AwsService;
  readonly admin: MailAdmin;
  /** Where people read the mails. */
  readonly viewerUrl: string;
  /** All mails taken so far, those of earlier runs too, oldest first. */
  mails(): readonly SentMail[];
  close(): Promise<void>;
}

/** SES API v2 on the laptop: nothing leaves the machine. */
export async function createMail(options: MailOptions): Promise<Mail> {
  const store = new MailStore(options.dir);
  const viewer = await startViewer(options.viewerPort);
  for (const request of await store.load()) await viewer.show(request);
  const service = new MailService(options, store, viewer);
  return {
    service,
    admin: service,
    viewerUrl: viewer.url,
    mails: () => store.all(),
    close: () => viewer.close(),
  };
}

class MailService implements AwsService, MailAdmin {
  readonly name = 'ses';
  readonly signingNames = ['ses'];
  readonly streams = false;
  readonly #options: MailOptions;
  readonly #store: MailStore;
  readonly #viewer: Viewer;
  readonly #identities = new Set<string>();
  /** Event types that each configuration set reports. */
  readonly #configurationSets = new Map<string, Set<string>>();
  readonly #requests = new WeakMap<AwsRequest, SendRequest>();

  constructor(options: MailOptions, store: MailStore, viewer: Viewer) {
    this.#options = options;
    this.#store = store;
    this.#viewer = viewer;
  }

  createIdentity(name: string): void {
    this.#identities.add(name.toLowerCase());
  }

  createConfigurationSet(name: string): void {
    if (!this.#configurationSets.has(name)) this.#configurationSets.set(name, new Set());
  }

  addEventDestination(configurationSet: string, matchingEventTypes: readonly string[]): void {
    this.createConfigurationSet(configurationSet);
    for (const type of matchingEventTypes) this.#configurationSets.get(configurationSet)?.add(type.toLowerCase());
  }

  operation({ method, path }: AwsRequest): string {
    return isSendEmail(method, path) ? 'SendEmail' : `${method} ${path}`;
  }

  /** `SendEmail` needs the identity that stands for the sender, and the configuration set. */
  async permissions(request: AwsRequest): Promise<readonly Permission[]> {
    if (!isSendEmail(request.method, request.path)) {
      throw new AwsError('UnknownOperationException', 'Only SendEmail is known on this machine.', 404);
    }
    const mail = await readSendRequest(request.payload);
    this.#requests.set(request, mail);
    const context = { 'ses:ApiVersion': '2', 'ses:FromAddress': mail.fromAddress, 'ses:Recipients': recipients(mail) };
    const identity = this.#identityOf(mail.fromAddress) ?? mail.fromAddress;
    const resources = [sesArn(this.#options, 'identity', identity)];
    if (mail.configurationSet) resources.push(sesArn(this.#options, 'configuration-set', mail.configurationSet));
    return resources.map((resource) => ({ action: 'ses:SendEmail', resource, context }));
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    const asked = this.#requests.get(request) ?? (await readSendRequest(request.payload));
    const identity = this.#identityOf(asked.fromAddress);
    if (identity === undefined) throw notVerified(asked.fromAddress, this.#options.region);
    const reported = this.#reportedBy(asked.configurationSet);
    const mail = await this.#take(asked);
    if (reported.has('send')) {
      await this.#options.onEvent(sentEvent(this.#options, mail, identity, request.principal.arn));
    }
    return answer(200, { MessageId: mail.messageId });
  }

  error(code: string, message: string, status: number): AwsResponse {
    const response = answer(status, { message });
    return { ...response, headers: { ...response.headers, 'x-amzn-errortype': code } };
  }

  /** The verified identity that covers an address: the address itself before its domain. */
  #identityOf(address: string): string | undefined {
    const lower = address.toLowerCase();
    return [lower, lower.slice(lower.lastIndexOf('@') + 1)].find((name) => this.#identities.has(name));
  }

  #reportedBy(configurationSet: string | undefined): ReadonlySet<string> {
    if (configurationSet === undefined) return new Set();
    const types = this.#configurationSets.get(configurationSet);
    if (types) return types;
    throw new AwsError('NotFoundException', `Configuration set <${configurationSet}> does not exist.`, 404);
  }

  async #take(asked: SendRequest): Promise<SentMail> {
    const at = this.#options.clock.now();
    const messageId = `${at.toString(16).padStart(16, '0')}-${randomUUID()}-000000`;
    const shown = await this.#viewer.show(asked.json);
    const eml = asked.raw ?? stamped(shown, { messageId, at, region: this.#options.region });
    const { fromAddress: from, to, cc, bcc, subject, tags, configurationSet } = asked;
    return this.#store.add({ messageId, at, from, to, cc, bcc, subject, tags, configurationSet }, asked.json, eml);
  }
}

/** Puts SES's own `Message-ID` and `Date` into a message written by the viewer. */
function stamped(eml: Uint8Array, stamp: { messageId: string; at: number; region: string }): Uint8Array {
  const text = Buffer.from(eml).toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const date = new Date(stamp.at).toUTCString().replace('GMT', '+0000');
  const head = text
    .slice(0, end)
    .replace(/^Message-ID: .*$/im, `Message-ID: <${stamp.messageId}@${stamp.region}.amazonses.com>`)
    .replace(/^Date: .*$/im, `Date: ${date}`);
  return new Uint8Array(Buffer.from(head + text.slice(end), 'latin1'));
}

function recipients({ to, cc, bcc }: SendRequest): readonly string[] {
  return [...to, ...cc, ...bcc];
}

function isSendEmail(method: string, path: string): boolean {
  return method === 'POST' && path === '/v2/email/outbound-emails';
}

function notVerified(address: string, region: string): AwsError {
  const message = `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${address}`;
  return new AwsError('MessageRejected', message, 400);
}

function answer(status: number, body: object): AwsResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
