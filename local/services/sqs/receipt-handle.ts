import { ServiceFault } from '../json-protocol.ts';

/** What a receipt handle stands for: the n-th receipt of one message from one queue. */
export interface Receipt {
  readonly queue: string;
  readonly messageId: string;
  readonly receive: number;
}

/** A receipt as the opaque text that consumers hand back. */
export function encodeReceipt(receipt: Receipt): string {
  return Buffer.from(`sqs1\n${receipt.queue}\n${receipt.messageId}\n${receipt.receive}`).toString('base64');
}

/**
 * Reads a receipt handle given for `queue`.
 * @throws ServiceFault `ReceiptHandleIsInvalid` when it is malformed or of another queue
 */
export function decodeReceipt(handle: string, queue: string): Receipt {
  const [version, owner, messageId, receive] = Buffer.from(handle, 'base64').toString('utf8').split('\n');
  if (version !== 'sqs1' || !owner || !messageId || !receive || !/^\d+$/.test(receive)) {
    throw new ServiceFault(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
    );
  }
  if (owner !== queue) {
    throw new ServiceFault('ReceiptHandleIsInvalid', 'The input receipt handle is invalid for this queue.');
  }
  return { queue: owner, messageId, receive: Number(receive) };
}
