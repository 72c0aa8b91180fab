import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, ResourceDefinition, Template } from '../../local/assembly/template.ts';
import type { LocalError } from '../../local/errors.ts';
import { synthesizeFixture } from './fixture/assembly.ts';
import { type Issuer, startIssuer } from './fixture/issuer.ts';
import { type Laptop, startFixture, temporaryState } from './fixture/laptop.ts';

let fixture: ReturnType<typeof synthesizeFixture>;
let issuer: Issuer;
let laptop: Laptop | undefined;
let state = temporaryState();

beforeAll(async () => {
  fixture = synthesizeFixture();
  issuer = await startIssuer();
});

afterEach(async () => {
  await laptop?.stack.stop();
  laptop = undefined;
  state.remove();
  state = temporaryState();
});

afterAll(() => {
  issuer.close();
  fixture.remove();
  state.remove();
});

type Resources = Record<string, ResourceDefinition>;

/** Starts the fixture with its resources changed. */
async function startWith(change: (resources: Resources) => void): Promise<Laptop> {
  laptop = await startFixture(
    {
      assemblyDir: fixture.assemblyDir,
      stateDir: state.dir,
      transformTemplate: (template: Template) => {
        change(template.Resources as Resources);
        return template;
      },
    },
    issuer.url,
  );
  return laptop;
}

async function refusal(change: (resources: Resources) => void): Promise<LocalError> {
  return startWith(change).then(
    () => expect.fail('the start should have been refused'),
    (error: LocalError) => error,
  );
}

/** Takes the statements that grant an action out of the policies of a function's role. */
const without = (resources: Resources, id: RegExp, action: string): void => {
  for (const [logicalId, { Type, Properties }] of Object.entries(resources)) {
    if (Type !== 'AWS::IAM::Policy' || !id.test(logicalId)) continue;
    const document = (Properties as { PolicyDocument: { Statement: JsonObject[] } }).PolicyDocument;
    document.Statement = document.Statement.filter((statement) => ![statement.Action].flat().includes(action));
  }
};

async function postNote(id: string): Promise<number> {
  const authorization = `Bearer ${await issuer.token()}`;
  const body = JSON.stringify({ id, text: 'x' });
  return (await fetch(`${laptop?.stack.apiUrl}/notes`, { method: 'POST', headers: { authorization }, body })).status;
}

it('takes the values of the stacks’ parameters from whoever starts it', async () => {
  const outputs = async (parameters?: Record<string, string>) => {
    const { stack } = await startFixture({
      assemblyDir: fixture.assemblyDir,
      stateDir: state.dir,
      transformTemplate: (template, name) =>
        name === 'Fixture-Service'
          ? {
              ...template,
              Parameters: { ...template.Parameters, Where: { Type: 'String', Default: 'http://127.0.0.1:1' } },
              Outputs: { ...template.Outputs, Where: { Value: { 'Fn::Join': ['', [{ Ref: 'Where' }, '/x']] } } },
            }
          : template,
      ...(parameters ? { parameters } : {}),
    });
    await stack.stop();
    return stack.outputs.Where;
  };
  expect(await outputs()).toBe('http://127.0.0.1:1/x');
  expect(await outputs({ Where: 'http://127.0.0.1:2' })).toBe('http://127.0.0.1:2/x');
});

describe('the start stops, naming the resource, at', () => {
  it('a type that is not in the table', async () => {
    const error = await refusal((resources) => {
      if (resources.ApiF70053CD) resources.Mystery = { Type: 'AWS::Mystery::Thing' };
    });
    expect(error).toMatchObject({ code: 'UnknownResourceType' });
    expect(error.message).toBe('Fixture-Service/Mystery: the laptop does not know the type AWS::Mystery::Thing');
  });

  it('a property that is not in the table', async () => {
    const error = await refusal((resources) => {
      Object.assign(resources.ApiF70053CD?.Properties ?? {}, { Layers: ['arn:aws:lambda:x:1:layer:y:1'] });
    });
    expect(error.message).toBe(
      'Fixture-Service/ApiF70053CD (AWS::Lambda::Function): the laptop does not know AWS::Lambda::Function.Layers',
    );
  });

  it('a setting of a route that is not known', async () => {
    const error = await refusal((resources) => {
      const stage = Object.values(resources).find(({ Type }) => Type === 'AWS::ApiGatewayV2::Stage');
      Object.assign(stage?.Properties ?? {}, { RouteSettings: { 'GET /cookies': { DataTraceEnabled: true } } });
    });
    expect(error.message).toContain('the laptop does not know RouteSettings.DataTraceEnabled');
  });

  it('a value that is not understood', async () => {
    const error = await refusal((resources) => {
      Object.assign(resources.ApiF70053CD?.Properties ?? {}, { Runtime: 'python3.14' });
    });
    expect(error).toMatchObject({ code: 'UnsupportedValue' });
    expect(error.message).toContain('ApiF70053CD (AWS::Lambda::Function): the runtime python3.14');
  });

  it('a role that does not trust Lambda', async () => {
    const error = await refusal((resources) => {
      const [role] = Object.entries(resources).filter(
        ([id]) => id.startsWith('ApiServiceRole') && !id.includes('Policy'),
      );
      Object.assign(role?.[1].Properties ?? {}, { AssumeRolePolicyDocument: { Statement: [] } });
    });
    expect(error).toMatchObject({ code: 'AccessDenied' });
    expect(error.message).toContain('sts:AssumeRole is missing');
  });

  it('a mapping whose function may not read its queue', async () => {
    const error = await refusal((resources) => without(resources, /^Archive/, 'sqs:ReceiveMessage'));
    expect(error).toMatchObject({ code: 'AccessDenied' });
    expect(error.message).toMatch(/ArchiveSqsEventSource.*may not sqs:ReceiveMessage on arn:aws:sqs:/);
  });

  it('a bucket that may not notify its queue', async () => {
    const error = await refusal((resources) => {
      for (const [id, { Type }] of Object.entries(resources)) {
        if (Type === 'AWS::SQS::QueuePolicy' && id.startsWith('Seen')) delete resources[id];
      }
    });
    expect(error).toMatchObject({ code: 'AccessDenied' });
    expect(error.message).toContain('S3 cannot notify: sqs:SendMessage');
  });
});

describe('a forgotten grant fails where it is needed', () => {
  it('for a call of a function, with action and resource in the log', async () => {
    const { stack, said } = await startWith((resources) => without(resources, /^Api/, 'dynamodb:PutItem'));
    expect(await postNote('1')).toBe(500);
    await stack.idle();
    const table = `arn:aws:dynamodb:ap-southeast-1:000000000000:table/${laptop?.physical('Table')}`;
    expect(said(`AccessDenied for ApiF70053CD: dynamodb:PutItem on ${table}`)).toHaveLength(1);
  });

  it('for the key of an encrypted table', async () => {
    const { said } = await startWith((resources) => without(resources, /^Api/, 'kms:Decrypt'));
    expect(await postNote('1')).toBe(500);
    expect(said('AccessDenied for ApiF70053CD: kms:Decrypt on arn:aws:kms:')).toHaveLength(1);
  });

  it('for API Gateway, without a Lambda permission', async () => {
    const { said } = await startWith((resources) => {
      for (const id of Object.keys(resources)) if (/^HttpPOSTnotes.*Permission/.test(id)) delete resources[id];
    });
    expect(await postNote('1')).toBe(500);
    // The refusal itself, and the access line of the request that met it.
    expect(said('AccessDenied: lambda:InvokeFunction on arn:aws:lambda:')).toHaveLength(2);
  });

  it('for an explicit Deny of a bucket', async () => {
    const { stack, said } = await startWith((resources) => {
      for (const { Type, Properties } of Object.values(resources)) {
        if (Type !== 'AWS::S3::BucketPolicy') continue;
        const document = (Properties as { PolicyDocument: { Statement: JsonObject[] } }).PolicyDocument;
        document.Statement.push({
          Sid: 'Closed',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:PutObject',
          Resource: '*',
        });
      }
    });
    await postNote('1');
    await stack.idle();
    expect(said('explicitly denies it (statement Closed)')).not.toHaveLength(0);
  });
});

describe('a restart', () => {
  it('finds its state again and does not repeat what was done', async () => {
    const first = await startWith(() => {});
    await postNote('1');
    await first.stack.idle();
    await first.stack.stop();

    const second = await startWith(() => {});
    await second.stack.idle();
    expect(second.physical('Bucket')).toBe(first.physical('Bucket'));
    expect(second.physical('Key')).toBe(first.physical('Key'));
    expect(second.stack.administrator).not.toEqual(first.stack.administrator);
    expect(second.stack.functions.coldStarts()).toHaveLength(0);
    const Key = 'notes/1.txt';
    const found = await second.s3.send(new GetObjectCommand({ Bucket: second.physical('Bucket'), Key }));
    expect(await found.Body?.transformToString()).toBe('x');
  });

  it('goes on with what was under way', async () => {
    const first = await startWith(() => {});
    const fault = first.stack.faults.killAfterCall({ functionId: 'Relay3', call: 1 });
    await postNote('1');
    await first.stack.idle();
    expect(fault.fired).toBe(true);
    await first.stack.stop();

    const second = await startWith(() => {});
    await second.stack.idle();
    // The stream's position was not moved on: the record is handed over once more.
    expect(second.stack.calls.totals().operations).toMatchObject({ 'sqs:SendMessage': 1 });
  });

  it('after --fresh finds nothing', async () => {
    const first = await startWith(() => {});
    await postNote('1');
    await first.stack.idle();
    await first.stack.stop();
    laptop = await startFixture({ assemblyDir: fixture.assemblyDir, stateDir: state.dir, fresh: true }, issuer.url);
    await laptop.stack.idle();
    const Key = 'notes/1.txt';
    await expect(laptop.s3.send(new GetObjectCommand({ Bucket: laptop.physical('Bucket'), Key }))).rejects.toThrow(
      /key does not exist/,
    );
  });
});

describe('a stop', () => {
  it('in the middle of a start leaves nothing running', async () => {
    await refusal((resources) => without(resources, /^Archive/, 'sqs:ReceiveMessage'));
    // What is still listening would hold the database's files: a second start on the same state shows that it is not.
    const { dynamodb } = await startWith(() => {});
    expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toHaveLength(1);
  });
});
