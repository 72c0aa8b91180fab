import { randomUUID } from 'node:crypto';

/** An error answer of the service (RFC 9457). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly titleVi: string;
  readonly field: string | undefined;
  readonly detail: string | undefined;
  constructor(
    request: string,
    status: number,
    body: { code?: string; title?: string; titleVi?: string; field?: string; detail?: string },
  ) {
    const where = body.field ? ` (${body.field})` : '';
    super(
      `${request}: ${status} ${body.code ?? ''} ${body.title ?? ''}${where}${body.detail ? ` ${body.detail}` : ''}`,
    );
    this.name = 'ApiProblem';
    this.status = status;
    this.code = body.code ?? 'unknown';
    // API Gateway's own answers (401, 429) have no sentences.
    this.title = body.title ?? `The service answered ${status}.`;
    this.titleVi = body.titleVi ?? `Dịch vụ trả lời ${status}.`;
    this.field = body.field;
    this.detail = body.detail;
  }
}

export interface RequestOptions {
  /** Repeat the same key to ask for the same thing again; a fresh one is made otherwise. */
  readonly idempotencyKey?: string;
}

/** The service as one person (or nobody) sees it over HTTP. */
export class ApiClient {
  readonly #base: string;
  readonly #token: string | undefined;

  /** `base` is the address that `/api` hangs below; `token` an ID token. */
  constructor(base: string, token?: string) {
    this.#base = base.replace(/\/$/, '');
    this.#token = token;
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>('GET', path);
  }

  post<T>(path: string, body: unknown = {}, options: RequestOptions = {}): Promise<T> {
    return this.#call<T>('POST', path, JSON.stringify(body), 'application/json', options);
  }

  put<T>(path: string, body: unknown = {}, options: RequestOptions = {}): Promise<T> {
    return this.#call<T>('PUT', path, JSON.stringify(body), 'application/json', options);
  }

  /** Puts a PNG as it is. */
  putPng<T>(path: string, bytes: Uint8Array): Promise<T> {
    return this.#call<T>('PUT', path, bytes, 'image/png');
  }

  remove<T>(path: string): Promise<T> {
    return this.#call<T>('DELETE', path);
  }

  /** Posts a PDF as it is. */
  postPdf<T>(path: string, bytes: Uint8Array): Promise<T> {
    return this.#call<T>('POST', path, bytes, 'application/pdf');
  }

  async #call<T>(
    method: string,
    path: string,
    body?: string | Uint8Array,
    type?: string,
    options: RequestOptions = {},
  ): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.#token) headers.authorization = `Bearer ${this.#token}`;
    if (type) headers['content-type'] = type;
    if (method !== 'GET') headers['idempotency-key'] = options.idempotencyKey ?? randomUUID();
    const answer = await fetch(`${this.#base}${path}`, {
      method,
      headers,
      body: (body as string | Uint8Array<ArrayBuffer> | undefined) ?? null,
    });
    const text = await answer.text();
    const json = text === '' ? undefined : (JSON.parse(text) as unknown);
    if (!answer.ok) throw new ApiProblem(`${method} ${path}`, answer.status, (json ?? {}) as object);
    return json as T;
  }
}
