/** What the API shows beside the store: the same state and timeline, a place counted from the open claims, and nothing of another's. */
import { standing } from '../../rules/queue.ts';
import { grouped, outcomeOf, type Audit } from './books.ts';

export const auditShown: Audit = ({ shown, store }) => {
  const byId = new Map(shown.map((one) => [one.id, one]));
  const events = grouped(store.events, (event) => event.reservation);
  const found: string[] = [];
  for (const doc of store.reservations) {
    const seen = byId.get(doc._id);
    const say = (what: string) => void found.push(`api: ${doc._id} (${doc.domain.name}): ${what}`);
    if (!seen) {
      say('is stored and not shown');
      continue;
    }
    if (seen.status !== doc.status) say(`shown as ${seen.status}, stored as ${doc.status}`);
    const outcome = outcomeOf(doc);
    const told = seen.outcome && `${seen.outcome.result} ${seen.outcome.reason} ${Date.parse(seen.outcome.at)}`;
    if ((told ?? undefined) !== (outcome && `${outcome.result} ${outcome.reason} ${outcome.at}`))
      say(
        `shown with the outcome ${told ?? 'none'}, stored with ${outcome?.result ?? 'none'} ${outcome?.reason ?? ''}`,
      );
    const stored = (events.get(doc._id) ?? []).toSorted((a, b) => a.seq - b.seq).map(({ _id }) => _id);
    if (seen.events.map(({ id }) => id).join() !== stored.join())
      say(`${seen.events.length} events shown, ${stored.length} stored`);
    const claims = store.reservations
      .filter((other) => other.open && other.ordinal !== null && other.domain.name === doc.domain.name)
      .map((other) => ({
        reservation: other._id,
        ordinal: other.ordinal ?? 0,
        owner: other.owner,
        onRenewal: other.on_renewal,
        dryRun: other.dry_run,
      }));
    const place = doc.open ? standing(claims, doc._id) : undefined;
    if (seen.position !== (place?.position ?? null) || seen.competitors !== (place?.competitors ?? null))
      say(
        `shown in place ${seen.position} beside ${seen.competitors}, stored in ${place?.position ?? null} beside ${place?.competitors ?? null}`,
      );
    if (seen.toAnother !== 404) say(`answered ${seen.toAnother} to another registrar`);
  }
  return found;
};
