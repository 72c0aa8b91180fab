// Runs inside the worker of one execution environment: loads the handler once, then serves invocations one by one.
// It is plain JavaScript because every environment loads it: stripping types there costs 25 ms and 10 MB each time.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { leadTo } from './moved-addresses.mjs';

/** @import { InvocationError, InvokeMessage, WorkerMessage, WorkerSettings } from './invocation.ts' */

/** @type {WorkerSettings} */
const settings = workerData;
const port = parentPort;
if (!port) throw new Error('this module runs in a worker thread');
/** @param {WorkerMessage} message */
const send = (message) => port.postMessage(message);

leadTo(settings.movedAddresses);

// The laptop's clock can be moved forward; code under it must see the same time, or its signatures would be stale.
let clockOffset = settings.clockOffset;
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + clockOffset] : args, newTarget),
  apply: () => new RealDate(RealDate.now() + clockOffset).toString(),
  get: (target, key, receiver) =>
    key === 'now' ? () => RealDate.now() + clockOffset : Reflect.get(target, key, receiver),
});
RealDate.prototype.constructor = globalThis.Date;

/**
 * @param {unknown} error
 * @returns {InvocationError}
 */
function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/** @param {InvokeMessage} message */
function contextOf(message) {
  const deadline = performance.now() + message.timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: message.requestId,
    functionName: message.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: message.functionArn,
    memoryLimitInMB: String(message.memoryMb),
    logGroupName: message.logGroup,
    logStreamName: message.logStream,
    getRemainingTimeInMillis: () => Math.max(Math.floor(deadline - performance.now()), 0),
  };
}

/**
 * @param {(event: unknown, context: unknown) => unknown} handler
 * @param {InvokeMessage} message
 */
async function serve(handler, message) {
  clockOffset = message.clockOffset;
  process.env._X_AMZN_TRACE_ID = message.traceId;
  try {
    const result = await handler(JSON.parse(message.event), contextOf(message));
    send({ type: 'result', requestId: message.requestId, payload: JSON.stringify(result) });
  } catch (error) {
    send({ type: 'failed', requestId: message.requestId, error: describe(error) });
  }
}

const started = performance.now();
try {
  const loaded = await import(pathToFileURL(settings.file).href);
  const handler = loaded[settings.exportName] ?? loaded.default?.[settings.exportName];
  if (typeof handler !== 'function') throw new Error(`${settings.exportName} is not exported by ${settings.file}`);
  port.on('message', (message) => void serve(handler, message));
  send({ type: 'ready', initMs: performance.now() - started });
} catch (error) {
  send({ type: 'init-failed', error: describe(error) });
}
