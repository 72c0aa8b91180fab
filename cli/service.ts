import { ApiClient } from './client.ts';
import { CommandProblem, type Terminal, type Text, UsageError } from './command.ts';
import { bytesOf } from './readable.ts';

/** Options of every command that talks to the service, for `parseArgs`. */
export const SERVICE_OPTIONS = {
  api: { type: 'string' },
  'token-file': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** The same, explained. */
export const SERVICE_HELP: readonly (readonly [string, Text])[] = [
  ['--api URL', { vi: 'địa chỉ dịch vụ (hoặc BA_KHONG_API)', en: 'address of the service (or BA_KHONG_API)' }],
  [
    '--token-file FILE',
    {
      vi: 'tệp chứa mã đăng nhập (hoặc BA_KHONG_TOKEN); không nhận trên dòng lệnh',
      en: 'file with the ID token (or BA_KHONG_TOKEN); never taken from the command line',
    },
  ],
  ['--json', { vi: 'kết quả bằng JSON', en: 'the result as JSON' }],
];

/**
 * The service as the one whose token is given sees it. A token on the command line would stand in the shell's history.
 * @throws UsageError, CommandProblem `token_missing`
 */
export async function serviceClient(
  values: { readonly api?: string | undefined; readonly 'token-file'?: string | undefined },
  { env }: Pick<Terminal, 'env'>,
): Promise<ApiClient> {
  const base = values.api ?? env.BA_KHONG_API;
  if (!base || !URL.canParse(base)) throw new UsageError('Thiếu --api URL.', '--api URL is missing.');
  const file = values['token-file'];
  const token = (file === undefined ? env.BA_KHONG_TOKEN : await textOf(file))?.trim();
  if (!token) {
    throw new CommandProblem('token_missing', {
      vi: 'Thiếu mã đăng nhập: đặt BA_KHONG_TOKEN hoặc dùng --token-file.',
      en: 'No ID token: set BA_KHONG_TOKEN or give --token-file.',
    });
  }
  return new ApiClient(base, token);
}

async function textOf(file: string): Promise<string> {
  return (await bytesOf(file)).toString('utf8');
}
