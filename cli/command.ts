import { createInterface } from 'node:readline';
import { printableLines } from './printable.ts';

/** A sentence for people, in both languages. */
export interface Text {
  readonly vi: string;
  readonly en: string;
}

/** What a command sees of the world around it, besides files and the service. */
export interface Terminal {
  /** A line for whoever reads the result: standard output. */
  readonly print: (line: string) => void;
  /** A line about what goes on or went wrong: standard error. */
  readonly tell: (line: string) => void;
  /** Shows how far something is, over what was shown before; an empty line wipes it. Only where somebody is looking. */
  readonly show?: (line: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks for something that must not be seen; `undefined` when nobody is there to be asked. */
  readonly askHidden: (question: string) => Promise<string | undefined>;
}

/** One command of `ba-khong`: a file of `cli/commands/`. */
export interface Command {
  readonly summary: Text;
  /** What may stand after `ba-khong`, one way a line. */
  readonly usage: readonly string[];
  readonly options: readonly (readonly [name: string, meaning: Text])[];
  /** @returns exit code @throws UsageError, CommandProblem, ApiProblem */
  readonly run: (args: string[], terminal: Terminal) => Promise<number>;
}

/** Exit codes of every command. */
export const EXIT = {
  /** It is done. */
  done: 0,
  /** It was refused, by the service or by a check; nothing was changed. */
  refused: 1,
  /** The command line is not understood, or a file that it names cannot be read. */
  usage: 2,
  /** The service could not be reached, or is not able now: the same command may be tried again. */
  unavailable: 3,
} as const;

/** The command line is not understood. */
export class UsageError extends Error {
  readonly text: Text;
  constructor(vi: string, en: string) {
    super(en);
    this.name = 'UsageError';
    this.text = { vi, en };
  }
}

/** Why a command stops, with a code for machines. */
export class CommandProblem extends Error {
  readonly code: string;
  readonly text: Text;
  readonly exit: number;
  constructor(code: string, text: Text, exit: number = EXIT.refused) {
    super(`${code}: ${text.en}`);
    this.name = 'CommandProblem';
    this.code = code;
    this.text = text;
    this.exit = exit;
  }
}

/** The process's own terminal. */
export function processTerminal(): Terminal {
  return {
    print: (line) => process.stdout.write(`${printableLines(line)}\n`),
    tell: (line) => process.stderr.write(`${printableLines(line)}\n`),
    ...(process.stderr.isTTY ? { show: (line: string) => process.stderr.write(`\r\x1b[2K${line}`) } : {}),
    env: process.env,
    askHidden,
  };
}

/** What is typed is not echoed. */
function askHidden(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return Promise.resolve(undefined);
  process.stderr.write(`${question} `);
  const lines = createInterface({ input: process.stdin, terminal: true });
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      lines.close();
      process.stderr.write('\n');
      resolve(line);
    });
    lines.once('SIGINT', () => {
      lines.close();
      resolve(undefined);
    });
  });
}
