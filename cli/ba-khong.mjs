#!/usr/bin/env node
// Starts the CLI on a Node that runs TypeScript (22.18 and later; the project's own is 24). An older one hands over to it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

if (process.features.typescript) {
  const { main, processTerminal } = await import('./ba-khong.ts');
  process.exitCode = await main(process.argv.slice(2), processTerminal());
} else {
  const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(node)) {
    console.error('Cần Node.js 24: chạy `npm ci` trước.\nNode.js 24 is needed: run `npm ci` first.');
    process.exit(2);
  }
  const { status } = spawnSync(node, process.argv.slice(1), { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
