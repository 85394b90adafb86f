/** What notices say of the stage and the date, one after the other: where one says otherwise than the one before, it says why. */
import { isMailed } from '../../mail/telling.ts';
import type { TimelineEntry } from '../../rules/reservation.ts';

type Told = Pick<TimelineEntry, 'type' | 'data'>;

/** What one notice says of the stage and the date, and whether it says why that is other than before. */
function claimsOf({ type, data }: Told): { stage?: string; until?: number; reason?: unknown } {
  const { stage, from, before } = data as { stage?: string; from?: string; before?: unknown };
  const until = data['expiresAt'] as number | undefined;
  switch (type) {
    case 'reservation.stage_changed':
      return { stage: String(stage), reason: from };
    case 'reservation.renewed':
      return { stage: 'registered', ...(until !== undefined && { until }), reason: data['how'] };
    case 'reservation.expiring':
      return { stage: 'registered', ...(until !== undefined && { until }), reason: before };
    case 'reservation.expired':
      return { stage: 'auto_renew_grace', ...(until !== undefined && { until }), reason: before };
    default:
      return {};
  }
}

/** Throws where one contradicts another. */
export function agreeWithEachOther(entries: readonly Told[]): void {
  let stage: string | undefined;
  let until: number | undefined;
  for (const entry of entries.filter(isMailed)) {
    const said = claimsOf(entry);
    const { type } = entry;
    if (type === 'reservation.placed') stage = String(entry.data['stage']);
    if (type === 'reservation.expired') expect(stage).toBe('registered');
    if (said.stage !== undefined && type === 'reservation.expiring') expect(said.stage).toBe(stage);
    if (type === 'reservation.stage_changed') expect(said.reason).toBe(stage);
    if (said.until !== undefined && until !== undefined && said.until !== until) expect(said.reason).toBeDefined();
    stage = said.stage ?? stage;
    // A renewal whose date is not known takes back the one before it.
    until = type === 'reservation.renewed' ? said.until : (said.until ?? until);
  }
}
