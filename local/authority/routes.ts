import { type Authority, AuthorityError, type Profile } from './authority.ts';
import { FAULTS, SERVICES, type Service } from './faults.ts';

export interface AuthorityCall {
  /** `GET /authority/root.cer`. */
  readonly route: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  /** undefined: larger than is read. */
  readonly body: Uint8Array | undefined;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
}

const DEFAULT_DAYS = 365;
const CRL = 'application/pkix-crl';

/**
 * What the authority answers to a call.
 *
 * - `POST certificates?profile=person|agency&days=365`: a PKCS#10 request → a PEM chain
 * - `POST revocations?reason=1`: a certificate (DER or PEM) is revoked from now on
 * - `POST ocsp`, `POST timestamp`: RFC 6960, RFC 3161
 * - `GET root.cer`, `issuing.cer`, `root.crl`, `issuing.crl`: what certificates point to
 * - `PUT faults?service=timestamp|ocsp|crl&fault=down|late|garbage|…`: what goes wrong from now on; without `fault` nothing
 */
export async function answerRequest(authority: Authority, call: AuthorityCall): Promise<Answer | 'late'> {
  if (call.body === undefined) return text(413, 'The request is too large.');
  const [issuing, root] = authority.chain;
  switch (call.route) {
    case 'POST /authority/certificates':
      return certify(authority, call);
    case 'POST /authority/revocations':
      return revoke(authority, call);
    case 'PUT /authority/faults':
      return setFault(authority, call);
    case 'POST /authority/ocsp':
      return faulty(
        authority,
        'ocsp',
        'application/ocsp-response',
        expecting(call, 'application/ocsp-request', authority.ocsp),
      );
    case 'POST /authority/timestamp':
      return faulty(
        authority,
        'timestamp',
        'application/timestamp-reply',
        expecting(call, 'application/timestamp-query', authority.timestamp),
      );
    case 'GET /authority/root.cer':
      return { status: 200, type: 'application/pkix-cert', body: root! };
    case 'GET /authority/issuing.cer':
      return { status: 200, type: 'application/pkix-cert', body: issuing! };
    case 'GET /authority/root.crl':
      return faulty(authority, 'crl', CRL, () => authority.revocationList('root'));
    case 'GET /authority/issuing.crl':
      return faulty(authority, 'crl', CRL, () => authority.revocationList('issuing'));
    default:
      return text(404, 'Not found');
  }
}

type Bytes = Promise<Uint8Array | Answer>;

/** The media type is insisted on, so that no web page elsewhere can post here without being asked first (CORS). */
function expecting({ contentType, body }: AuthorityCall, type: string, answer: (body: Uint8Array) => Bytes) {
  return async (): Bytes => (contentType === type ? answer(body!) : text(415, `Send ${type}.`));
}

/** What a service answers with the fault that is set for it; faults inside a protocol are the service's own. */
async function faulty(
  authority: Authority,
  service: Service,
  type: string,
  answer: () => Bytes,
): Promise<Answer | 'late'> {
  const fault = authority.faults.get(service);
  if (fault === 'late') return fault;
  if (fault === 'down') return text(503, 'Down');
  if (fault === 'garbage') return { status: 200, type, body: Buffer.from('0\x82 not what was asked for') };
  const body = await answer();
  return 'status' in body ? body : { status: 200, type, body };
}

async function certify(authority: Authority, { contentType, query, body }: AuthorityCall): Promise<Answer> {
  if (contentType !== 'application/pkcs10') return text(415, 'Send application/pkcs10.');
  const profile = query.get('profile') ?? 'person';
  if (!isProfile(profile)) return text(400, 'profile is person or agency.');
  return refusing(async () => {
    const days = Number(query.get('days') ?? DEFAULT_DAYS);
    const { pem } = await authority.issue({ csr: body!, profile, days });
    return { status: 201, type: 'application/pem-certificate-chain', body: pem };
  });
}

async function revoke(authority: Authority, { contentType, query, body }: AuthorityCall): Promise<Answer> {
  if (contentType !== 'application/pkix-cert') return text(415, 'Send application/pkix-cert.');
  const reason = Number(query.get('reason') ?? 0);
  if (!Number.isInteger(reason) || reason < 0 || reason > 10) return text(400, 'reason is a CRLReason.');
  return refusing(async () => {
    await authority.revoke(body!, reason);
    return text(201, 'Revoked');
  });
}

/** PUT is never sent by a page elsewhere without being asked first. */
function setFault(authority: Authority, { query }: AuthorityCall): Answer {
  const service = SERVICES.find((one) => one === query.get('service'));
  const wanted = query.get('fault') ?? '';
  const fault = FAULTS.find((one) => one === wanted);
  if (!service || (wanted !== '' && !fault)) return text(400, `One of ${SERVICES.join(', ')}; ${FAULTS.join(', ')}.`);
  if (fault) authority.faults.set(service, fault);
  else authority.faults.delete(service);
  return text(200, fault ?? 'none');
}

async function refusing(answer: () => Promise<Answer>): Promise<Answer> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof AuthorityError) return text(400, `${error.code}: ${error.message}`);
    throw error;
  }
}

function isProfile(value: string): value is Profile {
  return value === 'person' || value === 'agency';
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}
