/** What is news between two views of a name, for the timeline. */
import type { Entry, NameView, TimelineEntry, Watched } from './reservation.ts';
import type { DropWindow } from './tlds.ts';
import { isLastStage, isNewlyOverruled } from './watch.ts';

/** A notice that gives another date than the one before says so. */
export const otherDateTold = ({ toldUntil }: Watched, expiresAt: number) =>
  toldUntil === undefined || toldUntil === expiresAt ? {} : { before: { expiresAt: toldUntil } };

/** A drop that is near, or published, is more than a forecast: customers plan by it. */
export const believed = ({ stage, last, drop }: NameView): DropWindow | undefined =>
  isLastStage({ stage, ...(last && { last }) }) || drop?.confidence === 'published' ? drop : undefined;

/** It should have come by then. */
export const isDue = ({ latest }: DropWindow, at: number): boolean => latest <= at;

export const scheduled = (name: NameView): { drop?: DropWindow } => {
  const drop = believed(name);
  return drop ? { drop } : {};
};

export function movements(state: Watched, after: NameView, entry: Entry): TimelineEntry[] {
  const before = state.name;
  const entries: TimelineEntry[] = [];
  const { stage, sponsor, expiresAt } = after;
  const [dropBefore, drop] = [believed(before), believed(after)];
  if (stage === 'auto_renew_grace' && before.stage === 'registered')
    entries.push(
      entry('reservation.expired', expiresAt === undefined ? {} : { expiresAt, ...otherDateTold(state, expiresAt) }),
    );
  if (stage !== before.stage)
    entries.push(entry('reservation.stage_changed', { ...stageIn(after), from: before.stage }));
  else if (expiresAt !== undefined && before.expiresAt !== undefined && expiresAt !== before.expiresAt)
    entries.push(entry('observation.expiry_moved', { expiresAt, before: { expiresAt: before.expiresAt } }));
  if (sponsor !== undefined && before.sponsor !== undefined && sponsor !== before.sponsor)
    entries.push(entry('observation.transferred', { sponsor, before: { sponsor: before.sponsor } }));
  entries.push(...overruledEntries(before, after, entry));
  // What is over already is not scheduled: the name is polled as overdue, and caught when it is seen to be free.
  if (
    drop &&
    !isDue(drop, after.seenAt) &&
    (drop.earliest !== dropBefore?.earliest || drop.latest !== dropBefore.latest)
  )
    entries.push(entry('reservation.drop_scheduled', { drop, before: { drop: dropBefore ?? null } }));
  return entries;
}

/** A stage as it is told. */
export const stageIn = ({ stage, restorable }: NameView): Pick<NameView, 'stage' | 'restorable'> => ({
  stage,
  ...(restorable && { restorable }),
});

/** A list said when the name drops, and the registry contradicts it. */
export function overruledEntries(before: NameView, after: NameView, entry: Entry): TimelineEntry[] {
  if (!after.overruled || !isNewlyOverruled(before, after)) return [];
  const { list, at, because } = after.overruled;
  return [entry('observation.drop_list_overruled', { list, listed: at, because, stage: after.stage })];
}
