import type { Json, JsonObject } from '../assembly/template.ts';
import { LocalError } from '../errors.ts';
import type { Permission } from '../gateway/service.ts';
import type { Decision } from '../iam/access.ts';
import type { Laptop } from '../resources/laptop.ts';

/** A target of a rule or schedule: a queue or a function, with where undeliverable events go. */
export interface TargetSettings {
  /** Logical id of the rule or schedule, for the log. */
  readonly id: string;
  readonly arn: string;
  /** Fixed input instead of the event. */
  readonly input: string | undefined;
  readonly deadLetterArn: string | undefined;
  /** May the rule (by the target's policy) or schedule (by its role) do this? */
  readonly authorize: (permission: Permission) => Decision;
}

type Send = (event: Json) => Promise<void>;

/** Last part of an ARN: the name of a queue. */
export const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

function permissionFor(arn: string): Permission {
  return { action: arn.split(':')[2] === 'sqs' ? 'sqs:SendMessage' : 'lambda:InvokeFunction', resource: arn };
}

function sender(laptop: Laptop, { id, arn }: TargetSettings): Send {
  const service = arn.split(':')[2];
  if (service === 'sqs') {
    return async (event) => {
      await laptop.sqs.send(nameOf(arn), { MessageBody: JSON.stringify(event) }, id);
    };
  }
  const target = service === 'lambda' ? laptop.functions.find(arn) : undefined;
  if (!target)
    throw new LocalError('UnsupportedValue', `its target ${arn} is neither a queue nor a function of the template`, id);
  return (event) => laptop.asyncInvocations.invoke(target, event);
}

/** What hands events to a target; never throws. A refusal is logged and, where the template says so, dead-lettered. */
export function targetOf(laptop: Laptop, settings: TargetSettings): Send {
  const { id, arn, input, deadLetterArn, authorize } = settings;
  const send = sender(laptop, settings);
  const say = (text: string) => laptop.log({ at: laptop.clock.now(), source: id, text });
  return async (event) => {
    const body = input === undefined ? event : (JSON.parse(input) as Json);
    const decision = authorize(permissionFor(arn));
    try {
      if (decision.allowed) return await send(body);
      say(`AccessDenied: ${decision.missing.action} on ${decision.missing.resource}: ${decision.reason}`);
    } catch (error) {
      say(`delivery to ${arn} failed: ${String(error)}`);
    }
    if (!deadLetterArn) return;
    const mayDeadLetter = authorize(permissionFor(deadLetterArn));
    if (mayDeadLetter.allowed) await laptop.sqs.send(nameOf(deadLetterArn), { MessageBody: JSON.stringify(body) }, id);
    else say(`AccessDenied: ${mayDeadLetter.missing.action} on ${deadLetterArn}: ${mayDeadLetter.reason}`);
  };
}

/** The settings of a target as a rule's `Targets` or a schedule's `Target` write them. */
export function readTarget(target: JsonObject): Pick<TargetSettings, 'arn' | 'input' | 'deadLetterArn'> {
  const known = ['Id', 'Arn', 'RoleArn', 'Input', 'DeadLetterConfig', 'RetryPolicy', 'SqsParameters'];
  const unknown = Object.keys(target).find((key) => !known.includes(key));
  if (unknown) throw new LocalError('UnknownProperty', `the laptop does not know ${unknown} of a target`);
  const deadLetter = target.DeadLetterConfig as JsonObject | undefined;
  return {
    arn: String(target.Arn),
    input: target.Input === undefined ? undefined : String(target.Input),
    deadLetterArn: deadLetter?.Arn === undefined ? undefined : String(deadLetter.Arn),
  };
}
