import { CommandProblem, EXIT, type Terminal } from '../command.ts';
import { readable } from './readable.ts';

/**
 * A password: the first line of a file, else from the environment, else asked for without echo. Never an argument, which
 * every process of the machine could read. @throws CommandProblem `password_missing`, `file_unreadable`
 */
export async function readSecret(
  file: string | undefined,
  variable: string,
  terminal: Pick<Terminal, 'env' | 'askHidden'>,
): Promise<string> {
  if (file !== undefined) {
    const text = (await readable(file, (read) => read(file))).toString('utf8');
    return text.split(/\r?\n/, 1)[0] ?? '';
  }
  const secret = terminal.env[variable] ?? (await terminal.askHidden('Mật khẩu | Password:'));
  if (secret !== undefined) return secret;
  throw new CommandProblem(
    'password_missing',
    {
      vi: `Thiếu mật khẩu: dùng --password-file hoặc đặt ${variable}.`,
      en: `No password: give --password-file or set ${variable}.`,
    },
    EXIT.usage,
  );
}
