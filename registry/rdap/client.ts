/**
 * RDAP as far as watching a name needs it (RFC 7480, 9083): cheap, public, and never proof. A 404 does not mean that a
 * name can be had, so it is an answer of its own.
 */
import { z } from 'zod';
import type { Registration } from '../../rules/stage.ts';
import { RegistryUnreachable } from '../gateway.ts';
import { boundedGet } from '../http.ts';
import { fromRdapStatus } from './status.ts';

const LIMIT_MS = 10_000;
const MAX_BYTES = 1_048_576;

export type RdapAnswer = { kind: 'registered'; registration: Registration } | { kind: 'not_found' };

const text = z.string().optional().catch(undefined);
const listOf = <T extends z.ZodType>(item: T) => z.array(item).catch([]).default([]);

/** What is read of a domain object; everything else a server adds is ignored. */
const domainObject = z.object({
  objectClassName: z.literal('domain').optional(),
  ldhName: text,
  handle: text,
  status: listOf(z.string()),
  events: listOf(z.object({ eventAction: text, eventDate: text })),
  entities: listOf(
    z.object({
      roles: listOf(z.string()),
      handle: text,
      publicIds: listOf(z.object({ type: text, identifier: text })),
    }),
  ),
  nameservers: listOf(z.object({ ldhName: text })),
});
type DomainObject = z.infer<typeof domainObject>;

/** `base` is the service's URL from the bootstrap (RFC 9224). Throws RegistryUnreachable, with retryAfterMs where asked to wait. */
export async function fetchDomain(base: string, name: string, limitMs: number = LIMIT_MS): Promise<RdapAnswer> {
  const url = `${base.replace(/\/+$/, '')}/domain/${encodeURIComponent(name)}`;
  const answer = await boundedGet('RDAP', url, {
    accept: 'application/rdap+json, application/json;q=0.9',
    limitMs,
    maxBytes: MAX_BYTES,
  });
  if (answer.status === 404) return { kind: 'not_found' };
  const read = domainObject.safeParse(jsonOf(answer.body));
  if (!read.success) throw new RegistryUnreachable('RDAP: the answer is not a domain object');
  const about = read.data.ldhName?.toLowerCase().replace(/\.$/, '');
  if (about !== undefined && about !== name.toLowerCase())
    throw new RegistryUnreachable('RDAP: the answer is about another name');
  return { kind: 'registered', registration: registrationOf(read.data) };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function registrationOf(domain: DomainObject): Registration {
  const eventAt = (action: string): number | undefined => {
    const event = domain.events.find(({ eventAction }) => eventAction?.toLowerCase() === action);
    const at = Date.parse(event?.eventDate ?? '');
    return Number.isNaN(at) ? undefined : at;
  };
  const registrar = domain.entities.find(({ roles }) => roles.some((role) => role.toLowerCase() === 'registrar'));
  const updatedAt = eventAt('last changed');
  return {
    roid: domain.handle ?? '',
    sponsor: registrar?.handle ?? registrar?.publicIds[0]?.identifier ?? '',
    registeredAt: eventAt('registration') ?? 0,
    expiresAt: eventAt('expiration') ?? 0,
    ...(updatedAt === undefined ? {} : { updatedAt }),
    ...fromRdapStatus(domain.status),
    nameservers: domain.nameservers.flatMap(({ ldhName }) => (ldhName ? [ldhName.toLowerCase()] : [])),
  };
}
