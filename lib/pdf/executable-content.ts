import { latin1 } from './lexer.ts';

/** Endings of file names that an operating system runs when they are opened. */
const EXECUTABLE_EXTENSIONS: ReadonlySet<string> = new Set(
  `app apk appimage appx bat bin chm class cmd com command cpl deb dll dmg docm dotm exe gadget hta inf ins iso
  jar js jse ksh lnk mde msc msh msi msp mst ocx pif pl potm ppam ppsm pptm ps1 ps2 psc1 py reg rpm run scf scr
  sct sh sldm so sys url vb vbe vbs vxd workflow ws wsc wsf wsh xbap xlam xlsm xltm`.split(/\s+/),
);

/** First bytes of programs, in hexadecimal. */
const PROGRAM_MAGIC: readonly string[] = [
  '4d5a', // MZ: Windows
  '7f454c46', // ELF: Linux
  'feedface',
  'feedfacf',
  'cefaedfe',
  'cffaedfe', // Mach-O
  'cafebabe', // Mach-O for several processors, Java classes
  '6465780a', // Android
  '4c0000000114020000000000c000000000000046', // Windows shortcut
  '2321', // #! scripts
];

/** No file system takes longer names; what a reader makes of one is anybody's guess. */
const LONGEST_NAME = 1024;

/**
 * True when the name says that opening the file runs it; endings hidden behind dots, blanks or streams count too, and names
 * too long for any file system.
 */
export function hasExecutableName(fileName: string): boolean {
  if (fileName.length > LONGEST_NAME) return true;
  const base = fileName
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/^.*[\\/]/, '')
    .replace(/:.*$/, '')
    .replace(/[.\s]+$/, '');
  const dot = base.lastIndexOf('.');
  return (
    dot >= 0 &&
    EXECUTABLE_EXTENSIONS.has(
      base
        .slice(dot + 1)
        .trim()
        .toLowerCase(),
    )
  );
}

/** True when the bytes are a program, a script with an interpreter line, or an archive with such or macros inside. */
export function isExecutableContent(bytes: Uint8Array): boolean {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const head = Buffer.from(bytes.subarray(start, start + 20)).toString('hex');
  return (
    PROGRAM_MAGIC.some((magic) => head.startsWith(magic)) ||
    (head.startsWith('504b0304') && archiveHoldsExecutable(bytes))
  );
}

/** Looks at the names in a ZIP's local and central headers: an archive's own order or damage hides none of them. */
function archiveHoldsExecutable(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [signature, lengthAt, nameAt] of [
    ['PK\x03\x04', 26, 30],
    ['PK\x01\x02', 28, 46],
  ] as const) {
    for (let at = view.indexOf(signature, 0, 'latin1'); at >= 0; at = view.indexOf(signature, at + 4, 'latin1')) {
      if (at + nameAt > bytes.length) break;
      const name = latin1(bytes, at + nameAt, Math.min(bytes.length, at + nameAt + view.readUInt16LE(at + lengthAt)));
      if (hasExecutableName(name) || /vbaProject\.bin$/i.test(name)) return true;
    }
  }
  return false;
}
