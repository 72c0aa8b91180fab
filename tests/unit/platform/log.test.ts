import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

it('an address in an error of the mail service does not reach the log, in its causes either', () => {
  const program = `
    import { createLog } from './lib/platform/log.ts';
    const refused = new Error('Email address is not verified: lan.nguyen@example.vn, "B" <b@example.vn>');
    refused.name = 'MessageRejected';
    refused.recipients = ['lan.nguyen@example.vn'];
    createLog().failure('job.failed', new Error('could not send', { cause: refused }), { messageId: 'm1' });
    createLog().failure('job.failed', refused);
    createLog().failure('job.failed', 'to lan.nguyen@example.vn');`;
  const root = resolve(import.meta.dirname, '../../..');
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root });
  const printed = `${stdout}${stderr}`;
  expect(printed.trim().split('\n')).toHaveLength(3);
  expect(printed).toContain('MessageRejected');
  expect(printed).toContain('m1');
  expect(printed).not.toMatch(/example\.vn|lan\.nguyen/);
});
