/** An attribute as DynamoDB streams carry it. */
export type StreamAttribute = Readonly<Record<string, unknown>>;

/**
 * An item of the table from its image in a stream record. Sets and binary values do not occur in the table.
 * @throws TypeError for an attribute of another type
 */
export function fromStreamImage(image: Readonly<Record<string, StreamAttribute>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(image).map(([name, attribute]) => [name, value(attribute)]));
}

function value(attribute: StreamAttribute): unknown {
  const [type, held] = Object.entries(attribute)[0] ?? [];
  switch (type) {
    case 'S':
    case 'BOOL':
      return held;
    case 'N':
      return Number(held);
    case 'NULL':
      return null;
    case 'L':
      return (held as StreamAttribute[]).map(value);
    case 'M':
      return fromStreamImage(held as Record<string, StreamAttribute>);
    default:
      throw new TypeError(`no such attribute type here: ${type}`);
  }
}
