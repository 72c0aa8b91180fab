/** Fills `$context.…` variables of an access log format; an unknown or empty one becomes `-`. */
export function accessLogLine(format: string, values: Readonly<Record<string, string | number | undefined>>): string {
  return format.replace(/\$context\.([A-Za-z0-9.]+)/g, (_all, name: string) => String(values[name] ?? '-'));
}
