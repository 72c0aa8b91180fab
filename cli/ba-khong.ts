// `ba-khong COMMAND …`: see `ba-khong --help`. The launcher is ba-khong.mjs.

import { ProblemError } from '../lib/platform/errors.ts';
import { CATALOG } from '../lib/platform/errors-catalog.ts';
import { ApiProblem } from './client.ts';
import { type Command, CommandProblem, EXIT, type Terminal, type Text, UsageError } from './command.ts';
import { evidence } from './commands/evidence.ts';
import { extend } from './commands/extend.ts';
import { sign } from './commands/sign.ts';
import { trust } from './commands/trust.ts';
import { unit } from './commands/unit.ts';
import { verify } from './commands/verify.ts';

export { processTerminal } from './command.ts';

const COMMANDS: Readonly<Record<string, Command>> = { sign, extend, verify, evidence, unit, trust };

/** Runs one command line. @returns exit code, see `EXIT` */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const asked = name === undefined || name === '--help' || name === '-h' || name === 'help';
    const help = overview();
    if (asked) terminal.print(help);
    else terminal.tell(`Không có lệnh "${name}".\nThere is no command "${name}".\n\n${help}`);
    return asked ? EXIT.done : EXIT.usage;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.print(helpOf(command));
    return EXIT.done;
  }
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    return explain(error, command, terminal, rest.includes('--json'));
  }
}

function overview(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${both(summary, 12)}`);
  return [
    'Ba Không: không khai lại, không tiền mặt, không phải đi lại',
    '',
    'ba-khong LỆNH … | ba-khong COMMAND …',
    ...rows,
    '',
    'ba-khong LỆNH --help: cách dùng một lệnh | how to use a command',
    `Mã thoát: ${EXIT.done} xong, ${EXIT.refused} bị từ chối, ${EXIT.usage} sai cú pháp hoặc không đọc được tệp, ${EXIT.unavailable} chưa thực hiện được, thử lại sau`,
    `Exit codes: ${EXIT.done} done, ${EXIT.refused} refused, ${EXIT.usage} bad command line or a file that cannot be read, ${EXIT.unavailable} not possible now, try again`,
  ].join('\n');
}

function helpOf({ summary, usage, options }: Command): string {
  return [
    both(summary),
    '',
    ...usage.map((line) => `  ba-khong ${line}`),
    '',
    ...options.map(([name, meaning]) => `  ${name.padEnd(24)}${both(meaning, 26)}`),
  ].join('\n');
}

/** Vietnamese first, the English below it. */
function both({ vi, en }: Text, indent = 0): string {
  return `${vi}\n${' '.repeat(indent)}${en}`;
}

/** Says what went wrong, for people or (`--json`) for machines, and with which exit code the command ends. */
function explain(error: unknown, command: Command, terminal: Terminal, json: boolean): number {
  if (error instanceof UsageError || isBadOption(error)) {
    const text = error instanceof UsageError ? error.text : { vi: 'Tham số không hợp lệ.', en: error.message };
    terminal.tell(`${both(text)}\n\n${helpOf(command)}`);
    return EXIT.usage;
  }
  const { code, text, exit } = problemOf(error);
  if (json) terminal.print(JSON.stringify({ problem: { code, vi: text.vi, en: text.en } }));
  else terminal.tell(`${code}\n${both(text)}`);
  return exit;
}

function problemOf(error: unknown): { readonly code: string; readonly text: Text; readonly exit: number } {
  if (error instanceof CommandProblem) return error;
  if (error instanceof ProblemError) {
    const { status, vi, en } = CATALOG[error.code];
    const say = (sentence: string) => [sentence, error.detail].filter(Boolean).join(' ');
    return {
      code: error.code,
      text: { vi: say(vi), en: say(en) },
      exit: status >= 500 ? EXIT.unavailable : EXIT.refused,
    };
  }
  if (error instanceof ApiProblem) {
    const about = [error.field && `(${error.field})`, error.detail].filter(Boolean).join(' ');
    const say = (title: string) => [title, about].filter(Boolean).join(' ');
    const exit = error.status >= 500 || error.status === 429 ? EXIT.unavailable : EXIT.refused;
    return { code: error.code, text: { vi: say(error.titleVi), en: say(error.title) }, exit };
  }
  const noAnswer = error instanceof TypeError && error.message === 'fetch failed';
  // Something else answers at that address.
  const notOurs = error instanceof SyntaxError;
  if (noAnswer || notOurs) {
    const text = { vi: 'Không kết nối được tới dịch vụ.', en: 'The service cannot be reached.' };
    return { code: 'unreachable', text, exit: EXIT.unavailable };
  }
  throw error;
}

/** `parseArgs` refuses what it does not know. */
function isBadOption(error: unknown): error is Error {
  return error instanceof Error && String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
}
