/**
 * Which notices are no longer true when they would be sent. Each that says where a name stands says all of it, so that the newest
 * alone is worth reading: an older one that is late would only mislead. Receipts and outcomes are sent however late.
 */
import { believed } from '../rules/news.ts';
import { hasEnded, type ReservationState } from '../rules/reservation.ts';
import type { DropWindow } from '../rules/tlds.ts';
import { stageOf } from './stages.ts';
import { isMailed, type NoticedEvent } from './telling.ts';

const LASTING = [
  'reservation.placed',
  'reservation.won',
  'reservation.delivered',
  'reservation.taken_back',
  'reservation.lost',
  'reservation.missed',
  'reservation.cancelled',
  'reservation.rejected',
];

/** These say what is to be done about money and not where the name stands: neither kind makes the other old. */
const ABOUT_MONEY = [
  'reservation.unfunded',
  'reservation.offered',
  'reservation.payment_required',
  'auction.started',
  'auction.outbid',
  'auction.closing',
  'auction.closed',
];
const isAboutMoney = ({ type }: Pick<NoticedEvent, 'type'>): boolean => ABOUT_MONEY.includes(type);

export const isLasting = ({ type }: Pick<NoticedEvent, 'type'>): boolean => LASTING.includes(type);

/** `later`: the events of the same reservation after this one, as far as they are known; `leads`: it leads its auction. */
export function isOvertaken(
  event: NoticedEvent,
  state: ReservationState,
  later: readonly Pick<NoticedEvent, 'type' | 'data'>[],
  leads = false,
): boolean {
  if (isLasting(event)) return false;
  if (event.type === 'auction.outbid' && leads) return true;
  const newer = later.some((one) => isMailed(one) && isAboutMoney(one) === isAboutMoney(event));
  return hasEnded(state) || newer || !stillHolds(event, state);
}

/** Not every change is an event that is mailed: a date corrected or a list that drops a name is seen in the state alone. */
function stillHolds(event: NoticedEvent, state: ReservationState): boolean {
  if (!('name' in state) || !state.name) return false;
  const { name } = state;
  switch (event.type) {
    case 'reservation.expiring':
      return name.stage === 'registered' && name.expiresAt === event.data['expiresAt'];
    case 'reservation.expired':
      return name.stage === 'auto_renew_grace';
    case 'reservation.stage_changed':
      return name.stage === stageOf(event);
    case 'reservation.drop_scheduled':
      return isThat(believed(name), event.data['drop'] as DropWindow);
    case 'reservation.caught':
      return state.status === 'standby';
    case 'reservation.unfunded':
      return state.status === 'waiting' || state.status === 'catching';
    case 'auction.started':
    case 'auction.outbid':
    case 'auction.closing':
      return state.status === 'in_auction';
    case 'auction.closed':
      return state.status === 'standby';
    case 'reservation.offered':
      return state.status === 'offered';
    case 'reservation.payment_required':
      return state.status === 'awaiting_payment';
    default:
      return true;
  }
}

const isThat = (drop: DropWindow | undefined, told: DropWindow): boolean =>
  drop !== undefined && drop.earliest === told.earliest && drop.latest === told.latest;
