import * as z from 'zod';

/**
 * Reads a function's settings from its environment once, at cold start.
 * @throws Error that names every missing or wrong variable at once.
 */
export function readConfig<S extends z.ZodRawShape>(
  shape: S,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<z.ZodObject<S>> {
  const result = z.object(shape).safeParse(environment);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`Configuration is incomplete: ${faults.join('; ')}`);
}
