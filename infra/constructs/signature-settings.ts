import { CfnParameter, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import type { StageSettings } from '../stages.ts';

/** Levels, and whom they take. */
export function signatureSettings(scope: Construct, settings: StageSettings): Record<string, string> {
  const { levels, renewBeforeDays } = settings.signatures;
  return {
    [ENV.signatureLevels]: JSON.stringify({ ...levels, renewBeforeDays }),
    ...signatureAuthorities(scope, settings),
  };
}

/** Who vouches for signatures, for a function that asks them; an address that the stack has a parameter for is that parameter's. */
export function signatureAuthorities(scope: Construct, { signatures }: StageSettings): Record<string, string> {
  const { timestamps, hosts, privateAddresses } = signatures;
  const services = timestamps.map(({ parameter, ...service }) => {
    if (parameter === undefined) return service;
    return { ...service, url: addressParameter(Stack.of(scope), parameter, service.url).valueAsString };
  });
  return {
    [ENV.signatureAuthorities]: Stack.of(scope).toJsonString({ timestamps: services, hosts, privateAddresses }),
  };
}

/** One parameter, however many functions ask for it. */
function addressParameter(stack: Stack, id: string, url: string): CfnParameter {
  const known = stack.node.tryFindChild(id);
  if (known instanceof CfnParameter) return known;
  return new CfnParameter(stack, id, { default: url, description: 'Address of a timestamp service' });
}
