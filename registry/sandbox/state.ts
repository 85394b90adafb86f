/** What the registry says of a name at an instant, and how a film of such states is cut. */
import { createHash } from 'node:crypto';

export interface Registered {
  kind: 'registered';
  roid: string;
  sponsor: string;
  createdAt: number;
  /** The registry's date, which auto-renewal moves a year ahead. */
  expiresAt: number;
  updatedAt?: number;
  statuses: string[];
  rgp: string[];
  nameservers: string[];
}
/** `hidden`: info and RDAP know of no such name, and yet nobody else can have it. */
export type DomainState = { kind: 'free' } | { kind: 'withheld' } | { kind: 'hidden' } | Registered;

/** From its start until the next one's: half-open. The first begins at -Infinity. */
export interface Segment {
  from: number;
  state: DomainState;
}
export type Frames = Generator<Segment, void>;

/** A repository object id (RFC 5730 section 2.8), the same for the same registration and no other. */
export function roidOf(name: string, ...registration: (string | number)[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([name, ...registration]))
    .digest('hex');
  return `D${digest.slice(0, 16).toUpperCase()}-TEST`;
}
