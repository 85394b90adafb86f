/** The registry's book beside ours: a name is caught at most once, and who has it there has it here. */
import { grouped, outcomeOf, type Audit, type Books, type RegistryName, type Violation } from './books.ts';

export const auditRegistry: Audit = (books) => {
  const byName = grouped(books.store.reservations, (doc) => doc.domain.name);
  return books.registry.flatMap((entry) => auditName(books, entry, byName.get(entry.name) ?? []));
};

function auditName(books: Books, entry: RegistryName, docs: Books['store']['reservations']): Violation[] {
  const { name, accepted, holder } = entry;
  const found: Violation[] = [];
  const say = (what: string) => void found.push(`registry: ${name}: ${what}`);
  const ours = accepted.filter(({ clid }) => books.owns.includes(clid));
  const held = holder !== undefined && books.owns.includes(holder.sponsor);
  if (ours.length > 1) say(`${ours.length} creates of ours accepted (${ours.map(({ cltrid }) => cltrid).join(', ')})`);

  const winners = docs.filter((doc) => {
    const outcome = outcomeOf(doc);
    return outcome?.result === 'won' && !outcome.takenBack;
  });
  const ids = winners.map(({ _id }) => _id).join(', ');
  const kept = books.store.catches.find((one) => one.name === name && one.unclaimed?.what === 'kept');
  if (held && winners.length !== (kept ? 0 : 1))
    say(`is ours (${holder.roid}), and ${winners.length} have won it (${ids || 'nobody'})`);
  if (!held && winners.length > 0) say(`${ids} won it, and ${holder?.sponsor ?? 'nobody'} has it`);
  for (const doc of winners) {
    const outcome = outcomeOf(doc);
    if (held && outcome?.result === 'won' && outcome.roid !== holder.roid)
      say(`${doc._id} won ${outcome.roid}, and the registry has ${holder.roid}`);
  }
  const caught = books.store.catches.filter((one) => one.name === name && one.caught !== null);
  if (caught.length > 1) say(`caught ${caught.length} times (${caught.map(({ _id }) => _id).join(', ')})`);
  for (const one of caught)
    if (one.awarded_to !== (winners[0]?._id ?? null))
      say(`awarded to ${one.awarded_to ?? 'nobody'}, and won by ${ids || 'nobody'}`);

  for (const doc of docs) {
    const outcome = outcomeOf(doc);
    if (outcome?.result !== 'lost' || outcome.reason !== 'caught_by_other') continue;
    const another = holder !== undefined && !held && holder.sponsor !== entry.firstSponsor;
    if (!another || outcome.caughtBy !== holder.sponsor)
      say(`${doc._id} lost it to ${outcome.caughtBy}, and ${holder?.sponsor ?? 'nobody'} has it`);
  }
  const waiting = docs.filter((doc) => doc.open && doc.ordinal !== null && !doc.dry_run);
  if (holder === undefined && waiting.length > 0)
    say(`nobody has it, and ${waiting.map(({ _id }) => _id).join(', ')} still wait`);
  return found;
}
