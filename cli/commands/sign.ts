import type { Command } from '../command.ts';
import { signCase } from './sign-case.ts';
import { signFile } from './sign-file.ts';

/** Signs a file on this machine, or (`--case`) what the service asks a leader to sign. */
export const sign: Command = {
  summary: {
    vi: `${signFile.summary.vi}; với --case: ${lower(signCase.summary.vi)}`,
    en: `${signFile.summary.en}; with --case: ${lower(signCase.summary.en)}`,
  },
  usage: [...signFile.usage, ...signCase.usage],
  options: once([...signFile.options, ...signCase.options]),
  run: (args, terminal) => (isOfCase(args) ? signCase : signFile).run(args, terminal),
};

function isOfCase(args: readonly string[]): boolean {
  return args.some((arg) => arg === '--case' || arg.startsWith('--case='));
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Options that both have are explained once. */
function once(options: Command['options']): Command['options'] {
  return options.filter(([name], n) => options.findIndex(([other]) => other === name) === n);
}
