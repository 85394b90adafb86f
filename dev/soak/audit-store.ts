/** The store by itself and beside what was answered: nothing accepted is lost, nothing is there twice, and each ended once. */
import { hasEnded } from '../../rules/reservation.ts';
import { grouped, outcomeOf, type Audit, type Told, type Violation } from './books.ts';

/** What was answered is there: once, for its key, and for whoever asks again with it. */
export const auditAnswers: Audit = ({ told, store, unanswered, broken }) => {
  const byKey = grouped(store.reservations, (doc) => doc.metadata['soak'] ?? '');
  const known = new Set(told.map(({ key }) => key));
  return [
    ...unanswered.map((what) => `api: no answer to: ${what}`),
    ...broken.map((request) => `api: request ${request} was answered 500`),
    ...told.flatMap((one) => auditAnswer(one, byKey.get(one.key) ?? [])),
    ...store.reservations
      .filter((doc) => !known.has(doc.metadata['soak'] ?? ''))
      .map(({ _id }) => `store: ${_id} is there, and nobody was answered for it`),
  ];
};

function auditAnswer({ key, answers }: Told, docs: { _id: string; status: string }[]): Violation[] {
  const found: Violation[] = [];
  const say = (what: string) => void found.push(`api: key ${key}: ${what}`);
  const ids = docs.map(({ _id }) => _id).join(', ');
  if (docs.length > 1) say(`stored ${docs.length} times (${ids})`);
  const accepted = [...new Set(answers.flatMap(({ id }) => id ?? []))];
  if (accepted.length > 1) say(`answered with ${accepted.join(' and ')}`);
  for (const id of accepted) if (!docs.some(({ _id }) => _id === id)) say(`${id} was accepted and is not stored`);
  const refused = answers.find(({ id }) => id === undefined);
  const stands = docs.find(({ status }) => status !== 'rejected');
  if (refused && stands) say(`refused with ${refused.status} ${refused.code}, and ${stands._id} is ${stands.status}`);
  return found;
}

/** Accepted = open + ended, each ended one with exactly one outcome. */
export const auditOutcomes: Audit = ({ store, registry }) => {
  const nowOf = new Map(registry.map(({ name, now }) => [name, now]));
  return store.reservations.flatMap((doc) => {
    const found: Violation[] = [];
    const say = (what: string) => void found.push(`store: ${doc._id} (${doc.domain.name}): ${what}`);
    const ended = hasEnded(doc.state);
    if (doc.open === ended) say(`is ${doc.open ? 'open' : 'not open'} with the state ${doc.state.status}`);
    if (doc.status !== doc.state.status) say(`is ${doc.status} with the state ${doc.state.status}`);
    const outcome = outcomeOf(doc);
    if (outcome && outcome.result !== doc.status) say(`is ${doc.status} with the outcome ${outcome.result}`);
    if (doc.open && doc.status === 'placed') say('was accepted and never got a place');
    if (doc.open && doc.attention) say(`still needs attention (${doc.attention.step}: ${doc.attention.error})`);
    if (doc.open && doc.wait_until !== undefined && doc.wait_until < (nowOf.get(doc.domain.name) ?? 0))
      say(`waits after ${new Date(doc.wait_until).toISOString()}`);
    if (outcome?.result === 'missed' && outcome.reason === 'wait_until' && outcome.at < (doc.wait_until ?? Infinity))
      say('was missed before it waited long enough');
    if (doc.dry_run && doc.status === 'won') say('is a dry run and won');
    return found;
  });
};

/** Places: given once, in the order in which the claims came, and nobody passes who stands. */
export const auditQueues: Audit = ({ store, told }) => {
  const idOf = new Map(told.map((one) => [one.answers.find(({ id }) => id !== undefined)?.id, one]));
  return [...grouped(store.reservations, (doc) => doc.domain.name)].flatMap(([name, docs]) => {
    const found: Violation[] = [];
    const placed = docs.filter((doc) => doc.ordinal !== null).toSorted((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0));
    for (const [i, doc] of placed.entries()) {
      const next = placed[i + 1];
      if (next && next.ordinal === doc.ordinal)
        found.push(`queue: ${name}: ${doc._id} and ${next._id} both have the ordinal ${doc.ordinal}`);
      const later = idOf.get(doc._id);
      const passed = placed
        .slice(i + 1)
        .find(({ _id }) => (idOf.get(_id)?.answeredAt ?? Infinity) < (later?.sentAt ?? 0));
      if (passed) found.push(`queue: ${name}: ${doc._id} came after ${passed._id} was answered, and is before it`);
    }
    const winner = placed.find((doc) => doc.status === 'won');
    const won = winner && outcomeOf(winner);
    if (!winner || !won) return found;
    for (const doc of placed.slice(0, placed.indexOf(winner))) {
      const outcome = outcomeOf(doc);
      // Whether it was outbid the auctions' own book tells.
      const isOutbid = outcome?.reason === 'outbid';
      const left = isOutbid || (outcome && outcome.at <= won.at && outcome.reason !== 'behind_in_order');
      if (!doc.dry_run && !left)
        found.push(
          `queue: ${name}: ${winner._id} (${winner.ordinal}) passed ${doc._id} (${doc.ordinal}), which is ${doc.status}`,
        );
    }
    return found;
  });
};
