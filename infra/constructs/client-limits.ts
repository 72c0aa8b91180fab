import { ENV } from '../../lib/platform/names.ts';
import type { StageSettings } from '../stages.ts';

/** What a function with public routes is told of its callers' limits. */
export function clientLimits({ limits }: StageSettings): Record<string, string> {
  const { clients: acts, clientAddressHeader: addressHeader } = limits;
  return { [ENV.clientLimits]: JSON.stringify({ acts, ...(addressHeader === undefined ? {} : { addressHeader }) }) };
}
