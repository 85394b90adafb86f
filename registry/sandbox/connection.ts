/**
 * One registrar's connection to the sandbox: greeting, login, then commands one after the other, each answered in turn.
 * Holds the rules of a session (RFC 5730 section 2): who may speak when, how often a login may fail, how long one may idle.
 */
import type { TLSSocket } from 'node:tls';
import { CONTACT, DOMAIN, EPP, RGP } from '../epp/namespaces.ts';
import { encodeFrame, FrameReader } from '../epp/frame.ts';
import { child, childrenOf, readXml, textOf, type XmlElement } from '../epp/xml.ts';
import { CLOSING_CODES, greetingXml, responseXml, type Answer } from './answers.ts';
import { domainCommand, sameSecret } from './commands.ts';
import { contactCommand, type ContactStore } from './contacts.ts';
import type { SandboxRegistry } from './registry.ts';

const MAX_FAILED_LOGINS = 3;
/** Commands read ahead of the one being answered; beyond it the socket waits. */
const MAX_QUEUED = 256;
const OBJECT_COMMANDS = ['check', 'info', 'create', 'update', 'renew', 'delete'];
const OBJECTS = [DOMAIN, CONTACT];

export interface EppRules {
  /** By clID. */
  passwords: Readonly<Record<string, string>>;
  latencyMs: number;
  idleMs: number;
  /** For each clID. */
  maxSessions: number;
}

/** What all connections share. */
export interface EppHall {
  registry: SandboxRegistry;
  contacts: ContactStore;
  rules: EppRules;
  /** Sessions logged in now, by clID. */
  sessions: Map<string, number>;
  nextSvTRID: () => string;
}

export class Connection {
  readonly #socket: TLSSocket;
  readonly #hall: EppHall;
  readonly #frames = new FrameReader();
  /** Whom the client certificate was issued to. */
  readonly #certified: unknown;
  #user: { clid: string; rgp: boolean } | undefined;
  #failedLogins = 0;
  #queued = 0;
  #turn = Promise.resolve();
  #closing = false;

  constructor(socket: TLSSocket, hall: EppHall) {
    this.#socket = socket;
    this.#hall = hall;
    this.#certified = socket.getPeerCertificate().subject?.CN;
    socket.setNoDelay(true);
    socket.setTimeout(hall.rules.idleMs, () => socket.end());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#leave());
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#say(greetingXml(Date.now()), false);
  }

  #leave(): void {
    const { sessions } = this.#hall;
    if (this.#user) sessions.set(this.#user.clid, (sessions.get(this.#user.clid) ?? 1) - 1);
    this.#user = undefined;
  }

  #read(chunk: Buffer): void {
    const { bodies, broken } = this.#frames.push(chunk);
    for (const body of bodies) {
      if (++this.#queued >= MAX_QUEUED) this.#socket.pause();
      this.#turn = this.#turn.then(() => this.#take(body));
    }
    // Where the next frame begins can no longer be known.
    if (broken !== undefined) this.#turn = this.#turn.then(() => void this.#socket.end());
  }

  async #take(body: Buffer): Promise<void> {
    if (this.#closing || !this.#socket.writable) return;
    const read = readXml(body);
    const epp = read.kind === 'read' && read.root.ns === EPP && read.root.name === 'epp' ? read.root : undefined;
    if (child(epp, EPP, 'hello')) this.#say(greetingXml(Date.now()), false);
    else {
      const command = child(epp, EPP, 'command');
      const clTRID = textOf(command, EPP, 'clTRID');
      // The schema's trIDStringType: what is not one is not echoed.
      const valid = clTRID === undefined || (clTRID.length >= 3 && clTRID.length <= 64);
      const answer = command && valid ? await this.#answer(command, clTRID ?? '') : { code: 2001 };
      this.#closing = CLOSING_CODES.includes(answer.code);
      this.#say(responseXml(answer, valid ? clTRID : undefined, this.#hall.nextSvTRID()), this.#closing);
    }
    if (--this.#queued < MAX_QUEUED && this.#socket.isPaused()) this.#socket.resume();
  }

  #say(xml: string, last: boolean): void {
    const socket = this.#socket;
    const frame = encodeFrame(xml);
    const out = () => void (socket.writable && (last ? socket.end(frame) : socket.write(frame)));
    if (this.#hall.rules.latencyMs > 0) setTimeout(out, this.#hall.rules.latencyMs);
    else out();
  }

  async #answer(command: XmlElement, cltrid: string): Promise<Answer> {
    const verb = command.children.find(({ ns, name }) => ns === EPP && name !== 'extension' && name !== 'clTRID');
    if (!verb) return { code: 2001 };
    if (verb.name === 'login') return this.#login(verb);
    if (!this.#user) return { code: 2002 };
    if (verb.name === 'logout') return { code: 1500 };
    if (verb.name === 'poll') return { code: verb.attributes.get('op') === 'req' ? 1300 : 2303 };
    if (verb.name === 'transfer') return { code: 2101 };
    if (!OBJECT_COMMANDS.includes(verb.name)) return { code: 2000 };
    const extension = child(command, EPP, 'extension');
    if (extension && extension.children.length > 0) return { code: 2103 };
    // A disk that fails must not take the registry down with it: this command failed, the next may not.
    const { registry, contacts } = this.#hall;
    const caller = { ...this.#user, cltrid };
    const answered =
      verb.children[0]?.ns === CONTACT ? contactCommand(contacts, caller, verb) : domainCommand(registry, caller, verb);
    return answered.catch(() => ({ code: 2400 }));
  }

  #login(verb: XmlElement): Answer {
    const { rules, sessions } = this.#hall;
    if (this.#user) return { code: 2002 };
    const clid = textOf(verb, EPP, 'clID');
    const password = textOf(verb, EPP, 'pw');
    const options = child(verb, EPP, 'options');
    const services = child(verb, EPP, 'svcs');
    if (clid === undefined || password === undefined || !options || !services) return { code: 2003 };
    if (textOf(options, EPP, 'version') !== '1.0') return { code: 2100 };
    if (textOf(options, EPP, 'lang') !== 'en' || child(verb, EPP, 'newPW')) return { code: 2102 };
    const objects = childrenOf(services, EPP, 'objURI').map(({ text }) => text);
    const extensions = childrenOf(child(services, EPP, 'svcExtension'), EPP, 'extURI').map(({ text }) => text);
    if (objects.some((uri) => !OBJECTS.includes(uri))) return { code: 2307 };
    if (extensions.some((uri) => uri !== RGP)) return { code: 2103 };
    const expected = rules.passwords[clid];
    // The certificate says who is calling; a password alone does not make one somebody else.
    const known = expected !== undefined && sameSecret(password, expected) && this.#certified === clid;
    if (!known) return { code: ++this.#failedLogins >= MAX_FAILED_LOGINS ? 2501 : 2200 };
    const open = sessions.get(clid) ?? 0;
    if (open >= rules.maxSessions) return { code: 2502 };
    sessions.set(clid, open + 1);
    this.#user = { clid, rgp: extensions.includes(RGP) };
    return { code: 1000 };
  }
}
