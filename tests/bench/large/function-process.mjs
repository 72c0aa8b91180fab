// The process of one function: loads its handler, serves invocations one by one, and says what each took. Plain JavaScript,
// since what strips types would be measured as well.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** @import { Call, Outcome } from './in-own-process.ts' */

const [file = '', exportName = ''] = process.argv.slice(2);
const { [exportName]: handler } = await import(pathToFileURL(file).href);
/** @param {Outcome | 'ready'} message */
const send = (message) => process.send?.(message);

/** The most that this process has held since it was last asked to forget, in bytes. */
function peakBytes() {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

process.on('disconnect', () => process.exit());
process.on('message', async (/** @type {Call} */ { event, context, timeoutMs }) => {
  // proc(5): the peak begins anew with what is held now.
  writeFileSync('/proc/self/clear_refs', '5');
  const began = performance.now();
  const used = process.cpuUsage();
  const getRemainingTimeInMillis = () => timeoutMs - (performance.now() - began);
  const answer = await handler(event, { ...context, getRemainingTimeInMillis }).then(
    (/** @type {unknown} */ result) => ({ result }),
    (/** @type {Error} */ error) => ({ error: `${error.name}: ${error.message}` }),
  );
  const { user, system } = process.cpuUsage(used);
  send({ ...answer, peakBytes: peakBytes(), ms: performance.now() - began, cpuMs: (user + system) / 1000 });
});
send('ready');
