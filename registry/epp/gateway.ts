/** A registry as the engine sees it, over EPP for what counts and RDAP for what is only watched. */
import { setTimeout } from 'node:timers/promises';
import type { Registration, RegistryAnswer } from '../../rules/stage.ts';
import { dropListAt } from '../drop-list.ts';
import type { RegistryEntry } from '../entry.ts';
import type { Held, RegistryGateway } from '../gateway.ts';
import { SourceTrouble } from '../http-trouble.ts';
import { Pace } from '../pace.ts';
import { profileOf, QUESTIONS_PER_SECOND } from '../profiles.ts';
import { createRdapClient, type RdapClient } from '../rdap/client.ts';
import { hear, lookupFor, peek } from '../rdap/hearing.ts';
import { EppClient, type EppClientOptions } from './client.ts';
import { hasAuthInfo } from './auth-info.ts';
import { checksOf, unusable } from './check.ts';
import { createXml, deleteXml, infoXml, updateXml } from './commands.ts';
import { contactsOf } from './contacts.ts';
import { creationOf, registrantOf, registrationOf } from './replies.ts';

export interface GatewayOptions extends Pick<
  EppClientOptions,
  'log' | 'connectMs' | 'commandMs' | 'idleMs' | 'backoff' | 'random'
> {
  /** Shared by all registries, so that each RDAP host is asked within its limits; one of its own where absent. */
  rdap?: RdapClient;
}

const MAX_REASON = 200;
/** A poll by EPP waits for its turn for so long, and is else put off. */
const TURN_MS = 5_000;
const PUT_OFF_MS = 60_000;
const BURST_S = 5;
/** What EPP already said is not held up for longer by what RDAP might add. */
const PUBLICLY_MS = 2_000;
/** It exists, and whose it is the registry does not tell us (2201, 2202 on info). */
const SOMEBODYS: Registration = {
  roid: '',
  sponsor: '',
  registeredAt: 0,
  expiresAt: 0,
  statuses: [],
  rgp: [],
  nameservers: [],
};

/** Polls stand back where many names are asked of at once: looks at the instants that matter are not held up by them. */
function inTurn({ id }: RegistryEntry, questionsPerSecond: number, look: RegistryGateway['look']) {
  const pace = new Pace({ everyMs: 1_000 / questionsPerSecond, burst: Math.ceil(questionsPerSecond * BURST_S) });
  return async (name: string): Promise<RegistryAnswer> => {
    const waitMs = pace.take(TURN_MS);
    if (waitMs === undefined)
      throw new SourceTrouble('own_limit', `registry ${id}: polled as often as we may`, PUT_OFF_MS);
    if (waitMs > 0) await setTimeout(waitMs);
    return look(name);
  };
}

export function createEppGateway(
  entry: RegistryEntry,
  { rdap = createRdapClient(), ...options }: GatewayOptions = {},
): RegistryGateway {
  const { keepAliveMs, sessionMs, questionsPerSecond = QUESTIONS_PER_SECOND } = profileOf(entry.profile);
  const lookup = lookupFor(entry, rdap);
  const client = new EppClient({ ...entry.epp, ...options, registry: entry.id, keepAliveMs, sessionMs });
  const dropList =
    entry.drop_list === undefined ? undefined : dropListAt(entry.drop_list, profileOf(entry.profile).dropListHeldMs);

  const { check, checkMany } = checksOf(client, entry.id);

  /** What info says: a registration, `none` (2303), or `closed` (it exists, but not for our eyes). */
  async function info(name: string): Promise<Held | 'none' | 'closed'> {
    const response = await client.send('query', (clTRID) => infoXml(name, clTRID));
    if (response.code === 2303) return 'none';
    if (response.code === 2201 || response.code === 2202) return 'closed';
    const registration = response.code < 2000 ? registrationOf(response) : undefined;
    if (!registration) throw unusable(entry.id, 'info', response.code);
    const registrant = registrantOf(response);
    return { ...registration, ...(registrant !== undefined && { registrant }) };
  }

  /** Whose contact it is, is no part of what is watched. */
  const registered = ({ registrant: _, ...registration }: Held): RegistryAnswer => ({
    kind: 'registered',
    registration,
  });

  async function look(name: string): Promise<RegistryAnswer> {
    const first = await info(name);
    if (first === 'closed') return { kind: 'registered', registration: await publicly(name) };
    if (first !== 'none') return registered(first);
    const { available, premium, reason } = await check(name);
    if (available) return { kind: 'free', premium };
    // Registered between the two questions, perhaps: only a name that still has no object is withheld.
    const again = await info(name);
    if (again === 'closed') return { kind: 'registered', registration: await publicly(name) };
    if (again !== 'none') return registered(again);
    return { kind: 'withheld', ...(reason === undefined ? {} : { reason: reason.slice(0, MAX_REASON) }) };
  }

  async function publicly(name: string): Promise<Registration> {
    const answer = await lookup(name, PUBLICLY_MS).catch(() => undefined);
    return answer?.kind === 'registered' ? answer.registration : SOMEBODYS;
  }

  const lookInTurn = inTurn(entry, questionsPerSecond, look);
  const change = async (xml: string, clTRID: string) => {
    const { code } = await client.send('transform', () => xml, clTRID);
    return { code };
  };

  return {
    id: entry.id,
    look,
    checkMany,
    lookInTurn,
    peek: (name) => peek(lookup(name), () => lookInTurn(name)),
    hear: (name) => hear(lookInTurn(name), lookup(name)),
    ...(dropList && { publishedDrop: async (name: string) => (await dropList()).get(name.toLowerCase()) }),
    async create(request, clTRID) {
      const response = await client.send('transform', () => createXml(request, clTRID), clTRID);
      return { code: response.code, ...(response.code < 2000 ? creationOf(response) : {}) };
    },
    async held(name) {
      const held = await info(name);
      if (held === 'none') return undefined;
      return held === 'closed' ? SOMEBODYS : held;
    },
    update: (request, clTRID) => change(updateXml(request, clTRID), clTRID),
    delete: (name, clTRID) => change(deleteXml(name, clTRID), clTRID),
    hasAuthInfo: (name, authInfo) => hasAuthInfo(client, entry.id, name, authInfo),
    ...contactsOf(client, entry.id),
    ping: () => client.hello(),
    close: () => client.close(),
  };
}
