import { join } from 'node:path';
import type { ResourceContext, ResourceTypes } from '../assembly/resource-type.ts';
import type { JsonObject } from '../assembly/template.ts';
import { LocalError } from '../errors.ts';
import { nameOf } from '../events/target.ts';
import { codeDirectory, handlerOf } from '../functions/code.ts';
import { LocalFunction } from '../functions/function.ts';
import { DESCRIBES, type Laptop, localAddress } from './laptop.ts';

function variablesOf(laptop: Laptop, properties: JsonObject): Record<string, string> {
  const variables = ((properties.Environment as JsonObject | undefined)?.Variables ?? {}) as JsonObject;
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, localAddress(laptop, String(value))]),
  );
}

/** Sends what an asynchronous invocation gave up to a queue. */
function deadLetterTo(laptop: Laptop, arn: string | undefined, id: string) {
  if (!arn) return undefined;
  if (arn.split(':')[2] !== 'sqs')
    throw new LocalError('UnsupportedValue', `its failure destination ${arn} is no queue`);
  return async (event: unknown) => {
    await laptop.sqs.send(nameOf(arn), { MessageBody: JSON.stringify(event) }, id);
  };
}

async function createFunction(laptop: Laptop, properties: JsonObject, context: ResourceContext) {
  const runtime = String(properties.Runtime);
  if (!runtime.startsWith('nodejs'))
    throw new LocalError('UnsupportedValue', `the runtime ${runtime} is not known on a laptop`);
  const name = String(properties.FunctionName ?? context.physicalName());
  const arn = context.arn('lambda', `function:${name}`);
  const roleArn = String(properties.Role);
  const role = laptop.access.assume(roleArn, 'lambda.amazonaws.com');
  const code = (properties.Code ?? {}) as JsonObject;
  const codeDir = await codeDirectory(code, context.assets, context.id, join(laptop.stateDir, 'code'));
  const handler = String(properties.Handler);
  handlerOf(codeDir, handler);
  const reserved = properties.ReservedConcurrentExecutions;
  const definition = {
    id: context.id,
    name,
    arn,
    roleArn,
    codeDir,
    handler,
    runtime,
    memoryMb: Number(properties.MemorySize ?? 128),
    timeoutMs: Number(properties.Timeout ?? 3) * 1000,
    environment: variablesOf(laptop, properties),
    reserved: reserved === undefined ? undefined : Number(reserved),
  };
  laptop.functions.add(new LocalFunction(definition, role, laptop.functionDeps));
  const deadLetterArn = (properties.DeadLetterConfig as JsonObject | undefined)?.TargetArn as string | undefined;
  laptop.asyncInvocations.configure(context.id, { deadLetter: deadLetterTo(laptop, deadLetterArn, context.id) });
  return { ref: name, attributes: { Arn: arn } };
}

/** `AWS::Lambda::Permission` as the statement it adds to the function's own policy. */
function createPermission(laptop: Laptop, properties: JsonObject, context: ResourceContext) {
  const fn = laptop.functions.named(String(properties.FunctionName));
  const source = properties.SourceArn === undefined ? undefined : String(properties.SourceArn);
  const account = properties.SourceAccount === undefined ? undefined : String(properties.SourceAccount);
  const principal = String(properties.Principal);
  const isService = principal.endsWith('.amazonaws.com');
  laptop.access.attach(fn.definition.arn, [
    {
      sid: context.logicalId,
      effect: 'Allow',
      principals: isService ? { Service: [principal] } : { AWS: [principal] },
      notPrincipals: undefined,
      actions: [String(properties.Action)],
      notActions: undefined,
      resources: [fn.definition.arn],
      notResources: undefined,
      conditions: {
        ...(source && { ArnLike: { 'aws:SourceArn': [source] } }),
        ...(account && { StringEquals: { 'aws:SourceAccount': [account] } }),
      },
    },
  ]);
  return { ref: context.physicalName() };
}

/** Functions, who may invoke them, and what becomes of events that fail. */
export function functionTypes(laptop: Laptop): ResourceTypes {
  return {
    'AWS::Lambda::Function': {
      properties: [
        'Code',
        'DeadLetterConfig',
        'Environment',
        'FunctionName',
        'Handler',
        'MemorySize',
        'ReservedConcurrentExecutions',
        'Role',
        'Runtime',
        'Timeout',
      ],
      ignored: {
        Architectures: "the laptop's own processor runs the code; it is JavaScript",
        Description: DESCRIBES,
        EphemeralStorage: 'functions share the scratch directory of the machine',
        KmsKeyArn: 'encrypts the environment variables at rest',
        LoggingConfig: "lines go to the laptop's log with the function's name",
        RecursiveLoop: 'AWS watches for loops between services; the laptop does not',
        RuntimeManagementConfig: 'the laptop runs the Node it was started with',
        Tags: DESCRIBES,
        TracingConfig: 'traces go to X-Ray, which is not there',
      },
      create: (properties, context) => createFunction(laptop, properties, context),
    },
    'AWS::Lambda::Permission': {
      properties: ['Action', 'FunctionName', 'Principal', 'SourceArn', 'SourceAccount'],
      create: (properties, context) => createPermission(laptop, properties, context),
    },
    'AWS::Lambda::EventInvokeConfig': {
      properties: ['DestinationConfig', 'FunctionName', 'MaximumRetryAttempts', 'Qualifier'],
      ignored: { MaximumEventAgeInSeconds: 'retries end long before the shortest age that can be set matters here' },
      create: (properties, context) => {
        const fn = laptop.functions.named(String(properties.FunctionName));
        const destinations = (properties.DestinationConfig ?? {}) as Record<string, JsonObject>;
        if (destinations.OnSuccess)
          throw new LocalError('UnsupportedValue', 'success destinations are not known on a laptop');
        const failure = destinations.OnFailure?.Destination as string | undefined;
        laptop.asyncInvocations.configure(fn.definition.id, {
          maximumRetries: Number(properties.MaximumRetryAttempts ?? 2),
          ...(failure && { deadLetter: deadLetterTo(laptop, failure, fn.definition.id) }),
        });
        return { ref: context.physicalName() };
      },
    },
  };
}
