import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { ApiClient } from '../client.ts';
import { type Command, CommandProblem, EXIT, UsageError } from '../command.ts';
import { bytesOf } from '../readable.ts';
import { SERVICE_HELP, SERVICE_OPTIONS, serviceClient } from '../service.ts';
import { messageFor, preparedIn, shownText } from '../sign/check-prepared.ts';
import { KEY_HELP, KEY_OPTIONS, signerOf } from '../signing-key.ts';

/** A leader signs an answer or a dispatch with a key that stays with them: only what is to be signed and the signature travel. */
export const signCase: Command = {
  summary: {
    vi: 'Ký văn bản trả lời hoặc văn bản đi bằng khóa của chính mình; khóa không rời máy',
    en: 'Sign an answer or a dispatch with a key of your own; the key stays where it is',
  },
  usage: [
    'sign --case CODE --document FILE.pdf [--revision N] --p12 FILE [--password-file FILE] --api URL',
    'sign --case CODE --document FILE.pdf [--revision N] --csc URL --csc-client ID --credential ID --api URL',
  ],
  options: [
    ['--case CODE', { vi: 'mã phản ánh, kiến nghị hoặc văn bản đi', en: 'code of the petition or dispatch' }],
    [
      '--document FILE.pdf',
      {
        vi: 'dự thảo mà người ký đã đọc; chỉ ký đúng tệp này',
        en: 'the draft as you have read it; only this file is signed',
      },
    ],
    [
      '--revision N',
      {
        vi: 'của văn bản đi như người ký đã xem: loại, trích yếu, nơi nhận; thiếu thì được cho xem, chưa ký',
        en: 'of a dispatch as you have seen it: type, subject, recipients; without it they are shown and nothing is signed',
      },
    ],
    ...KEY_HELP,
    ...SERVICE_HELP,
  ],
  async run(args, terminal) {
    const { values } = parseArgs({
      args,
      options: {
        ...SERVICE_OPTIONS,
        ...KEY_OPTIONS,
        case: { type: 'string' },
        document: { type: 'string' },
        revision: { type: 'string' },
      },
    });
    const { case: code, document } = values;
    if (!code || !document) throw new UsageError('Thiếu --case hoặc --document.', '--case or --document is missing.');
    const path = pathOf(code);
    const file = await bytesOf(document);
    const sha256 = createHash('sha256').update(file).digest('hex');
    const client = await serviceClient(values, terminal);
    const revision = path.startsWith(DISPATCHES) ? await revisionOf(values.revision, client, path) : undefined;
    const signer = await signerOf(values, terminal);
    const prepared = preparedIn(await client.post(`${path}/signing/prepare`, { sha256, revision }));
    const message = await messageFor(file, prepared, signer, await ownImage(client, prepared.shown.image));
    if (!values.json) terminal.tell(shownText(prepared));
    const value = await signer.sign(createHash(signer.algorithm.hash).update(message).digest(), message);
    const signature = Buffer.from(value).toString('base64');
    const { session } = prepared;
    const { state } = await client.post<{ state: string }>(`${path}/signing/complete`, { session, signature });
    if (values.json) terminal.print(JSON.stringify({ case: code, sha256, state }));
    else terminal.print(`${code}: đã ký; chữ ký đang được đưa vào tệp | signed; being put into the file (${state})`);
    return EXIT.done;
  },
};

/** The signer's own image, when the signature is to show it: as it is at the service now, which must be the one that is shown. */
async function ownImage(client: ApiClient, sha256: string | undefined): Promise<Uint8Array | undefined> {
  if (sha256 === undefined) return undefined;
  const { url } = await client.get<{ url: string }>('/api/me/signature-image');
  const image = new Uint8Array(await (await fetch(url)).arrayBuffer());
  if (createHash('sha256').update(image).digest('hex') === sha256) return image;
  throw new CommandProblem('prepared_differently', {
    vi: 'Chưa ký: ảnh chữ ký ở dịch vụ không phải ảnh sẽ hiện; hãy chạy lại.',
    en: 'Nothing was signed: the image at the service is not the one that would be shown; run it again.',
  });
}

const DISPATCHES = '/api/dispatches/';

interface Dispatch {
  readonly revision: number;
  readonly type: string;
  readonly subject: string;
  readonly recipients: readonly { readonly unit: string }[];
}

/** The revision that is signed: the one that the signer names after they have seen what it sends, and to whom. */
async function revisionOf(given: string | undefined, client: ApiClient, path: string): Promise<number> {
  if (given !== undefined) {
    if (!/^\d{1,9}$/.test(given)) throw new UsageError('--revision không đúng.', '--revision is not a number.');
    return Number(given);
  }
  const { revision, type, subject, recipients } = await client.get<Dispatch>(path);
  const to = recipients.map(({ unit }) => unit).join(', ');
  throw new CommandProblem('revision_missing', {
    vi: `Chưa ký. Văn bản ${type}: ${subject}. Nơi nhận: ${to}. Nếu đúng, chạy lại với --revision ${revision}.`,
    en: `Not signed. A ${type}: ${subject}. To: ${to}. If that is right, run it again with --revision ${revision}.`,
  });
}

/** Where the case is signed, by the kind that its code begins with. */
function pathOf(code: string): string {
  const kind = code.trim().slice(0, 2).toUpperCase();
  const name = encodeURIComponent(code.trim());
  if (kind === 'VB') return `${DISPATCHES}${name}`;
  if (['PA', 'KN', 'TC'].includes(kind)) return `/api/petitions/${name}/answer`;
  throw new UsageError(`Mã ${code} không đúng.`, `${code} is not the code of a petition or dispatch.`);
}
