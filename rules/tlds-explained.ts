/** What a customer reads of a TLD's policy: how names come free there, and what nobody could say. True whatever the data holds. */
import { hasRace, type Known, type Schedule, type StageLength, type TimeOfDay, type TldPolicy } from './tlds.ts';

const two = (value: number): string => String(value).padStart(2, '0');
export const clockTime = ({ hour, minute }: TimeOfDay): string => `${two(hour)}:${two(minute)}`;
const list = (items: string[]): string => items.join(' and ');

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const ON = {
  hour: () => 'every hour',
  day: () => 'every day',
  week: (on = 1) => `every ${WEEKDAYS[on - 1]}`,
  month: (on = 1) => `on day ${on} of each month`,
};

function scheduleWords({ every, on, times, zone, lengthMs }: Schedule): string {
  const minutes = lengthMs === 'unknown' ? '' : `, for about ${Math.round(lengthMs / 60_000)} minutes`;
  if (times === 'unknown') return `${ON[every](on)}, at an hour that is not known here`;
  if (every === 'hour') return `every hour from minute ${list(times.map(({ minute }) => String(minute)))}${minutes}`;
  const where = zone === 'unknown' ? 'in a time zone that is not known here' : zone;
  return `${ON[every](on)} from ${list(times.map(clockTime))} (${where})${minutes}`;
}

/** How the registry frees names, as a sentence. */
export function dropSentence({ tld, drop }: Pick<TldPolicy, 'tld' | 'drop'>): string {
  const names = `The registry frees .${tld} names`;
  switch (drop.kind) {
    case 'ordered_batch':
      return `${names} in an order that can be foretold, ${scheduleWords(drop.schedule)}.`;
    case 'random_batch':
      return `${names} in random order, ${scheduleWords(drop.schedule)}.`;
    case 'batch': {
      const batch = `${names} in batches, ${scheduleWords(drop.schedule)}.`;
      return drop.wayInForSome === undefined ? batch : `${batch} ${drop.wayInForSome.en}`;
    }
    case 'session':
      return `${names} in a session, ${scheduleWords(drop.schedule)}.`;
    case 'monthly':
      return `${names} once a month, ${scheduleWords(drop.schedule)}.`;
    case 'exact_instant':
      return `${names} each at an instant of its own, which it publishes before.`;
    case 'random_window':
      return `${names} each at a random instant within ${Math.round(drop.lengthMs / 60_000)} minutes after its last stage ends.`;
    case 'known_day':
      return drop.at === 'unknown'
        ? `${names} on the day their last stage ends, at an hour that is not known here.`
        : `${names} on the day their last stage ends, about ${clockTime(drop.at)} (${drop.zone}).`;
    case 'poll':
      return `When in the day the registry frees a .${tld} name is published nowhere: the name is watched, and caught when it is seen to be free.`;
    case 'unknown':
      return `How and when the registry frees .${tld} names is not known here: a name is watched, and caught when it is seen to be free.`;
    case 'application_window':
    case 'registry_auction':
    case 'exclusive_queue':
    case 'exclusive_option':
      return drop.wayIn;
  }
}

const isOpen = (length: Known<StageLength>): boolean =>
  length !== 'unknown' && 'maxMs' in length && length.maxMs === 'unknown';

/** What is not known of the way to the drop, a sentence each; none is filled with a guess. */
export function unknownSentences(policy: TldPolicy): string[] {
  const { tld, grace, redemption, pendingDelete, list: published } = policy;
  const stages: [string, Known<StageLength>][] = [
    ['the grace after expiry', grace],
    ['redemption', redemption],
    ['pending delete', pendingDelete],
  ];
  const blind = stages.some(([, length]) => length === 'unknown' || isOpen(length));
  return [
    ...stages.flatMap(([stage, length]) => {
      if (length === 'unknown') return [`How long ${stage} lasts under .${tld} is not known here.`];
      return isOpen(length) ? [`How long ${stage} lasts at most under .${tld} is not known here.`] : [];
    }),
    ...(published === 'unknown'
      ? [`Whether the registry publishes which .${tld} names it will free is not known here.`]
      : []),
    ...(blind && hasRace(policy) ? [`So the drop of a .${tld} name cannot be foretold from its expiry.`] : []),
  ];
}
