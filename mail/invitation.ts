/**
 * The drop as an entry in the reader's calendar (RFC 5545, sent as RFC 5546 has it). Not sent step by step but brought up to date
 * by each notice, from what the last one said: whatever notices were overtaken on the way, the entry ends up right.
 */
import ical, { ICalCalendarMethod, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import { believed } from '../rules/news.ts';
import { hasEnded, type ReservationState } from '../rules/reservation.ts';
import type { Stage } from '../rules/stage.ts';
import type { DropWindow } from '../rules/tlds.ts';

/** What the reader's calendar was last told. `drop` is where the entry stands; one that is withdrawn stays where it was. */
export interface Entry {
  method: 'REQUEST' | 'CANCEL';
  drop: DropWindow;
}

export interface Invitation extends Entry {
  /** The same for all entries of one reservation; the sender's domain is added. */
  uid: string;
  /** The event's `seq`: notices go out in its order, so it always grows. */
  sequence: number;
  stampedAt: number;
  title: string;
  text: string;
}

interface Telling {
  state: ReservationState;
  at: number;
  before: Entry | null;
}

/** Undefined: the calendar says what is known. */
export function entryDue({ state, at, before }: Telling): Entry | undefined {
  const drop = expectedDrop(state, at);
  const standing = before?.method === 'REQUEST' ? before.drop : undefined;
  if (drop) return standing && isSame(standing, drop) ? undefined : { method: 'REQUEST', drop };
  if (!standing) return undefined;
  // A drop that came is no longer ahead, and is no reason to take its entry away.
  const until = cameToDrop(state) ? standing.earliest : standing.latest;
  return at < until ? { method: 'CANCEL', drop: standing } : undefined;
}

const RELEASED: readonly Stage[] = ['available', 'registered_by_us', 'registered_by_other'];

function cameToDrop(state: ReservationState): boolean {
  if (hasEnded(state)) return state.status === 'won' || state.status === 'lost';
  return 'name' in state && RELEASED.includes(state.name.stage);
}

function expectedDrop(state: ReservationState, at: number): DropWindow | undefined {
  if (hasEnded(state) || !('name' in state) || cameToDrop(state)) return undefined;
  const drop = believed(state.name);
  return drop && at < drop.latest ? drop : undefined;
}

const isSame = (one: DropWindow, other: DropWindow): boolean =>
  one.earliest === other.earliest && one.latest === other.latest && one.confidence === other.confidence;

/** As text/calendar. Who gets it is named by the address it goes to, as RFC 5546 asks, and by nothing else. */
export function toCalendar(
  { uid, sequence, stampedAt, method, drop, title, text }: Invitation,
  organizer: { name: string; email: string; domain: string },
  attendee: string,
): string {
  const { earliest, latest, confidence } = drop;
  const expected = confidence === 'published' ? ICalEventStatus.CONFIRMED : ICalEventStatus.TENTATIVE;
  const calendar = ical({
    prodId: { company: 'backorder engine', product: 'notices' },
    method: method === 'REQUEST' ? ICalCalendarMethod.REQUEST : ICalCalendarMethod.CANCEL,
  });
  calendar.createEvent({
    id: `${uid}@${organizer.domain}`,
    sequence,
    stamp: new Date(stampedAt),
    start: new Date(earliest),
    // An end must be later than the start: an instant has none.
    ...(latest > earliest && { end: new Date(latest) }),
    summary: title,
    description: text,
    status: method === 'CANCEL' ? ICalEventStatus.CANCELLED : expected,
    transparency: ICalEventTransparency.TRANSPARENT,
    // The library refuses an organizer without a name.
    organizer: { name: asParameter(organizer.name || organizer.email), email: organizer.email },
    attendees: [{ email: attendee, rsvp: false }],
  });
  return calendar.toString();
}

/**
 * A parameter's value can hold no quotation mark (RFC 5545, section 3.1): RFC 6868 writes it otherwise. The library would put a backslash
 * before it, and before a backslash, which escapes nothing there.
 */
const asParameter = (text: string): string => text.replaceAll('^', '^^').replaceAll('"', "^'").replaceAll('\\', '/');
