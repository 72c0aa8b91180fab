import { CfnParameter, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import type { StageSettings } from '../stages.ts';

/** Levels, and whom they take; an address that the stack has a parameter for is that parameter's. */
export function signatureSettings(scope: Construct, { signatures: settings }: StageSettings): Record<string, string> {
  const { levels, renewBeforeDays, timestamps, hosts, privateAddresses } = settings;
  const stack = Stack.of(scope);
  const services = timestamps.map(({ parameter, ...service }) => {
    if (parameter === undefined) return service;
    const known = stack.node.tryFindChild(parameter) as CfnParameter | undefined;
    const { valueAsString: url } =
      known ??
      new CfnParameter(stack, parameter, { default: service.url, description: 'Address of a timestamp service' });
    return { ...service, url };
  });
  return {
    [ENV.signatureLevels]: JSON.stringify({ ...levels, renewBeforeDays }),
    [ENV.signatureAuthorities]: stack.toJsonString({ timestamps: services, hosts, privateAddresses }),
  };
}
