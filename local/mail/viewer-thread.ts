// Runs aws-ses-v2-local in a thread of its own: its store is a module's variable, one a process otherwise.
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import server from 'aws-ses-v2-local';

const { port } = workerData as { readonly port: number };
const listening = await server.default({ host: '127.0.0.1', port });
listening.once('error', (error) => {
  throw error;
});
parentPort?.postMessage((listening.address() as AddressInfo).port);
