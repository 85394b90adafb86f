/** When a name comes free: what a published list says, and else what the mode makes of the end of its last stage. Instants in epoch ms. */
import { dayOf, openingAfter, type Span } from './openings.ts';
import type { DropWindow, TldPolicy } from './tlds.ts';

/** A list that tells an instant is believed to the second; one that tells from when on leaves the rest to the mode. */
export function publishedWindow(at: number, policy: TldPolicy, now: number): DropWindow | undefined {
  const told = { earliest: at, latest: at };
  const onlyStart = typeof policy.list === 'object' && 'tells' in policy.list && policy.list.tells === 'start';
  const window = onlyStart ? releasedAfter(told, policy, now) : told;
  return window && { ...window, source: 'drop_list', confidence: 'published' };
}

/** When a name comes free whose last stage ends between these. Undefined: policy does not know, or it should have been by now. */
export function releasedAfter(ends: Span, { drop }: Pick<TldPolicy, 'drop'>, now: number): Span | undefined {
  const ahead = (window: Span) => (window.latest > now ? window : undefined);
  switch (drop.kind) {
    case 'ordered_batch':
    case 'random_batch':
    case 'batch':
    case 'session':
    case 'monthly':
      return openingAfter(ends, drop.schedule, now);
    case 'random_window':
      return ahead({ earliest: ends.earliest, latest: ends.latest + drop.lengthMs });
    case 'known_day':
      return ahead(dayOf(ends, drop.zone));
    case 'exact_instant':
      // Until its instant is published only the day is known, and not in which zone.
      return ahead(dayOf(ends, 'unknown'));
    case 'poll':
    case 'unknown':
    case 'application_window':
    case 'registry_auction':
    case 'exclusive_queue':
    case 'exclusive_option':
      return undefined;
  }
}
