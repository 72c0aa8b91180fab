import type { Permission } from '../../gateway/service.ts';
import { type Operation, optionalString } from '../json-protocol.ts';

/** The account and region that queues live in. */
export interface SqsPlace {
  readonly region: string;
  readonly accountId: string;
}

/** ARN of a queue. */
export function queueArn(place: SqsPlace, name: string): string {
  return `arn:aws:sqs:${place.region}:${place.accountId}:${name}`;
}

/** The name at the end of a queue's URL or ARN. */
export function queueNameOf(urlOrArn: string): string {
  return urlOrArn.slice(Math.max(urlOrArn.lastIndexOf('/'), urlOrArn.lastIndexOf(':')) + 1);
}

/** What a call must be allowed to do. A batch needs what its single form needs. */
export function sqsPermissions(operation: Operation, place: SqsPlace): readonly Permission[] {
  const { input } = operation;
  const action = `sqs:${operation.name.replace(/Batch$/, '')}`;
  if (operation.name === 'ListQueues') return [{ action, resource: '*' }];
  if (operation.name === 'StartMessageMoveTask') return moveTaskPermissions(operation, place);
  const name = queueNameOf(
    optionalString(input, 'QueueUrl') ?? optionalString(input, 'QueueName') ?? optionalString(input, 'SourceArn') ?? '',
  );
  return [{ action, resource: queueArn(place, name) }];
}

function moveTaskPermissions(operation: Operation, place: SqsPlace): readonly Permission[] {
  const source = queueArn(place, queueNameOf(optionalString(operation.input, 'SourceArn') ?? ''));
  const target = optionalString(operation.input, 'DestinationArn');
  const onSource = ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
  return [
    ...onSource.map((name) => ({ action: `sqs:${name}`, resource: source })),
    ...(target ? [{ action: 'sqs:SendMessage', resource: target }] : []),
  ];
}
