/** The API as a registrar's program sees it, for the demo, the bench and the story tests. Speaks HTTP and nothing else. */
export interface Answer<T = any> {
  status: number;
  body: T;
  headers: Headers;
}

export interface CallOptions {
  key?: string;
  headers?: Record<string, string>;
}

export class EngineClient {
  readonly base: string;
  private readonly secret: string;

  constructor(base: string, secret: string) {
    this.base = base;
    this.secret = secret;
  }

  get = (path: string) => this.call('GET', path);
  post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    this.call('POST', path, body, headers);
  put = (path: string, body: unknown) => this.call('PUT', path, body);
  patch = (path: string, body: unknown) => this.call('PATCH', path, body);
  delete = (path: string) => this.call('DELETE', path);

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.base + path, {
      method,
      headers: {
        authorization: `Bearer ${this.secret}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
  }

  /** As `call`, but anything else than 2xx is an error that says what was refused. */
  async must(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.call(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  /** A registrar with a test key of its own, made by this (operator's) client. */
  async registrar(name: string, extra: object = {}): Promise<{ id: string; client: EngineClient }> {
    const { id } = await this.must('POST', '/v1/registrars', { name, ...extra });
    const scopes = ['reservations', 'bids', 'read'];
    const { secret } = await this.must('POST', `/v1/registrars/${id}/keys`, { name: 'test', scopes, mode: 'test' });
    return { id, client: new EngineClient(this.base, secret) };
  }

  /** Polls a resource until it is as wanted; throws what it last saw when the time is up. */
  async until<T = any>(path: string, wanted: (body: T) => boolean, limitMs = 60_000): Promise<T> {
    const giveUpAt = Date.now() + limitMs;
    for (;;) {
      const { status, body } = await this.get(path);
      if (status === 200 && wanted(body)) return body;
      if (Date.now() > giveUpAt)
        throw new Error(`${path} did not come to it within ${limitMs} ms: ${JSON.stringify(body)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
