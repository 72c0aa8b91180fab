import { isRegular, WHITESPACE } from '../lexer.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { isNumber, type PdfObject } from '../objects.ts';
import { ObjectParser } from '../parser.ts';

/** One operator of a content stream or CMap with the operands before it. */
export interface Operation {
  readonly operator: string;
  readonly operands: readonly PdfObject[];
}

const MOST_OPERANDS = 2048;

/**
 * The operations of a content stream (ISO 32000-2 §7.8.2), at most `most`. What cannot be read is passed over as
 * readers do, so that a slip of the writer does not hide text.
 */
export function* operations(bytes: Uint8Array, most: number): Generator<Operation> {
  const parser = new ObjectParser({ bytes, base: 0, last: true }, DEFAULT_LIMITS, 0, false);
  let operands: PdfObject[] = [];
  for (let count = 0; count < most; ) {
    parser.skipWhitespace();
    const byte = parser.peek();
    if (byte === -1) return;
    const operator = operatorAt(parser, byte);
    if (operator === undefined) {
      if (operands.length < MOST_OPERANDS) operands.push(operand(parser));
      continue;
    }
    if (operator === 'ID') skipInlineImage(parser);
    yield { operator, operands };
    operands = [];
    count++;
  }
}

/** The operator that begins here; undefined when an operand does. */
function operatorAt(parser: ObjectParser, byte: number): string | undefined {
  if (!isRegular(byte) || /[0-9+\-.]/.test(String.fromCharCode(byte))) return undefined;
  const start = parser.pos;
  const word = parser.word();
  if (word !== 'true' && word !== 'false' && word !== 'null') return word;
  parser.pos = start;
  return undefined;
}

function operand(parser: ObjectParser): PdfObject {
  const start = parser.pos;
  try {
    return parser.object();
  } catch {
    parser.pos = start;
    // A malformed number counts as what it begins with; a stray delimiter is passed over.
    const word = parser.word();
    if (word === '') parser.pos = start + 1;
    const value = Number.parseFloat(word);
    return isNumber(value) && Number.isFinite(value) ? value : null;
  }
}

/** Passes over the data of an inline image: up to `EI` that stands alone. */
function skipInlineImage(parser: ObjectParser): void {
  const { bytes } = parser;
  for (let at = parser.pos; at + 2 < bytes.length; at++) {
    const alone = WHITESPACE[bytes[at] ?? 0] === 1 && !isRegular(bytes[at + 3] ?? -1);
    if (alone && bytes[at + 1] === 0x45 && bytes[at + 2] === 0x49) {
      parser.pos = at + 3;
      return;
    }
  }
  parser.pos = bytes.length;
}
