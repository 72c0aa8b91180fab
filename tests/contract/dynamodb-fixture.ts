import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  type CreateTableCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

const element = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });

/** A table with an index that projects everything and one that projects a single attribute. */
export const declaration = (TableName: string) =>
  ({
    TableName,
    KeySchema: [element('pk', 'HASH'), element('sk', 'RANGE')],
    AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S' as const,
    })),
    BillingMode: 'PAY_PER_REQUEST' as const,
    GlobalSecondaryIndexes: [
      {
        IndexName: 'gsi1',
        KeySchema: [element('gsi1pk', 'HASH'), element('gsi1sk', 'RANGE')],
        Projection: { ProjectionType: 'ALL' as const },
      },
      {
        IndexName: 'gsi2',
        KeySchema: [element('gsi2pk', 'HASH')],
        Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['shown'] },
      },
    ],
  }) satisfies CreateTableCommandInput;

export const S = (value: string): AttributeValue => ({ S: value });
export const N = (value: number | string): AttributeValue => ({ N: String(value) });
export const key = (pk: string, sk = '0'): Item => ({ pk: S(pk), sk: S(sk) });
/** A partition of its own for each test. */
export const partition = () => `p-${randomUUID()}`;

/** The calls that the tests make most, on one table. */
export function operationsOn(client: () => DynamoDBClient, TableName: string) {
  return {
    put: async (item: Item): Promise<void> => {
      await client().send(new PutItemCommand({ TableName, Item: item }));
    },
    get: async (pk: string, sk = '0'): Promise<Item | undefined> =>
      (await client().send(new GetItemCommand({ TableName, Key: key(pk, sk), ConsistentRead: true }))).Item,
    update: async (pk: string, UpdateExpression: string, more: Partial<UpdateItemCommandInput> = {}) =>
      await client().send(new UpdateItemCommand({ TableName, Key: key(pk), UpdateExpression, ...more })),
    query: async (more: Partial<QueryCommandInput>) => await client().send(new QueryCommand({ TableName, ...more })),
    transact: async (items: readonly TransactWriteItem[], ClientRequestToken?: string) =>
      await client().send(new TransactWriteItemsCommand({ TransactItems: [...items], ClientRequestToken })),
    putMember: (item: Item, more: object = {}): TransactWriteItem => ({ Put: { TableName, Item: item, ...more } }),
  };
}
