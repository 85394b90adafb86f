/** A client of the sandbox's control API, for the engine's own API, its activities and tests. Reads the token when first needed. */
import { readFile } from 'node:fs/promises';
import { RegistryUnreachable } from '../gateway.ts';
import type { BookEntry, Story, StoryInput, StoryPatch } from './facts.ts';
import type { DomainState } from './state.ts';
import { sandboxPaths } from './paths.ts';
import type { StageShown } from './projection.ts';

export type { BookEntry, Story, StoryInput, StoryPatch } from './facts.ts';
export type { DomainState } from './state.ts';
export type { StageShown } from './projection.ts';

const LIMIT_MS = 5_000;

/** A name as the sandbox shows it. Instants in epoch ms, in the name's own time. */
export interface SandboxDomain {
  name: string;
  facts: Story | null;
  now: number;
  state: DomainState;
  next_transition: number | null;
  /** When the scripted registration is purged, null where it is kept. */
  drops_at: number | null;
  stages: StageShown[];
}

/** The sandbox did not take it: `status` 4xx, with a code and the field it is about. */
export class SandboxRefused extends Error {
  override readonly name = 'SandboxRefused';
  readonly status: number;
  readonly code: string;
  readonly param: string | undefined;

  constructor(status: number, code: string, param: string | undefined, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

/** All throw SandboxRefused for a request it does not take, RegistryUnreachable where it does not answer. */
export interface SandboxControl {
  put(name: string, facts: StoryInput): Promise<SandboxDomain>;
  /** Changes what any create is answered once the name is free (null: they succeed again), and adds what will happen. */
  amend(name: string, patch: StoryPatch): Promise<SandboxDomain>;
  get(name: string): Promise<SandboxDomain | undefined>;
  /** Oldest first. `refused` counts also refusals no longer listed. */
  book(name: string): Promise<{ entries: BookEntry[]; refused: number }>;
  /** Makes or moves a clock, forward only (`clock_backwards`). */
  setClock(id: string, now: number): Promise<void>;
  /** Its names go too. */
  removeClock(id: string): Promise<void>;
  /** The earliest transition after `after`, or after the clock's now. Undefined for a clock it does not know. */
  next(clock: string, after?: number): Promise<{ at: number | null; names: string[] } | undefined>;
  names(clock: string): Promise<string[] | undefined>;
}

export function sandboxControl(where: { home: string; port: number; host?: string }): SandboxControl {
  const base = `http://${where.host ?? '127.0.0.1'}:${where.port}/control`;
  let token: Promise<string> | undefined;

  async function tokenOnce(): Promise<string> {
    token ??= readFile(sandboxPaths(where.home).controlToken, 'utf8').then((text) => text.trim());
    try {
      return await token;
    } catch {
      // Not made yet: the sandbox is still starting.
      token = undefined;
      throw new RegistryUnreachable('sandbox: its control token cannot be read; is it running?');
    }
  }

  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { authorization: `Bearer ${await tokenOnce()}`, 'content-type': 'application/json' };
    const request = {
      method,
      headers,
      signal: AbortSignal.timeout(LIMIT_MS),
      ...(body && { body: JSON.stringify(body) }),
    };
    const answer = await fetch(`${base}${path}`, request)
      .then(async (response) => ({ status: response.status, body: await response.text() }))
      .catch(() => undefined);
    if (!answer || answer.status >= 500) throw new RegistryUnreachable('sandbox: its control API does not answer');
    const value = (answer.body === '' ? {} : JSON.parse(answer.body)) as {
      code?: string;
      param?: string;
      detail?: string;
    };
    if (answer.status < 400) return value;
    throw new SandboxRefused(answer.status, value.code ?? 'refused', value.param, value.detail ?? 'refused');
  }

  const orUndefined = (error: unknown): undefined => {
    if (error instanceof SandboxRefused && error.status === 404) return undefined;
    throw error;
  };
  const domain = (name: string) => `/domains/${encodeURIComponent(name)}`;
  const clock = (id: string) => `/clocks/${encodeURIComponent(id)}`;

  return {
    put: async (name, facts) => (await call('PUT', domain(name), facts)) as SandboxDomain,
    amend: async (name, patch) => (await call('PATCH', domain(name), patch)) as SandboxDomain,
    get: async (name) => (await call('GET', domain(name)).catch(orUndefined)) as SandboxDomain | undefined,
    book: async (name) => (await call('GET', `${domain(name)}/book`)) as { entries: BookEntry[]; refused: number },
    setClock: async (id, now) => void (await call('PUT', clock(id), { now })),
    removeClock: async (id) => void (await call('DELETE', clock(id))),
    next: async (id, after) => {
      const query = after === undefined ? '' : `?after=${after}`;
      return (await call('GET', `${clock(id)}/next${query}`).catch(orUndefined)) as
        { at: number | null; names: string[] } | undefined;
    },
    names: async (id) =>
      ((await call('GET', `${clock(id)}/names`).catch(orUndefined)) as { names: string[] } | undefined)?.names,
  };
}
