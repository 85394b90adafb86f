/**
 * One EPP session: a TLS connection, its greeting and login, and the commands in flight on it. Replies find their
 * command by clTRID, since servers answer pipelined commands out of order. A session never reconnects; its client does.
 */
import { randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { OutcomeUnknown, RegistryUnreachable } from '../gateway.ts';
import { helloXml, logoutXml } from './commands.ts';
import { encodeFrame, FrameReader } from './frame.ts';
import { readMessage, type EppResponse, type Greeting } from './replies.ts';

/** Beyond it a command is refused before it leaves: a server that answers none of these is not answering. */
const MAX_IN_FLIGHT = 512;
const LOGOUT_MS = 2_000;

/** `transform` commands change something (RFC 5730 section 2.9.3): once sent and unanswered, their outcome is unknown. */
export type CommandKind = 'query' | 'transform';

interface InFlight {
  kind: CommandKind;
  sentAt: number;
  answer: (response: EppResponse) => void;
  fail: (why: string) => void;
}

/** A clTRID of our own, never used twice: some servers close the connection on one they have seen. */
export function freshClTRID(): string {
  return `BO-${randomBytes(12).toString('base64url')}`;
}

export class EppSession {
  readonly #socket: TLSSocket;
  readonly #registry: string;
  readonly #frames = new FrameReader();
  readonly #inFlight = new Map<string, InFlight>();
  #hellos: { answer: (greeting: Greeting) => void; fail: (why: string) => void }[] = [];
  #idle: (() => void) | undefined;
  #heardAt = 0;
  /** An answer is missing, so one without a clTRID can no longer be told apart. */
  #missed = false;
  #lost: string | undefined;
  /** Resolves, once, with why the session is over. */
  readonly ended: Promise<string>;
  readonly #end: (why: string) => void;
  /** Extension services this session has. */
  extensions: ReadonlySet<string> = new Set();
  /** The last result code that means the server closes the session (RFC 5730: 2500, 2501, 2502) or doubts us (2200). */
  closingCode: number | undefined;

  constructor(socket: TLSSocket, registry: string) {
    this.#socket = socket;
    this.#registry = registry;
    let end: (why: string) => void = () => undefined;
    this.ended = new Promise((resolve) => (end = resolve));
    this.#end = end;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => this.destroy(error.code ?? 'a broken connection'));
    socket.on('close', () => this.destroy('the connection closed'));
  }

  get usable(): boolean {
    return this.#lost === undefined && this.#socket.writable;
  }

  /** Throws RegistryUnreachable; for a transform that has left, OutcomeUnknown. */
  send(kind: CommandKind, xml: string, clTRID: string, limitMs: number): Promise<EppResponse> {
    if (!this.usable) return Promise.reject(this.#unreachable(this.#lost ?? 'the connection closed'));
    if (this.#inFlight.size >= MAX_IN_FLIGHT) return Promise.reject(this.#unreachable('too many commands in flight'));
    if (this.#inFlight.has(clTRID)) return Promise.reject(new TypeError(`clTRID ${clTRID} is in flight already`));
    return new Promise<EppResponse>((resolve, reject) => {
      const sentAt = performance.now();
      const timer = setTimeout(() => this.#timedOut(clTRID, limitMs), limitMs);
      const settle = () => {
        clearTimeout(timer);
        this.#inFlight.delete(clTRID);
        if (this.#inFlight.size === 0) this.#idle?.();
      };
      this.#inFlight.set(clTRID, {
        kind,
        sentAt,
        answer: (response) => {
          settle();
          resolve(response);
        },
        fail: (why) => {
          settle();
          const message = `registry ${this.#registry}: no usable answer to ${clTRID}: ${why}`;
          reject(kind === 'transform' ? new OutcomeUnknown(message) : new RegistryUnreachable(message));
        },
      });
      this.#socket.write(encodeFrame(xml));
    });
  }

  /** The round trip of a `<hello>`, in ms. The answer carries no clTRID: greetings answer hellos in turn. */
  async hello(limitMs: number): Promise<number> {
    if (!this.usable) throw this.#unreachable(this.#lost ?? 'the connection closed');
    const started = performance.now();
    const greeting = this.greeted(limitMs);
    this.#socket.write(encodeFrame(helloXml()));
    await greeting;
    return performance.now() - started;
  }

  greeted(limitMs: number): Promise<Greeting> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.destroy(`no greeting within ${limitMs} ms`), limitMs);
      this.#hellos.push({
        answer: (greeting) => {
          clearTimeout(timer);
          resolve(greeting);
        },
        fail: (why) => {
          clearTimeout(timer);
          reject(this.#unreachable(why));
        },
      });
    });
  }

  /** Lets what is in flight finish, each within its own limit, then says goodbye. Never throws. */
  async logout(): Promise<void> {
    if (this.#inFlight.size > 0 && this.usable)
      await Promise.race([new Promise<void>((resolve) => (this.#idle = resolve)), this.ended]);
    const clTRID = freshClTRID();
    if (this.usable) await this.send('query', logoutXml(clTRID), clTRID, LOGOUT_MS).catch(() => undefined);
    this.destroy('logged out');
  }

  destroy(why: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = why;
    this.#socket.destroy();
    for (const command of [...this.#inFlight.values()]) command.fail(why);
    for (const hello of this.#hellos.splice(0)) hello.fail(why);
    this.#end(why);
  }

  #unreachable(why: string): RegistryUnreachable {
    return new RegistryUnreachable(`registry ${this.#registry}: ${why}`);
  }

  #read(chunk: Buffer): void {
    this.#heardAt = performance.now();
    const { bodies, broken } = this.#frames.push(chunk);
    for (const body of bodies) {
      if (this.#lost !== undefined) return;
      const message = readMessage(body);
      if (message.kind === 'greeting') this.#hellos.shift()?.answer(message.greeting);
      else if (message.kind === 'response') this.#answered(message.response);
      else this.destroy(`an unreadable answer (${message.reason})`);
    }
    if (broken !== undefined) this.destroy(`an unreadable answer (${broken})`);
  }

  #answered(response: EppResponse): void {
    if ([2200, 2500, 2501, 2502].includes(response.code)) this.closingCode = response.code;
    const command = this.#commandOf(response);
    if (!command) return;
    if (response.code === 0) command.fail('an answer without a result code');
    else command.answer(response);
  }

  #commandOf(response: EppResponse): InFlight | undefined {
    if (response.clTRID !== undefined) return this.#inFlight.get(response.clTRID);
    // The clTRID is optional in a reply. Without one it can only be meant for the one command that waits.
    if (this.#missed || this.#inFlight.size !== 1) return undefined;
    return this.#inFlight.values().next().value;
  }

  #timedOut(clTRID: string, limitMs: number): void {
    const command = this.#inFlight.get(clTRID);
    if (!command) return;
    this.#missed = true;
    command.fail(`nothing within ${limitMs} ms`);
    // A server that said nothing at all since then is gone; one that answers others only owes us this answer.
    if (this.#heardAt < command.sentAt) this.destroy(`silence for ${limitMs} ms`);
  }
}
