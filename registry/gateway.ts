/**
 * What the engine asks of a registry, whatever protocol carries it. One implementation per entry of
 * BACKORDER_REGISTRIES; the sandbox is an entry like any other.
 */
import type { RegistrationChange } from '../rules/registration.ts';
import type { Registration, RegistryAnswer } from '../rules/stage.ts';
import type { Difference } from '../rules/watch.ts';
import type { RdapRecord } from './rdap/answer.ts';
import type { RdapAnswer } from './rdap/client.ts';

/** The registry could not be reached, or answered nothing we could use. Nothing was changed there. Retry. */
export class RegistryUnreachable extends Error {
  override readonly name: string = 'RegistryUnreachable';
  /** How long the registry, or our own back-off, asks to be left alone. */
  readonly retryAfterMs?: number;

  constructor(message: string, options: { retryAfterMs?: number | undefined } = {}) {
    super(message);
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}

/** A command that changes something left this machine and no usable answer came: ask who owns the name before trying again. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** Everything one `<domain:create>` carries (RFC 5731 section 3.2.1). */
export interface CreateRequest {
  name: string;
  periodYears: number;
  registrant?: string;
  contacts: { admin?: string; tech?: string };
  nameservers: string[];
  authInfo: string;
}

/** The registry's result code (RFC 5730 section 3), never its text. Instants in epoch ms, present on 1000 and 1001. */
export interface CreateReply {
  code: number;
  createdAt?: number;
  expiresAt?: number;
}

/** Everything one `<domain:update>` carries (RFC 5731 section 3.2.5). */
export interface UpdateRequest extends RegistrationChange {
  name: string;
  /** In place of the one there is: what a transfer must show. */
  authInfo?: string;
}

/** Who is to hold a name, as RFC 5733 wants it told. */
export interface ContactDetails {
  name: string;
  org?: string;
  street: string[];
  city: string;
  postal_code?: string;
  /** ISO 3166-1, two letters. */
  country: string;
  phone: string;
  email: string;
}

export interface ContactRequest {
  /** 3 to 16 characters, chosen by us. */
  id: string;
  details: ContactDetails;
  authInfo: string;
}

/** A registration, with what only its sponsor is told. */
export interface Held extends Registration {
  registrant?: string;
}

/** A name's published drop instant, epoch ms, where the registry publishes one. */
export interface PublishedDrop {
  at: number;
  roid?: string;
}

/** What a poll heard, and from whom; `source` and `rdap` may be missing where nobody but EPP was asked. */
export type PeekAnswer = (RegistryAnswer | { kind: 'not_found' }) & {
  source?: 'epp' | 'rdap';
  /** What RDAP tells beyond the registration: the registrar's own date, redactions, notices. */
  rdap?: RdapRecord;
};

/** What a registry says of a name when asked only whether it could be registered. */
export interface Availability {
  available: boolean;
  /** By the fee class of RFC 8748; false where the registry does not say. */
  premium: boolean;
  reason?: string;
}

/** One source's word, or why there is none. */
export type Said<Answer> =
  Answer | { kind: 'trouble'; trouble: 'away' | 'refused' | 'nonsense'; code: string; retryAfterMs?: number };

/** Both sources asked at once. EPP decides; that they differ is for people to see. */
export interface Hearing {
  epp: Said<RegistryAnswer>;
  rdap: Said<RdapAnswer>;
  /** Empty also where one of them said nothing. */
  differences: Difference[];
}

export interface RegistryGateway {
  readonly id: string;
  /** The registry's word by EPP: info, and where it knows no such name, check. Throws RegistryUnreachable. */
  look(name: string): Promise<RegistryAnswer>;
  /**
   * The cheap look for polls: RDAP where the TLD has a service, else the same as lookInTurn. A 404 of RDAP proves nothing: ask
   * look. What fails is SourceTrouble, a RegistryUnreachable whose `kind` says whether to ask again.
   */
  peek(name: string): Promise<PeekAnswer>;
  /** As look, at the pace that polls are held to: SourceTrouble `own_limit` where the turn is far off. */
  lookInTurn(name: string): Promise<RegistryAnswer>;
  /**
   * Which of at most 100 names could be registered now, by EPP's check. By name in lower case; one the registry will not speak of
   * is left out. Throws RegistryUnreachable.
   */
  checkMany?(names: readonly string[]): Promise<ReadonlyMap<string, Availability>>;
  /** Who says what of a name, EPP at the pace of polls. Never throws for a source that fails. */
  hear(name: string): Promise<Hearing>;
  /** What the registry's drop list says of a name; absent where it publishes none to us. Throws RegistryUnreachable. */
  publishedDrop?(name: string): Promise<PublishedDrop | undefined>;
  /** Refusals are codes, not errors. Throws OutcomeUnknown once bytes have left, RegistryUnreachable before. */
  create(request: CreateRequest, clTRID: string): Promise<CreateReply>;
  /** What info says of a name, undefined where there is none. Of another's it may say nothing but that. Throws RegistryUnreachable. */
  held(name: string): Promise<Held | undefined>;
  /** Same errors as create. */
  update(request: UpdateRequest, clTRID: string): Promise<{ code: number }>;
  /** Is this the authInfo of a name of ours (RFC 5731 section 3.1.2, RFC 9154)? Throws RegistryUnreachable. */
  hasAuthInfo(name: string, authInfo: string): Promise<boolean>;
  /** The sponsoring registrar of a contact, '' where that is not told, undefined where there is no such contact. Throws RegistryUnreachable. */
  contactSponsor(id: string): Promise<string | undefined>;
  /** Same errors as create. */
  createContact(request: ContactRequest, clTRID: string): Promise<{ code: number }>;
  /** RFC 5731 section 3.2.2; within add grace it undoes a create. Same errors as create. */
  delete(name: string, clTRID: string): Promise<{ code: number }>;
  /** One round trip that changes nothing (`<hello>`): is the registry there, and how far away, in ms. */
  ping(): Promise<number>;
  close(): Promise<void>;
}

/** What a command was answered. Undefined: it left, and no answer came. */
export async function codeOf(send: () => Promise<{ code: number }>): Promise<number | undefined> {
  try {
    return (await send()).code;
  } catch (error) {
    if (error instanceof OutcomeUnknown) return undefined;
    throw error;
  }
}
