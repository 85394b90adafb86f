/** What a route is made of: who may call it, and a function from a call to an answer. Express appears only where these are mounted. */
import type { Readable } from 'node:stream';
import { isInstant } from '../rules/instants.ts';
import type { OperatorScope, RegistrarScope } from '../store/keys.ts';
import type { Principal } from './auth.ts';
import { problem, type Problem } from './problems.ts';

export interface Call {
  principal: Principal;
  path: string;
  params: Record<string, string>;
  query: Record<string, unknown>;
  /** Parsed JSON; `{}` where none was sent. */
  body: unknown;
  idempotencyKey?: string;
  /** The body of a route that takes a file, as it arrives; `once` runs what comes of it as its Idempotency-Key wants, with what it is known by. */
  file?: { stream: Readable; once(body: unknown, act: () => Promise<Handled>): Promise<Handled> };
  /** `Prefer: respond-async` (RFC 7240). */
  prefersAsync: boolean;
  /** `Accept` (RFC 9110, section 12.5.1) asks for HTML sooner than for JSON. */
  prefersHtml: boolean;
}

export interface Answer {
  status: number;
  body: unknown;
  /** A page for people, in the place of the body. */
  html?: string;
  headers?: Record<string, string>;
  /** Events follow instead of a body, for as long as the reader stays. */
  stream?: OpenStream;
}

export interface StreamedEvent {
  id: string;
  event: string;
  data: unknown;
  /** Nothing comes after it. */
  last?: boolean;
}
/** Called once the head is out; what it answers is called once the reader is gone. */
export type OpenStream = (send: (event: StreamedEvent) => void) => () => void;

export type Handled = Answer | Problem;

/** Scopes that open a route; `any` takes every key of that kind, absent takes none. */
export interface Access {
  registrar?: RegistrarScope | 'any';
  operator?: OperatorScope | 'any';
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  access: Access;
  /** Its body is a file of any type and size: the route reads and bounds it. */
  takesFile?: true;
  handle(call: Call): Promise<Handled>;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown, location: string): Answer => ({ status: 201, body, headers: { location } });

export const list = <T>(data: T[], nextCursor: string | null) => ({
  object: 'list',
  data,
  has_more: nextCursor !== null,
  next_cursor: nextCursor,
});

/** The path parameter of a route that has it. */
export const param = (call: Call, name: string): string => call.params[name] ?? '';

const encoded = (parts: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** A page is asked for with one more row than it shows: that row says whether there are more. */
export function page<T>(rows: T[], limit: number, cursorOf: (row: T) => readonly (string | number)[]) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { shown, nextCursor: rows.length > limit && last !== undefined ? encoded(cursorOf(last)) : null };
}

/** What `page` put into a cursor: an instant in epoch ms and an id. */
export function readCursor(cursor: string | undefined): { at: number; id: string } | undefined | Problem {
  if (cursor === undefined) return undefined;
  const bad = problem('invalid_parameter', { param: 'cursor', detail: 'This cursor was not given by this list.' });
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(parts) || !isInstant(parts[0]) || typeof parts[1] !== 'string') return bad;
    return { at: parts[0], id: parts[1] };
  } catch {
    return bad;
  }
}
