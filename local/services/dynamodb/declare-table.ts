import { isDeepStrictEqual } from 'node:util';
import { LocalError } from '../../errors.ts';
import { type Input, isRecord, ServiceFault } from '../json-protocol.ts';
import type { TableCatalog, TableFacts } from './table-catalog.ts';
import { readTableDeclaration, type TableDeclaration } from './table-declaration.ts';
import type { Upstream } from './upstream.ts';

/**
 * Makes the table that the template declares, or brings the one of an earlier start up to it: indexes, time to live,
 * stream and deletion protection can change; keys cannot.
 * @throws LocalError `CreateFailed`
 */
export async function declareTable(
  upstream: Upstream,
  catalog: TableCatalog,
  properties: Input,
): Promise<{ readonly facts: TableFacts; readonly declaration: TableDeclaration }> {
  const declaration = readTableDeclaration(properties);
  const { name, create, ttlAttribute } = declaration;
  try {
    const present = await catalog.find(name);
    if (present) await adapt(upstream, declaration, present);
    else await upstream.call('CreateTable', create);
    const active = await whenActive(upstream, name);
    await adaptTimeToLive(upstream, name, ttlAttribute);
    catalog.forget(name);
    const facts = await catalog.find(name);
    if (!facts) throw new LocalError('CreateFailed', `the table is gone again (${String(active.TableStatus)})`, name);
    return { facts, declaration };
  } catch (error) {
    if (error instanceof ServiceFault)
      throw new LocalError('CreateFailed', `${error.code}: ${error.message}`, name, error);
    throw error;
  }
}

async function adapt(upstream: Upstream, { name, create }: TableDeclaration, present: TableFacts): Promise<void> {
  if (!isDeepStrictEqual(keyElements(create.KeySchema), keyElements(present.description.KeySchema))) {
    throw new LocalError(
      'CreateFailed',
      'the key of the table has changed since it was made; start with --fresh',
      name,
    );
  }
  const wanted = indexNames(create);
  const obsolete = indexNames(present.description).filter((index) => !wanted.includes(index));
  const missing = wanted.filter((index) => !indexNames(present.description).includes(index));
  // DynamoDB changes one index at a time.
  for (const IndexName of obsolete)
    await change(upstream, name, { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] });
  for (const index of missing) {
    const definition = structures(create.GlobalSecondaryIndexes).find((candidate) => candidate.IndexName === index);
    await change(upstream, name, {
      AttributeDefinitions: create.AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [{ Create: definition }],
    });
  }
  const protection = create.DeletionProtectionEnabled === true;
  if ((present.description.DeletionProtectionEnabled === true) !== protection) {
    await change(upstream, name, { DeletionProtectionEnabled: protection });
  }
  if (create.StreamSpecification !== undefined && present.streamArn === undefined) {
    await change(upstream, name, { StreamSpecification: create.StreamSpecification });
  }
}

async function change(upstream: Upstream, name: string, input: Input): Promise<void> {
  await upstream.call('UpdateTable', { TableName: name, ...input });
  await whenActive(upstream, name);
}

async function adaptTimeToLive(upstream: Upstream, name: string, wanted: string | undefined): Promise<void> {
  const present = await timeToLiveOf(upstream, name);
  if (present === wanted) return;
  const set = async (AttributeName: string, Enabled: boolean) =>
    await upstream.call('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification: { AttributeName, Enabled } });
  if (present !== undefined) await set(present, false);
  if (wanted !== undefined) await set(wanted, true);
}

/** The attribute that holds the time to live of a table's items, where that is on. */
export async function timeToLiveOf(upstream: Upstream, name: string): Promise<string | undefined> {
  const { TimeToLiveDescription: ttl } = await upstream.call('DescribeTimeToLive', { TableName: name });
  return isRecord(ttl) && ttl.TimeToLiveStatus === 'ENABLED' ? String(ttl.AttributeName) : undefined;
}

async function whenActive(upstream: Upstream, name: string): Promise<Input> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { Table } = await upstream.call('DescribeTable', { TableName: name });
    const table = isRecord(Table) ? Table : {};
    const parts = [table.TableStatus, ...structures(table.GlobalSecondaryIndexes).map((index) => index.IndexStatus)];
    if (parts.every((status) => status === 'ACTIVE')) return table;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new LocalError('CreateFailed', 'the table does not become active', name);
}

function keyElements(schema: unknown): unknown {
  return structures(schema).map((element) => [element.AttributeName, element.KeyType]);
}

function indexNames(table: Input): readonly string[] {
  return structures(table.GlobalSecondaryIndexes).map((index) => String(index.IndexName));
}

function structures(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
