import { writeQuery } from './paths';
import { Problem } from './problem';

export type QueryValues = Record<string, string | number | boolean | null | undefined>;

/** What the client needs from the rest of the portal; tests hand in their own. */
export interface Hooks {
  /** Where the API begins. */
  base: string;
  fetch(path: string, init: RequestInit): Promise<Response>;
  /** The session is gone. */
  signedOut(problem: Problem): void;
  /** The company lets nobody in any more. */
  closed(): void;
  /** A recent second factor is needed; true when it was given. */
  stepUp(): Promise<boolean>;
  newKey(): string;
  /** The organization that this is to be asked of; null for all that there are. */
  organization?(path: string): string | null;
}

export interface Call { method: string; path: string; query?: QueryValues; body?: unknown; version?: number; signal?: AbortSignal; quiet?: boolean; /** Goes out although the page is left. */ keepalive?: boolean }

/** The way to the API: JSON in and out, every failure a Problem. */
export class Client {
  constructor(private readonly hooks: Hooks) {}

  get = <T>(path: string, query?: QueryValues, signal?: AbortSignal): Promise<T> => this.json<T>({ method: 'GET', path, query, signal });
  post = <T = void>(path: string, body?: unknown, quiet = false): Promise<T> => this.json<T>({ method: 'POST', path, body, quiet });
  /** Changes what still has the version that the person saw. */
  patch = <T = void>(path: string, body: unknown, version: number): Promise<T> => this.json<T>({ method: 'PATCH', path, body, version });
  put = <T = void>(path: string, body?: unknown, version?: number): Promise<T> => this.json<T>({ method: 'PUT', path, body, version });
  delete = <T = void>(path: string, version?: number, body?: unknown): Promise<T> => this.json<T>({ method: 'DELETE', path, version, body });

  async json<T>(call: Call): Promise<T> {
    const response = await this.send(call);
    if (response.status === 204 || response.headers.get('content-length') === '0') return undefined as T;
    try {
      return (await response.json()) as T;
    } catch {
      throw new Problem('unavailable', response.status);
    }
  }

  /** The response itself, for streams and downloads. */
  async send(call: Call): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json, application/problem+json' };
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    if (call.version !== undefined) headers['if-match'] = `"${call.version}"`;
    if (call.method === 'POST') headers['idempotency-key'] = this.hooks.newKey();
    const organization = this.hooks.organization?.(call.path);
    if (organization) headers['gatehouse-organization'] = organization;
    return this.attempt(call, headers, true);
  }

  private async attempt(call: Call, headers: Record<string, string>, mayStepUp: boolean): Promise<Response> {
    const init: RequestInit = {
      method: call.method, headers, credentials: 'same-origin', signal: call.signal, keepalive: call.keepalive,
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
    };
    let response: Response;
    try {
      response = await this.hooks.fetch(`${this.hooks.base}${call.path}${writeQuery(call.query ?? {})}`, init);
    } catch (error) {
      if (call.signal?.aborted) throw error;
      throw new Problem('network', 0);
    }
    if (response.ok) return response;
    const problem = await Problem.from(response);
    if (problem.kind === 'step-up-required' && mayStepUp && (await this.hooks.stepUp())) {
      // The refused attempt changed nothing, so it may not take the key of the one that does.
      const again = 'idempotency-key' in headers ? { ...headers, 'idempotency-key': this.hooks.newKey() } : headers;
      return this.attempt(call, again, false);
    }
    if (problem.kind === 'unauthenticated' && !call.quiet) this.hooks.signedOut(problem);
    if (problem.kind === 'tenant-closed') this.hooks.closed();
    throw problem;
  }
}
