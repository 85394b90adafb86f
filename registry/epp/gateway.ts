/** A registry as the engine sees it, over EPP for what counts and RDAP for what is only watched. */
import { setTimeout } from 'node:timers/promises';
import type { Registration, RegistryAnswer } from '../../rules/stage.ts';
import { dropListAt } from '../drop-list.ts';
import type { RegistryEntry } from '../entry.ts';
import type { RegistryGateway } from '../gateway.ts';
import { SourceTrouble } from '../http-trouble.ts';
import { Pace } from '../pace.ts';
import { profileOf, QUESTIONS_PER_SECOND } from '../profiles.ts';
import { createRdapClient, type RdapClient } from '../rdap/client.ts';
import { hear, lookupFor, peek } from '../rdap/hearing.ts';
import { EppClient, type EppClientOptions } from './client.ts';
import { checksOf, unusable } from './check.ts';
import { createXml, deleteXml, infoXml } from './commands.ts';
import { creationOf, registrationOf } from './replies.ts';

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

export function createEppGateway(
  entry: RegistryEntry,
  { rdap = createRdapClient(), ...options }: GatewayOptions = {},
): RegistryGateway {
  const { keepAliveMs, sessionMs, questionsPerSecond = QUESTIONS_PER_SECOND } = profileOf(entry.profile);
  const pace = new Pace({ everyMs: 1_000 / questionsPerSecond, burst: Math.ceil(questionsPerSecond * BURST_S) });
  const lookup = lookupFor(entry, rdap);
  const client = new EppClient({ ...entry.epp, ...options, registry: entry.id, keepAliveMs, sessionMs });
  const dropList =
    entry.drop_list === undefined ? undefined : dropListAt(entry.drop_list, profileOf(entry.profile).dropListHeldMs);

  const { check, checkMany } = checksOf(client, entry.id);

  /** What info says: a registration, `none` (2303), or `closed` (it exists, but not for our eyes). */
  async function info(name: string): Promise<Registration | 'none' | 'closed'> {
    const response = await client.send('query', (clTRID) => infoXml(name, clTRID));
    if (response.code === 2303) return 'none';
    if (response.code === 2201 || response.code === 2202) return 'closed';
    const registration = response.code < 2000 ? registrationOf(response) : undefined;
    if (!registration) throw unusable(entry.id, 'info', response.code);
    return registration;
  }

  async function look(name: string): Promise<RegistryAnswer> {
    const first = await info(name);
    if (first === 'closed') return { kind: 'registered', registration: await publicly(name) };
    if (first !== 'none') return { kind: 'registered', registration: first };
    const { available, premium, reason } = await check(name);
    if (available) return { kind: 'free', premium };
    // Registered between the two questions, perhaps: only a name that still has no object is withheld.
    const again = await info(name);
    if (again === 'closed') return { kind: 'registered', registration: await publicly(name) };
    if (again !== 'none') return { kind: 'registered', registration: again };
    return { kind: 'withheld', ...(reason === undefined ? {} : { reason: reason.slice(0, MAX_REASON) }) };
  }

  async function publicly(name: string): Promise<Registration> {
    const answer = await lookup(name, PUBLICLY_MS).catch(() => undefined);
    return answer?.kind === 'registered' ? answer.registration : SOMEBODYS;
  }

  /** Polls stand back where many names are asked of at once: looks at the instants that matter are not held up by them. */
  async function lookInTurn(name: string): Promise<RegistryAnswer> {
    const waitMs = pace.take(TURN_MS);
    if (waitMs === undefined)
      throw new SourceTrouble('own_limit', `registry ${entry.id}: polled as often as we may`, PUT_OFF_MS);
    if (waitMs > 0) await setTimeout(waitMs);
    return look(name);
  }

  return {
    id: entry.id,
    look,
    checkMany,
    lookInTurn,
    peek: (name) => peek(lookup(name), () => lookInTurn(name)),
    hear: (name) => hear(lookInTurn(name), lookup(name)),
    publishedDrop: async (name) => (await dropList?.())?.get(name.toLowerCase()),
    async create(request, clTRID) {
      const response = await client.send('transform', () => createXml(request, clTRID), clTRID);
      return { code: response.code, ...(response.code < 2000 ? creationOf(response) : {}) };
    },
    async delete(name, clTRID) {
      const { code } = await client.send('transform', () => deleteXml(name, clTRID), clTRID);
      return { code };
    },
    ping: () => client.hello(),
    close: () => client.close(),
  };
}
