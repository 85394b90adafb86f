/** A registry as the engine sees it, over EPP for what counts and RDAP for what is only watched. */
import type { Registration, RegistryAnswer } from '../../rules/stage.ts';
import { dropListAt } from '../drop-list.ts';
import type { RegistryEntry } from '../entry.ts';
import { RegistryUnreachable, type RegistryGateway } from '../gateway.ts';
import { profileOf } from '../profiles.ts';
import { createRdapClient, type RdapClient } from '../rdap/client.ts';
import { hear, lookupFor, peek } from '../rdap/hearing.ts';
import { EppClient, type EppClientOptions } from './client.ts';
import { checkXml, createXml, deleteXml, infoXml } from './commands.ts';
import { FEE } from './namespaces.ts';
import { availabilityOf, creationOf, registrationOf, type Availability } from './replies.ts';

export interface GatewayOptions extends Pick<
  EppClientOptions,
  'log' | 'connectMs' | 'commandMs' | 'backoff' | 'random'
> {
  /** Shared by all registries, so that each RDAP host is asked within its limits; one of its own where absent. */
  rdap?: RdapClient;
}

const MAX_REASON = 200;
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
  const { keepAliveMs, sessionMs } = profileOf(entry.profile);
  const lookup = lookupFor(entry, rdap);
  const client = new EppClient({ ...entry.epp, ...options, registry: entry.id, keepAliveMs, sessionMs });
  const dropList =
    entry.drop_list === undefined ? undefined : dropListAt(entry.drop_list, profileOf(entry.profile).dropListHeldMs);

  /** What info says: a registration, `none` (2303), or `closed` (it exists, but not for our eyes). */
  async function info(name: string): Promise<Registration | 'none' | 'closed'> {
    const response = await client.send('query', (clTRID) => infoXml(name, clTRID));
    if (response.code === 2303) return 'none';
    if (response.code === 2201 || response.code === 2202) return 'closed';
    const registration = response.code < 2000 ? registrationOf(response) : undefined;
    if (!registration) throw unusable('info', response.code);
    return registration;
  }

  async function check(name: string): Promise<Availability> {
    let withFee = false;
    let response = await client.send('query', (clTRID, extensions) => {
      withFee = extensions.has(FEE);
      return checkXml(name, clTRID, withFee);
    });
    // Some registries offer RFC 8748 and refuse its check; whether the name is free they still tell.
    if (withFee && response.code >= 2000) response = await client.send('query', (clTRID) => checkXml(name, clTRID));
    const availability = response.code < 2000 ? availabilityOf(response, name) : undefined;
    if (!availability) throw unusable('check', response.code);
    return availability;
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

  const unusable = (verb: string, code: number) =>
    new RegistryUnreachable(`registry ${entry.id}: answered ${verb} with ${code}, without what was asked`);

  return {
    id: entry.id,
    look,
    peek: (name) => peek(lookup(name), () => look(name)),
    hear: (name) => hear(look(name), lookup(name)),
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
