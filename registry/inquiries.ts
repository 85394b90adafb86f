/**
 * Registries asked for people who only want to know. Sessions belong to those who watch and catch: for this one is opened when
 * it is needed and given back when nobody asks any more, and none where a registry grants few. What is asked is paced, and bounded.
 */
import { setTimeout } from 'node:timers/promises';
import type { GatewayOptions } from './epp/gateway.ts';
import type { RegistryEntry } from './entry.ts';
import type { Availability, Hearing, PublishedDrop, RegistryGateway } from './gateway.ts';
import { SourceTrouble } from './http-trouble.ts';
import { Pace } from './pace.ts';
import { profileOf, QUESTIONS_PER_SECOND } from './profiles.ts';
import { createRdapClient, type RdapClient } from './rdap/client.ts';
import { hear, lookupFor } from './rdap/hearing.ts';
import { openGateways } from './registries.ts';

export interface Inquiry {
  readonly id: string;
  /** Our accreditations there. */
  readonly owns: readonly string[];
  /** Both sources; one that fails, or is not asked, is told as trouble. Never throws for either. */
  hear(name: string): Promise<Hearing>;
  /** As the gateway's. Throws RegistryUnreachable, also where it is not asked. */
  checkMany(names: readonly string[]): Promise<ReadonlyMap<string, Availability>>;
  publishedDrop(name: string): Promise<PublishedDrop | undefined>;
  /** The one thing that is changed here, for its winner: as the gateway's `update`, on a session also where few are granted. */
  setAuthInfo(name: string, authInfo: string, clTRID: string): Promise<{ code: number }>;
  hasAuthInfo(name: string, authInfo: string): Promise<boolean>;
}

export interface Inquiries {
  forTld(tld: string): Inquiry | undefined;
  close(): Promise<void>;
}

export interface InquiryOptions extends GatewayOptions {
  /** Processes that ask like this one. */
  replicas?: number;
}

/** No session is held for longer after the last question. */
const IDLE_MS = 60_000;
/** A page asks for several names at once. */
const BURST_S = 5;
const PATIENCE_MS = 1_500;
/** A registry must grant so many sessions for each that is opened only to ask. */
const SESSIONS_PER_ASKER = 5;
/** One command, and all that one question takes. */
const COMMAND_MS = 3_000;
const QUESTION_MS = 4_000;

export function openInquiries(entries: readonly RegistryEntry[], options: InquiryOptions = {}): Inquiries {
  const { replicas = 1, rdap = createRdapClient(), ...rest } = options;
  const gateways = openGateways(entries, { commandMs: COMMAND_MS, idleMs: IDLE_MS, rdap, ...rest });
  const byTld = new Map<string, Inquiry>();
  for (const entry of entries) {
    const gateway = gateways.byId.get(entry.id);
    if (!gateway) continue;
    const inquiry = inquiryAt(entry, gateway, rdap, {
      pace: paceAt(entry, replicas),
      spare: sparesSessions(entry, replicas),
    });
    for (const tld of entry.tlds) byTld.set(tld, inquiry);
  }
  return { forTld: (tld) => byTld.get(tld.toLowerCase()), close: () => gateways.close() };
}

function paceAt({ profile }: RegistryEntry, replicas: number): Pace {
  const perSecond = (profileOf(profile).questionsPerSecond ?? QUESTIONS_PER_SECOND) / replicas;
  return new Pace({ everyMs: 1_000 / perSecond, burst: Math.max(1, Math.floor(perSecond * BURST_S)) });
}

/** One that publishes no limit is taken to have enough. */
const sparesSessions = ({ profile }: RegistryEntry, replicas: number): boolean =>
  (profileOf(profile).maxSessions ?? Infinity) >= SESSIONS_PER_ASKER * replicas;

function inquiryAt(
  entry: RegistryEntry,
  gateway: RegistryGateway,
  rdap: RdapClient,
  { pace, spare }: { pace: Pace; spare: boolean },
): Inquiry {
  const lookup = lookupFor(entry, rdap);
  async function ask<T>(question: () => Promise<T>): Promise<T> {
    if (!spare) throw new SourceTrouble('own_limit', `registry ${entry.id}: its few sessions are kept for catching`);
    const waitMs = pace.take(PATIENCE_MS);
    if (waitMs === undefined)
      throw new SourceTrouble('own_limit', `registry ${entry.id}: asked as often as we may`, PATIENCE_MS);
    if (waitMs > 0) await setTimeout(waitMs);
    return inTime(entry.id, question());
  }
  return {
    id: entry.id,
    owns: entry.owns,
    hear: (name) =>
      hear(
        ask(() => gateway.look(name)),
        lookup(name, COMMAND_MS),
      ),
    checkMany: (names) => ask(async () => gateway.checkMany?.(names) ?? new Map()),
    publishedDrop: async (name) => gateway.publishedDrop && inTime(entry.id, gateway.publishedDrop(name)),
    setAuthInfo: (name, authInfo, clTRID) => gateway.update({ name, add: [], remove: [], authInfo }, clTRID),
    hasAuthInfo: (name, authInfo) => gateway.hasAuthInfo(name, authInfo),
  };
}

/** What is late may still be answered; nobody waits for it. */
async function inTime<T>(registry: string, answer: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = setTimeout(QUESTION_MS, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new SourceTrouble('timed_out', `registry ${registry}: no whole answer in time`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    over.abort();
  }
}
