/**
 * A domain object (RFC 9083 section 5.3) as far as watching a name needs it. Members we do not know, and members of the
 * wrong shape, are passed over: servers add and redact as they like. Only an answer about another name is refused.
 */
import { domainToASCII } from 'node:url';
import { z } from 'zod';
import type { Registration } from '../../rules/stage.ts';
import { SourceTrouble } from '../http-trouble.ts';
import { fromRdapStatus } from './status.ts';

/** What an RDAP answer tells beyond the registration. Instants in epoch ms; what is not told, or not a date, is absent. */
export interface RdapRecord {
  /** Whose word this is: the URL that answered, after redirects. */
  source: string;
  /** When the registrar says its customer's term ends: at expiry the registry's own date moves on by a year. */
  registrarExpiresAt?: number;
  deletedAt?: number;
  reregisteredAt?: number;
  transferredAt?: number;
  /** How old the server's data is, by its own word. */
  databaseUpdatedAt?: number;
  /** The sponsoring registrar's number in IANA's registry. */
  ianaRegistrarId?: string;
  conformance: string[];
  /** What was left out (RFC 9537), by the server's own names. */
  redacted: string[];
  /** Types, else titles, of notices and remarks: truncation, rate limits. */
  notices: string[];
}

/** An answer is 1 MB at most; what is kept of it is far less. */
const MAX_ITEMS = 100;
const MAX_TEXT = 255;

/** What is longer is not told: cut short it would be another value, and a slice keeps the whole in memory. */
const bounded = z.string().max(MAX_TEXT);
const text = bounded.optional().catch(undefined);
/** One bad item must not cost the others. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(z.unknown())
    .catch([])
    .default([])
    .transform((items) =>
      items.slice(0, MAX_ITEMS).flatMap((each) => {
        const read = item.safeParse(each);
        return read.success ? [read.data] : [];
      }),
    );
const note = z.object({ type: text, title: text });
const texts = listOf(bounded);

const domainObject = z.object({
  objectClassName: z.literal('domain').optional(),
  ldhName: text,
  unicodeName: text,
  handle: text,
  status: texts,
  events: listOf(z.object({ eventAction: text, eventDate: text })),
  entities: listOf(
    z.object({ roles: texts, handle: text, publicIds: listOf(z.object({ type: text, identifier: text })) }),
  ),
  nameservers: listOf(z.object({ ldhName: text })),
  rdapConformance: texts,
  redacted: listOf(z.object({ name: z.object({ type: text, description: text }) })),
  notices: listOf(note),
  remarks: listOf(note),
});
type DomainObject = z.infer<typeof domainObject>;

/** Throws SourceTrouble: `not_expected`, `another_name`. */
export function readDomain(
  json: unknown,
  asked: string,
  source: string,
): { registration: Registration; record: RdapRecord } {
  const read = domainObject.safeParse(json);
  if (!read.success) throw new SourceTrouble('not_expected', 'RDAP: the answer is not a domain object');
  const about = read.data.ldhName ?? read.data.unicodeName;
  if (about === undefined) throw new SourceTrouble('not_expected', 'RDAP: the answer does not say of which name it is');
  if (plain(about) !== plain(asked)) throw new SourceTrouble('another_name', 'RDAP: the answer is about another name');
  const redacted = read.data.redacted.flatMap(({ name }) => name.type ?? name.description ?? []);
  return { registration: registrationOf(read.data, redacted), record: recordOf(read.data, redacted, source) };
}

/** Servers answer in capitals, with a final dot, and in Unicode. */
const plain = (name: string): string => domainToASCII(name.trim().replace(/\.$/, ''));

function registrationOf(domain: DomainObject, redacted: string[]): Registration {
  const registrar = registrarOf(domain);
  const updatedAt = latest(domain, 'last changed');
  // RFC 9537 section 4.1: a value put in the place of a redacted one identifies nothing.
  const handle = redacted.some((name) => /^registry domain id$/i.test(name)) ? undefined : domain.handle;
  return {
    roid: handle ?? '',
    sponsor: registrar?.handle || ianaIdOf(registrar) || '',
    // A name registered again after a deletion may keep its first date as well: this registration began at the later.
    registeredAt: Math.max(only(domain, 'registration') ?? 0, latest(domain, 'reregistration') ?? 0),
    expiresAt: only(domain, 'expiration') ?? 0,
    ...(updatedAt === undefined ? {} : { updatedAt }),
    ...fromRdapStatus(domain.status),
    nameservers: domain.nameservers.flatMap(({ ldhName }) => (ldhName ? [plain(ldhName)] : [])),
  };
}

function recordOf(domain: DomainObject, redacted: string[], source: string): RdapRecord {
  const told = {
    registrarExpiresAt: only(domain, 'registrar expiration'),
    deletedAt: latest(domain, 'deletion'),
    reregisteredAt: latest(domain, 'reregistration'),
    transferredAt: latest(domain, 'transfer'),
    databaseUpdatedAt: latest(domain, 'last update of rdap database'),
    ianaRegistrarId: ianaIdOf(registrarOf(domain)),
  };
  return {
    source,
    ...(Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as Partial<RdapRecord>),
    conformance: domain.rdapConformance,
    redacted,
    notices: [...domain.notices, ...domain.remarks].flatMap(({ type, title }) => type ?? title ?? []),
  };
}

type Registrar = DomainObject['entities'][number];

const registrarOf = ({ entities }: DomainObject): Registrar | undefined =>
  entities.find(({ roles }) => roles.some((role) => role.toLowerCase() === 'registrar'));

const ianaIdOf = (registrar: Registrar | undefined): string | undefined =>
  registrar?.publicIds.find(({ type }) => type?.toLowerCase() === 'iana registrar id')?.identifier;

const instant = z.iso.datetime({ offset: true });

/** RFC 3339 with its zone; anything `Date.parse` would make up a zone or a day for is unknown. */
function datesOf({ events }: DomainObject, action: string): number[] {
  const dated = events.filter(({ eventAction }) => eventAction?.trim().toLowerCase() === action);
  const valid = dated.map(({ eventDate }) => instant.safeParse(eventDate?.trim().toUpperCase()).data);
  return valid.flatMap((date) => (date === undefined ? [] : [Date.parse(date)]));
}

function latest(domain: DomainObject, action: string): number | undefined {
  const dates = datesOf(domain, action);
  return dates.length === 0 ? undefined : Math.max(...dates);
}

/** A server that gives two different dates for what happens once has not told us. */
function only(domain: DomainObject, action: string): number | undefined {
  const [date, ...others] = new Set(datesOf(domain, action));
  return others.length === 0 ? date : undefined;
}
