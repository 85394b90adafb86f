/**
 * A name as it stands and as it may go on: from the arbiter that watches it, else from its registry, else from what reservations
 * remember; with what the DNS and policy add. Whoever does not answer is named, and costs no more than what it would have told.
 */
import { LRUCache } from 'lru-cache';
import type { Hearing, Said } from '../registry/gateway.ts';
import { parkedAt } from '../registry/parking.ts';
import type { RdapRecord } from '../registry/rdap/answer.ts';
import { RegistryUnreachable } from '../registry/gateway.ts';
import { forecast, leadsToDrop, type Forecast, type StageSince } from '../rules/forecast.ts';
import { isFarOff, publishedBy, type ListedDrop, type Listings, type Overruled } from '../rules/listed.ts';
import { publishedWindow } from '../rules/release.ts';
import { signsOf, type DnsSigns, type Parked, type Sign } from '../rules/outlook.ts';
import { instantsOf, type Instant } from '../rules/outlook-instants.ts';
import { stageOf, type Registration, type RegistryAnswer, type Stage } from '../rules/stage.ts';
import type { TldPolicy } from '../rules/tlds.ts';
import type { Difference } from '../rules/watch.ts';
import { listedDrop } from '../store/drop-lists.ts';
import { remembered } from '../store/reservation-queries.ts';
import { findSandboxName } from '../store/sandbox-names.ts';
import { findTestClock } from '../store/test-clocks.ts';
import type { RouteDeps } from './deps.ts';
import type { ServedName } from './names.ts';
import { reasonOf } from './similar.ts';

export interface Missing {
  what: 'epp' | 'rdap' | 'drop_list' | 'dns';
  reason: string;
}

/** What is known of the name's registration, and since when. */
interface Seen {
  source: 'watch' | 'epp' | 'rdap' | 'memory' | null;
  asOf: number | undefined;
  stage: Stage;
  answer?: RegistryAnswer;
  since?: StageSince;
  record?: RdapRecord | undefined;
  differences: Difference[];
  foreseen?: Partial<Pick<Forecast, 'expiresAt' | 'drop' | 'next'>>;
  /** What the registry's own list says, or what counted for the arbiter. */
  own?: Listings['own'];
  overruled?: Overruled;
  /** Joins close here. */
  cutoffAt?: number;
  missing: Missing[];
}

export interface Outlook extends Omit<Seen, 'foreseen' | 'own' | 'since'> {
  now: number;
  policy: TldPolicy;
  forecast: Partial<Forecast>;
  instants: Instant[];
  signs: Sign[];
  /** Nobody was asked where there is no DNS; the name servers are the registry's word then. */
  use: DnsSigns;
  parked: Parked | undefined;
}

type Deps = Pick<RouteDeps, 'engine' | 'policies' | 'dnsOf' | 'now'>;

const KEPT = { max: 1_000, ttl: 60_000 } as const;
const INCOMPLETE_MS = 5_000;
/** A test clock may have moved by months: only who asks at the same moment is answered alike. */
const SANDBOX_MS = 1;

/** Looks once for all who ask of one name meanwhile. */
export function outlooks(deps: Deps): (name: ServedName) => Promise<Outlook> {
  const kept = new LRUCache<string, Outlook, ServedName>({
    ...KEPT,
    fetchMethod: async (_name, _stale, { options, context }) => {
      const found = await find(deps, context);
      if (!context.livemode) options.ttl = SANDBOX_MS;
      else if (found.missing.length > 0) options.ttl = INCOMPLETE_MS;
      return found;
    },
  });
  return (name) => kept.forceFetch(name.name, { context: name });
}

async function find(deps: Deps, name: ServedName): Promise<Outlook> {
  const [{ now, policy }, listed, memory, dns, watched] = await Promise.all([
    circumstances(deps, name),
    listedDrop(name.name),
    remembered(name.name, name.livemode),
    // There is no DNS below .test.
    name.livemode ? deps.dnsOf(name.name) : undefined,
    fromWatch(deps, name.name),
  ]);
  const seen = watched ?? fallingBack(await fromRegistry(name, policy, now), memory.last);
  const { answer, stage, record, since, foreseen, own, missing, ...told } = seen;
  const registration = answer?.kind === 'registered' ? answer.registration : undefined;
  const dates = registration && { registration, stage, now, ...(since && { since }) };
  const published = dates && publishedBy({ own, loaded: seen.source === 'watch' ? undefined : listed }, dates, policy);
  const computed = dates ? forecast(dates, policy, published?.at) : listedAlone(seen, listed, policy, now);
  const ahead: Partial<Forecast> = { ...computed, ...foreseen };
  const { expiresAt, bounds = [], drop } = ahead;
  const use = useOf(dns, registration);
  const parked = use.nameservers === 'unknown' ? undefined : parkedAt(use.nameservers);
  const dated = {
    stage,
    registeredAt: registration?.registeredAt ?? 0,
    registrarExpiresAt: record?.registrarExpiresAt,
  };
  const facts = { now, stage, registration, expiresAt, dns, parked, transferredAt: record?.transferredAt };
  const held = answer === undefined || answer.kind === 'registered';
  const silentDns = dns && Object.values(dns).includes('unknown');
  return {
    ...told,
    ...{ now, policy, stage, use, parked, record },
    ...(published?.overruled && { overruled: published.overruled }),
    ...(answer && { answer }),
    forecast: ahead,
    instants: instantsOf({
      ...dated,
      forecast: { bounds, ...(expiresAt !== undefined && { expiresAt }), ...(drop && { drop }) },
    }),
    signs: held ? signsOf({ ...facts, renewalsSeen: memory.renewals }) : [],
    missing: [...missing, ...(silentDns ? [{ what: 'dns' as const, reason: 'could_not_be_asked' }] : [])],
  };
}

/** Where nobody tells of the name, what a list says of it is all there is. */
function listedAlone(
  { source }: Seen,
  listed: ListedDrop | undefined,
  policy: TldPolicy,
  now: number,
): Partial<Forecast> {
  const drop = source === null && listed ? publishedWindow(listed.at, policy, now) : undefined;
  return drop && drop.latest > now && !isFarOff(drop.earliest, now) ? { drop } : {};
}

/** A name that was deleted is out of the DNS, and its registry still tells where it was. */
function useOf(dns: DnsSigns | undefined, registration: Registration | undefined): DnsSigns {
  const { addresses, mail, nameservers } = dns ?? UNASKED;
  const isTold = nameservers !== 'unknown' && nameservers.length > 0;
  return { addresses, mail, nameservers: isTold ? nameservers : (registration?.nameservers ?? nameservers) };
}
const UNASKED: DnsSigns = { addresses: 'unknown', mail: 'unknown', nameservers: 'unknown' };

/** Whose time the name lives in, and by whose rules: names of the sandbox may have others' of both. */
async function circumstances({ engine, policies, now }: Deps, { name, livemode, policy }: ServedName) {
  if (livemode) return { now: now(), policy };
  const sandbox = await findSandboxName(name);
  const clock = sandbox?.test_clock ?? undefined;
  const frozen =
    clock === undefined
      ? undefined
      : ((await engine.describeClock(clock))?.now ?? (await findTestClock(clock))?.frozen_at);
  return { now: frozen ?? now(), policy: (sandbox?.policy && policies.of(sandbox.policy)) || policy };
}

async function fromWatch({ engine }: Deps, name: string): Promise<Seen | undefined> {
  const domain = await engine.describeDomain(name);
  if (!domain?.sight) return undefined;
  const { answer, stage, since, seenAt, expiresAt, drop, next, published: own, overruled } = domain.sight;
  return {
    source: 'watch',
    asOf: seenAt,
    ...{ answer, stage, since, differences: [], missing: [] },
    foreseen: { next, ...(expiresAt !== undefined && { expiresAt }), ...(drop && { drop }) },
    ...{ own, ...(overruled && { overruled }) },
    ...(domain.cutoffAt !== null && { cutoffAt: domain.cutoffAt }),
  };
}

async function fromRegistry({ name, inquiry }: ServedName, policy: TldPolicy, now: number): Promise<Seen> {
  const { epp, rdap, differences } = await inquiry.hear(name);
  const missing = [...trouble('epp', epp), ...trouble('rdap', rdap)];
  const record = rdap.kind === 'registered' ? rdap.record : undefined;
  const heard = wordOf({ epp, rdap });
  if (!heard) return { source: null, asOf: undefined, stage: 'unknown', differences, missing };
  const stage = stageOf(heard.answer, { clids: [...inquiry.owns] }, now);
  // Lists are of names in their last stage.
  const listed = leadsToDrop(stage, policy) ? await inquiry.publishedDrop(name).catch(reasonIn) : undefined;
  if (typeof listed === 'string') missing.push({ what: 'drop_list', reason: listed });
  const own = typeof listed === 'string' ? ('silent' as const) : listed?.at;
  return { ...heard, asOf: now, stage, record, differences, own, missing };
}

/** EPP decides. RDAP alone tells of a registration, and nothing of a name it does not know. */
function wordOf({
  epp,
  rdap,
}: Pick<Hearing, 'epp' | 'rdap'>): { source: 'epp' | 'rdap'; answer: RegistryAnswer } | undefined {
  if (epp.kind !== 'trouble') return { source: 'epp', answer: epp };
  const { kind } = rdap;
  return kind === 'registered' ? { source: 'rdap', answer: { kind, registration: rdap.registration } } : undefined;
}

const trouble = (what: 'epp' | 'rdap', said: Said<{ kind: string }>): Missing[] =>
  said.kind === 'trouble' && 'code' in said ? [{ what, reason: said.code }] : [];

function reasonIn(error: unknown): string {
  if (error instanceof RegistryUnreachable) return reasonOf(error);
  throw error;
}

/** What a reservation was last told is better than nothing, and says how old it is. */
function fallingBack(seen: Seen, last: Awaited<ReturnType<typeof remembered>>['last']): Seen {
  if (seen.source !== null || !last) return seen;
  const { stage, seenAt, expiresAt, drop, next } = last;
  const foreseen = { next, ...(expiresAt !== undefined && { expiresAt }), ...(drop && { drop }) };
  return { ...seen, source: 'memory', asOf: seenAt, stage, foreseen };
}
