/**
 * The same POST twice is the same POST once. Answers are sealed before they are stored: one of them shows a key's secret, others
 * repeat what a registrar said of a person.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { forgetRequest, giveBack, keepAnswer, takeTurn } from '../store/idempotency.ts';
import type { Answer, Call, Handled } from './http.ts';
import { problem, Problem } from './problems.ts';
import { scopeOf } from './auth.ts';

export interface Turns {
  take: typeof takeTurn;
  keep: typeof keepAnswer;
  giveBack: typeof giveBack;
  forget: typeof forgetRequest;
}

export const storedTurns: Turns = { take: takeTurn, keep: keepAnswer, giveBack, forget: forgetRequest };

/** JSON with the keys of each object in order: two spellings of one value are one text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const bodyHash = (body: unknown): string => sha256(canonicalJson(body));

export const isIdempotencyKey = (key: string): boolean => /^[\x20-\x7e]{1,255}$/.test(key);

type Kept = { kind: 'answer'; answer: Answer } | { kind: 'problem'; code: Problem['code']; extra: Problem['extra'] };

export interface Seal {
  seal(text: string): string;
  /** Throws where the secret has changed since. */
  open(sealed: string): string;
}

export function sealWith(secret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'idempotency answers', 32));
  return {
    seal: (text) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
  };
}

export interface Replayable {
  handled: Handled;
  replayed: boolean;
}

/** Runs `handle` for the first of equal requests, and answers the others with what it answered. */
export async function once(
  call: Call,
  method: string,
  { turns, seal, now, concerns }: { turns: Turns; seal: Seal; now: () => number; concerns: string | undefined },
  handle: () => Promise<Handled>,
): Promise<Replayable> {
  if (call.idempotencyKey === undefined) return { handled: await handle(), replayed: false };
  const id = sha256(JSON.stringify([...scopeOf(call.principal), method, call.path, call.idempotencyKey]));
  const turn = await turns.take(id, bodyHash(call.body), new Date(now()), concerns);
  switch (turn.kind) {
    case 'reused':
      return { handled: problem('idempotency_key_reused'), replayed: false };
    case 'in_progress':
      return { handled: problem('idempotency_in_progress', { retryAfterS: 1 }), replayed: false };
    case 'answered':
      return { handled: thaw(JSON.parse(seal.open(turn.answer)) as Kept), replayed: true };
    case 'mine': {
      try {
        const handled = await handle();
        if (mayPass(handled)) await turns.giveBack(id, turn.fence);
        else if ([401, 403, 429].includes(handled.status)) await turns.forget(id, turn.fence);
        else await turns.keep(id, turn.fence, seal.seal(JSON.stringify(freeze(handled))));
        return { handled, replayed: false };
      } catch (error) {
        await turns.giveBack(id, turn.fence).catch(() => undefined);
        throw error;
      }
    }
  }
}

/** A refusal that says when to try again is none to repeat for ever. */
const mayPass = (handled: Handled): boolean =>
  handled.status >= 500 || (handled instanceof Problem && handled.extra.retryAfterS !== undefined);

const freeze = (handled: Handled): Kept =>
  handled instanceof Problem
    ? { kind: 'problem', code: handled.code, extra: handled.extra }
    : { kind: 'answer', answer: handled };

const thaw = (kept: Kept): Handled => (kept.kind === 'problem' ? problem(kept.code, kept.extra) : kept.answer);
