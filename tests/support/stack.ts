import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { ApiClient } from '../../cli/client.ts';
import { stageSettings } from '../../infra/stages.ts';
import type { DemoAccount } from '../../local/identity/account.ts';
import { signIn } from '../../local/identity/sign-in.ts';
import type { LocalStack, StartOptions } from '../../local/stack.ts';
import { startLocal } from '../../local/start.ts';

/** The product as it deploys, running on this machine in a folder of its own. */
export interface Product {
  readonly stack: LocalStack;
  /** The service as an account sees it; as nobody without one. */
  client(sub?: string): Promise<ApiClient>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

export interface ProductOptions extends Pick<StartOptions, 'transformTemplate' | 'observers' | 'clock'> {
  readonly accounts: readonly DemoAccount[];
}

/** Starts the dev stage, which was synthesized once for all stack tests. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const folder = await mkdtemp(join(tmpdir(), 'product-'));
  const settings = stageSettings('dev');
  const assemblyDir = join(inject('preparedStack'), 'assembly');
  const stack = await startLocal({ ...options, assemblyDir, stateDir: join(folder, 'state'), log: quiet });
  const redirectUri = settings.callbackUrls.find((url) => url.startsWith('http://localhost')) as string;
  const tokens = new Map<string, Promise<string>>();
  const token = (account: string) => {
    const clientId = clientOf(stack);
    const known =
      tokens.get(account) ??
      signIn({ issuer: stack.issuer ?? '', clientId, redirectUri, account }).then((all) => all.idToken);
    tokens.set(account, known);
    return known;
  };
  return {
    stack,
    client: async (sub) => new ApiClient(stack.apiUrl, sub === undefined ? undefined : await token(sub)),
    async close() {
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const quiet = (() => {}) as unknown as NonNullable<StartOptions['log']>;

function clientOf({ outputs }: LocalStack): string {
  const found = Object.entries(outputs).find(([key]) => /client/i.test(key));
  if (!found) throw new Error(`No output names the sign-in client: ${Object.keys(outputs).join(', ')}.`);
  return found[1];
}
