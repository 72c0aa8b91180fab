import { setTimeout as wait } from 'node:timers/promises';
import type { SigningHash } from '../lib/pki/algorithms.ts';
import { CscClient } from '../lib/pki/csc/csc-client.ts';
import { openCscSigner } from '../lib/pki/csc/csc-signer.ts';
import { keepsSecrets } from '../lib/pki/csc/http-port.ts';
import { openPkcs12Signer } from '../lib/pki/pkcs12-signer.ts';
import type { Signer } from '../lib/pki/signer.ts';
import { createServiceClient } from '../lib/platform/http-client.ts';
import { CommandProblem, EXIT, type Terminal, type Text, UsageError } from './command.ts';
import { bytesOf } from './readable.ts';

/** Options of commands that sign, for `parseArgs`. Secrets are never taken from the command line: its history keeps them. */
export const KEY_OPTIONS = {
  p12: { type: 'string' },
  'password-file': { type: 'string' },
  csc: { type: 'string' },
  'csc-client': { type: 'string' },
  credential: { type: 'string' },
} as const;

/** The same, explained. */
export const KEY_HELP: readonly (readonly [string, Text])[] = [
  ['--p12 FILE', { vi: 'khóa và chứng thư trong tệp PKCS#12', en: 'key and certificate in a PKCS#12 container' }],
  [
    '--password-file FILE',
    {
      vi: 'tệp chứa mật khẩu (hoặc BA_KHONG_PASSWORD, hoặc nhập khi được hỏi)',
      en: 'file with its password (or BA_KHONG_PASSWORD, or typed when asked)',
    },
  ],
  ['--csc URL', { vi: 'dịch vụ ký số từ xa (CSC API v2)', en: 'a remote signing service (CSC API v2)' }],
  [
    '--csc-client ID',
    { vi: 'mã ứng dụng; bí mật trong BA_KHONG_CSC_SECRET', en: 'client id; its secret in BA_KHONG_CSC_SECRET' },
  ],
  [
    '--credential ID',
    {
      vi: 'mã chứng thư tại dịch vụ; mã PIN trong BA_KHONG_CSC_PIN',
      en: 'credential there; its PIN in BA_KHONG_CSC_PIN',
    },
  ],
];

interface KeyValues {
  readonly p12?: string | undefined;
  readonly 'password-file'?: string | undefined;
  readonly csc?: string | undefined;
  readonly 'csc-client'?: string | undefined;
  readonly credential?: string | undefined;
}

const TIME_LIMIT_MS = 30_000;

/** Another way of signing than the key's usual one. */
export interface SigningManner {
  readonly hash?: SigningHash | undefined;
  readonly pss?: boolean;
}

/** The key that the command line names. @throws UsageError, CommandProblem, ProblemError */
export async function signerOf(
  values: KeyValues,
  terminal: Terminal,
  { hash, pss = false }: SigningManner = {},
): Promise<Signer> {
  if (values.p12 !== undefined && values.csc === undefined) {
    const container = await bytesOf(values.p12);
    const password = await passwordOf(values, terminal);
    const usual = openPkcs12Signer(container, password);
    if (!pss && hash === undefined) return usual;
    const scheme = pss ? 'rsa-pss' : usual.algorithm.scheme;
    return openPkcs12Signer(container, password, { scheme, hash: hash ?? usual.algorithm.hash });
  }
  if (pss || hash !== undefined)
    throw new UsageError('--pss và --hash đi với --p12.', '--pss and --hash belong to --p12.');
  const { csc, credential, 'csc-client': clientId } = values;
  if (csc === undefined || values.p12 !== undefined || !credential || !clientId || !keepsSecrets(csc)) {
    throw new UsageError(
      'Dùng --p12 FILE, hoặc --csc URL (https) --csc-client ID --credential ID.',
      'Give --p12 FILE, or --csc URL (https) --csc-client ID --credential ID.',
    );
  }
  const { BA_KHONG_CSC_SECRET: secret, BA_KHONG_CSC_PIN: pin } = terminal.env;
  if (!secret) throw missing('BA_KHONG_CSC_SECRET');
  const client = new CscClient(
    { baseUrl: csc, clientId, clientSecret: async () => secret },
    { http: createServiceClient(TIME_LIMIT_MS), now: Date.now, pause: () => wait(1000) },
  );
  return openCscSigner({
    client,
    credentialId: credential,
    authData: async () => (pin ? [{ id: 'PIN', value: pin }] : []),
  });
}

async function passwordOf(values: KeyValues, terminal: Terminal): Promise<string> {
  const file = values['password-file'];
  // A file that an editor wrote ends with a line end that is not part of the password.
  if (file !== undefined) return (await bytesOf(file)).toString('utf8').replace(/\r?\n$/, '');
  const password = terminal.env.BA_KHONG_PASSWORD ?? (await terminal.askHidden('Mật khẩu PKCS#12 | password:'));
  if (password === undefined) throw missing('--password-file, BA_KHONG_PASSWORD');
  return password;
}

function missing(secret: string): CommandProblem {
  return new CommandProblem('secret_missing', { vi: `Thiếu ${secret}.`, en: `Missing: ${secret}.` }, EXIT.usage);
}
