import { main } from '../../cli/ba-khong.ts';

/** Runs one command line of `ba-khong` in this process. */
export async function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}, typed?: string) {
  const out: string[] = [];
  const told: string[] = [];
  const exit = await main(args, {
    print: (line) => void out.push(line),
    tell: (line) => void told.push(line),
    env,
    askHidden: async () => typed,
  });
  return { exit, out: out.join('\n'), told: told.join('\n') };
}
