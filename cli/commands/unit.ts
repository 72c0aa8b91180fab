import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Command, CommandProblem, EXIT, type Terminal, UsageError } from '../command.ts';
import { bytesOf } from '../readable.ts';
import { SERVICE_HELP, SERVICE_OPTIONS, serviceClient } from '../service.ts';

interface MadeKey {
  readonly spec: string;
  readonly csr: string;
}

interface Installed {
  readonly sha256: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** The seal of an agency: makes its key, asks for its certificate, installs what was issued (operators). */
export const unit: Command = {
  summary: {
    vi: 'Con dấu số của đơn vị: tạo khóa, lấy yêu cầu cấp chứng thư (CSR), cài chứng thư (quản trị)',
    en: "A unit's seal: make its key, get the certification request, install the certificate (operator)",
  },
  usage: [
    'unit csr UNIT [--spec RSA_2048|RSA_3072|ECC_NIST_P256] [--out FILE.csr] --api URL',
    'unit certificate UNIT FILE.pem --api URL',
  ],
  options: [
    [
      '--spec',
      { vi: 'loại khóa khi tạo lần đầu (RSA_2048)', en: 'kind of key, when it is made for the first time (RSA_2048)' },
    ],
    ['--out FILE', { vi: 'ghi CSR vào tệp thay vì in ra', en: 'write the request to a file instead of printing it' }],
    [
      'FILE.pem',
      {
        vi: 'chứng thư của đơn vị trước, rồi các chứng thư cấp trên',
        en: "the unit's certificate first, then its issuers",
      },
    ],
    ...SERVICE_HELP,
  ],
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...SERVICE_OPTIONS, spec: { type: 'string' }, out: { type: 'string' } },
    });
    const [verb, code, file, ...more] = positionals;
    if (verb === 'csr' && code && file === undefined) return csr(code, values, terminal);
    if (verb === 'certificate' && code && file && more.length === 0) return certificate(code, file, values, terminal);
    throw new UsageError(
      'Dùng: unit csr UNIT, hoặc unit certificate UNIT FILE.pem.',
      'Say what to do, and for which unit.',
    );
  },
};

interface Values {
  readonly api?: string | undefined;
  readonly 'token-file'?: string | undefined;
  readonly json: boolean;
  readonly spec?: string | undefined;
  readonly out?: string | undefined;
}

async function csr(code: string, values: Values, terminal: Terminal): Promise<number> {
  const client = await serviceClient(values, terminal);
  const spec = values.spec === undefined ? {} : { spec: values.spec };
  const made = await client.post<MadeKey>(`/api/units/${encodeURIComponent(code)}/key`, spec);
  if (values.out !== undefined) await writeFile(values.out, made.csr, { flag: 'wx' }).catch(notWritten(values.out));
  if (values.json) terminal.print(JSON.stringify({ unit: code, ...made }));
  else if (values.out === undefined) terminal.print(made.csr.trimEnd());
  terminal.tell(`Khóa ${made.spec}. Gửi CSR cho tổ chức chứng thực, rồi: ba-khong unit certificate ${code} FILE.pem`);
  terminal.tell(
    `Key ${made.spec}. Take the request to the authority, then: ba-khong unit certificate ${code} FILE.pem`,
  );
  return EXIT.done;
}

async function certificate(code: string, file: string, values: Values, terminal: Terminal): Promise<number> {
  const pem = (await bytesOf(file)).toString('utf8');
  const client = await serviceClient(values, terminal);
  const path = `/api/units/${encodeURIComponent(code)}/certificate`;
  const installed = await client.put<Installed>(path, { certificate: pem });
  if (values.json) terminal.print(JSON.stringify({ unit: code, ...installed }));
  else {
    terminal.print(`SHA-256 ${installed.sha256}`);
    terminal.print(`${installed.notBefore} – ${installed.notAfter}`);
  }
  return EXIT.done;
}

/** A file that is there stays. */
function notWritten(file: string) {
  return (): never => {
    throw new CommandProblem('file_not_written', {
      vi: `Không ghi được tệp ${file} (đã có sẵn?).`,
      en: `The file ${file} was not written (is it there already?).`,
    });
  };
}
