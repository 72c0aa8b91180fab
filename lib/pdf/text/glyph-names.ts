const NAMED: ReadonlyMap<string, string> = new Map([
  ['space', ' '],
  ['nbspace', ' '],
  ['hyphen', '-'],
  ['minus', '-'],
  ['period', '.'],
  ['comma', ','],
  ['colon', ':'],
  ['semicolon', ';'],
  ['slash', '/'],
  ['parenleft', '('],
  ['parenright', ')'],
  ['bracketleft', '['],
  ['bracketright', ']'],
  ['asterisk', '*'],
  ['Dcroat', 'Đ'],
  ['Dslash', 'Đ'],
  ['dcroat', 'đ'],
  ['Eth', 'Đ'],
  ['fi', 'fi'],
  ['fl', 'fl'],
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'].map(
    (digit, i) => [digit, String(i)] as const,
  ),
]);

const MARKS: Readonly<Record<string, string>> = {
  circumflex: '\u0302',
  breve: '\u0306',
  horn: '\u031b',
  acute: '\u0301',
  grave: '\u0300',
  hookabove: '\u0309',
  hook: '\u0309',
  tilde: '\u0303',
  dotbelow: '\u0323',
};

const ACCENTED = /^([A-Za-z])(circumflex|breve|horn)?(acute|grave|hookabove|hook|tilde|dotbelow)?$/;

/** The text of a glyph name as the Adobe glyph list forms them: `Acircumflexdotbelow`, `uni1EAC`, `u1EAC`, `A.sc`. */
export function textOfGlyph(glyphName: string): string | undefined {
  const base = glyphName.replace(/\..*$/, '');
  const known = NAMED.get(base);
  if (known !== undefined) return known;
  const code = /^(?:uni([0-9A-F]{4})|u([0-9A-F]{4,6}))/.exec(base);
  if (code) {
    const point = Number.parseInt(code[1] ?? code[2] ?? '', 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
  }
  const accented = ACCENTED.exec(base);
  if (!accented) return undefined;
  return [accented[1], MARKS[accented[2] ?? ''], MARKS[accented[3] ?? '']].join('').normalize('NFC');
}
