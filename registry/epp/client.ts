/**
 * Keeps one EPP session of an accreditation alive for as long as it is wanted: logs in at first use, says hello before
 * the idle limit, renews the session before the session limit, and reconnects slowly enough never to be a storm.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { RegistryUnreachable } from '../gateway.ts';
import { EppLoginFailed, EppRefusedLogin } from './errors.ts';
import type { EppResponse } from './replies.ts';
import { openSession, type SessionOptions } from './login.ts';
import { freshClTRID, type CommandKind, type EppSession } from './session.ts';

/** Called with codes and ids only. pino's loggers fit. */
export interface EppLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface EppClientOptions extends Omit<SessionOptions, 'connectMs'> {
  connectMs?: number;
  /** The limit for one command, waiting for a session included. */
  commandMs?: number;
  /** Half the registry's idle limit. */
  keepAliveMs?: number;
  /** Under the registry's limit for a session. */
  sessionMs?: number;
  /** Logs out after so long without a command, and comes back with the next one. Left out: stays logged in, and warm. */
  idleMs?: number;
  backoff?: { firstMs: number; maxMs: number };
  log?: EppLog;
  /** [0,1), for jitter. */
  random?: () => number;
}

/** A session that lived this long shows that the way there is sound: the back-off starts over. */
const SOUND_AFTER_MS = 10_000;
/** 2502: others of ours hold the sessions. They will not be gone in half a second. */
const CROWDED_FAILURES = 4;

export class EppClient {
  readonly #options: Required<Omit<EppClientOptions, 'log'>>;
  readonly #log: EppLog | undefined;
  readonly #closing = new AbortController();
  #session: EppSession | undefined;
  #opening: Promise<EppSession> | undefined;
  #retiring: Promise<void> | undefined;
  #stopped: EppRefusedLogin | undefined;
  #failures = 0;
  /** No connection is tried before it; `performance.now()` ms. */
  #notBefore = 0;
  /** The last command; `performance.now()` ms. */
  #usedAt = 0;
  #timers: NodeJS.Timeout[] = [];

  constructor(options: EppClientOptions) {
    const { log, ...rest } = options;
    this.#log = log;
    this.#options = {
      connectMs: 10_000,
      commandMs: 10_000,
      keepAliveMs: 120_000,
      sessionMs: 23 * 3_600_000,
      idleMs: Infinity,
      backoff: { firstMs: 500, maxMs: 60_000 },
      random: Math.random,
      ...rest,
    };
  }

  /**
   * Sends one command. `build` gets the clTRID and the extensions this session has. Refusals are replies with their code.
   * Throws RegistryUnreachable when nothing left, or nothing came back to a query; OutcomeUnknown for a transform that left.
   */
  async send(
    kind: CommandKind,
    build: (clTRID: string, extensions: ReadonlySet<string>) => string,
    clTRID: string = freshClTRID(),
  ): Promise<EppResponse> {
    const until = performance.now() + this.#options.commandMs;
    const session = await this.#ready(this.#options.commandMs);
    const xml = build(clTRID, session.extensions);
    const response = await session.send(kind, xml, clTRID, Math.max(1, until - performance.now()));
    if (response.code === 2200 || response.code === 2501) this.#stop(response.code);
    return response;
  }

  /** One round trip, in ms. Throws RegistryUnreachable. */
  async hello(): Promise<number> {
    const session = await this.#ready(this.#options.commandMs);
    return session.hello(this.#options.commandMs);
  }

  /** Lets commands in flight finish, logs out, and stays closed. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return this.#retiring;
    this.#closing.abort();
    this.#clearTimers();
    const session = this.#session;
    this.#session = undefined;
    this.#retiring = Promise.allSettled([session?.logout(), this.#opening, this.#retiring]).then(() => undefined);
    return this.#retiring;
  }

  async #ready(limitMs: number): Promise<EppSession> {
    this.#usedAt = performance.now();
    if (this.#stopped) throw this.#stopped;
    if (this.#closing.signal.aborted) throw this.#unreachable('this client is closed');
    if (this.#session?.usable) return this.#session;
    const waitMs = this.#notBefore - performance.now();
    if (waitMs >= limitMs) throw this.#unreachable('backing off', waitMs);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(this.#unreachable(`no session within ${limitMs} ms`)), limitMs);
    });
    try {
      return await Promise.race([this.#reopen(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One attempt at a time, however many wait for it: that is what keeps a reconnect from being a storm. */
  #reopen(): Promise<EppSession> {
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #open(): Promise<EppSession> {
    const { signal } = this.#closing;
    await this.#retiring;
    const waitMs = this.#notBefore - performance.now();
    if (waitMs > 0) await delay(waitMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw this.#unreachable('this client is closed');
    try {
      const session = await openSession(this.#options, signal);
      if (signal.aborted) {
        await session.logout();
        throw this.#unreachable('this client is closed');
      }
      this.#adopt(session);
      return session;
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  #adopt(session: EppSession): void {
    this.#session = session;
    const { registry, keepAliveMs, sessionMs, commandMs, idleMs } = this.#options;
    const soundAt = performance.now() + SOUND_AFTER_MS;
    this.#log?.info({ registry }, 'EPP session open');
    const keepAlive = setInterval(
      () => (this.#isIdle() ? this.#retire(session) : void session.hello(commandMs).catch(() => undefined)),
      Math.min(keepAliveMs, idleMs),
    );
    const recycle = setTimeout(() => this.#recycle(session), sessionMs);
    this.#timers.push(keepAlive.unref(), recycle.unref());
    void session.ended.then((why) => {
      if (this.#session !== session) return;
      this.#session = undefined;
      this.#clearTimers();
      this.#log?.warn({ registry, why }, 'EPP session lost');
      if (performance.now() >= soundAt) this.#failures = 0;
      if (session.closingCode === 2200 || session.closingCode === 2501) return this.#stop(session.closingCode);
      this.#backOff(session.closingCode === 2502);
      this.#keepTrying();
    });
  }

  /** The old session says goodbye before the new one logs in: a registry may allow only one. */
  #recycle(session: EppSession): void {
    if (this.#session !== session) return;
    this.#retire(session);
    this.#keepTrying();
  }

  #retire(session: EppSession): void {
    this.#session = undefined;
    this.#clearTimers();
    this.#retiring = session.logout();
  }

  #isIdle(): boolean {
    return performance.now() - this.#usedAt >= this.#options.idleMs;
  }

  #failed(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    if (error instanceof EppRefusedLogin) return this.#stop(error.code);
    this.#backOff(error instanceof EppLoginFailed && error.code === 2502);
    const why = error instanceof Error ? error.message : 'unknown';
    this.#log?.warn({ registry: this.#options.registry, why, failures: this.#failures }, 'no EPP session');
    this.#keepTrying();
  }

  #backOff(crowded: boolean): void {
    const { backoff, random } = this.#options;
    this.#failures = Math.max(this.#failures + 1, crowded ? CROWDED_FAILURES : 1);
    const fullMs = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(this.#failures - 1, 20));
    this.#notBefore = performance.now() + fullMs * (0.5 + random() / 2);
  }

  /** Warm again without being asked: the next command may be the one that counts. */
  #keepTrying(): void {
    if (this.#stopped || this.#closing.signal.aborted || this.#isIdle()) return;
    // A failed attempt calls this from inside itself; the next one starts once it has settled.
    setImmediate(() => this.#warm());
  }

  #warm(): void {
    if (this.#stopped || this.#closing.signal.aborted || this.#session?.usable) return;
    this.#reopen().catch(() => undefined);
  }

  #stop(code: number): void {
    const { registry } = this.#options;
    this.#stopped ??= new EppRefusedLogin(
      `registry ${registry}: refused us with ${code}; stopped until restarted`,
      code,
    );
    this.#log?.warn({ registry, code }, 'EPP client stopped: authentication refused');
    const session = this.#session;
    this.#session = undefined;
    this.#clearTimers();
    if (session) this.#retiring = session.logout();
  }

  #clearTimers(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }

  #unreachable(why: string, retryAfterMs?: number): RegistryUnreachable {
    return new RegistryUnreachable(`registry ${this.#options.registry}: ${why}`, { retryAfterMs });
  }
}
