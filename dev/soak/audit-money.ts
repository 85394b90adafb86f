/** The ledger beside the awards: who won paid what was told and no more, nobody else paid, and nothing is held that nobody needs. */
import type { EntryDoc } from '../../store/ledger-entries.ts';
import type { ReservationDoc } from '../../store/reservations.ts';
import { grouped, outcomeOf, type Audit, type Books, type Violation } from './books.ts';

/** Of every name under .test. */
const LIST_PRICE = 6_900;

export const auditCharges: Audit = (books) => {
  const { store, shown } = books;
  const entries = grouped(store.entries, (entry) => entry.reservation ?? '');
  const events = grouped(store.events, (event) => event.reservation);
  const seen = new Map(shown.map((one) => [one.id, one]));
  const maxima = highestBids(books);
  return store.reservations.flatMap((doc) => {
    const found: Violation[] = [];
    const say = (what: string) => void found.push(`money: ${doc._id} (${doc.domain.name}): ${what}`);
    const own = entries.get(doc._id) ?? [];
    const captures = own.filter(({ kind }) => kind === 'capture');
    const outcome = outcomeOf(doc);
    const price = outcome?.result === 'won' ? outcome.price.amount : undefined;
    const taken = captures.map(({ amount }) => amount).join(' and ');
    if (price !== undefined && taken !== String(price)) say(`won for ${price}, and was charged ${taken || 'nothing'}`);
    if (price === undefined && taken !== '') say(`is ${doc.status}, and was charged ${taken}`);
    const most = Math.min(doc.budget.amount, maxima.get(doc._id) ?? LIST_PRICE);
    for (const { amount } of captures) if (amount > most) say(`was charged ${amount}, and ${most} was the most`);
    if (captures.some(({ account }) => account !== `${doc.registrar}/test`)) say('was charged to another account');
    const told = events.get(doc._id)?.find(({ type }) => type === 'reservation.won')?.data['price'];
    const toldPrice = (told as { amount: number } | undefined)?.amount;
    if (toldPrice !== price) say(`won for ${price}, and was told ${toldPrice}`);
    const shownPrice = seen.get(doc._id)?.outcome?.price?.amount;
    if (shownPrice !== price) say(`won for ${price}, and is shown ${shownPrice}`);
    const fees = own.filter(({ kind }) => kind === 'fee');
    if (fees.length > 1 || fees.some(({ amount }) => amount > LIST_PRICE))
      say(`owes the fees ${fees.map(({ amount }) => amount).join(' and ')}`);
    if (fees.length > 0 && outcome?.reason !== 'defaulted') say(`owes a fee, and did not default`);
    return found;
  });
};

/** What each reservation bid at most; who opened an auction bid the list price. */
function highestBids({ store }: Books): Map<string, number> {
  const highest = new Map<string, number>();
  for (const { reservation, max, seq } of store.bids)
    if (seq !== null) highest.set(reservation, Math.max(max, highest.get(reservation) ?? LIST_PRICE));
  return highest;
}

/** Held in all is what is held for each, and that for open claims alone; then whatever `verify-ledger` finds. */
export const auditHolds: Audit = ({ store, verified }) => {
  const byId = new Map(store.reservations.map((doc) => [doc._id, doc]));
  const accounts = grouped(store.entries, ({ account }) => account);
  return [
    ...verified.map((line) => `ledger: ${line}`),
    ...[...accounts].flatMap(([account, unsorted]) => {
      const entries = unsorted.toSorted((a, b) => a.seq - b.seq);
      const last = new Map(entries.flatMap((entry) => (entry.reservation ? [[entry.reservation, entry]] : [])));
      const holds = [...last].flatMap(([id, { hold }]) => (hold ? [{ id, amount: hold.amount }] : []));
      const sum = holds.reduce((total, { amount }) => total + amount, 0);
      const held = entries.at(-1)?.held ?? 0;
      return [
        ...(sum === held ? [] : [`ledger: ${account} holds ${held}, and its claims ${sum}`]),
        ...holds
          .filter(({ id }) => !byId.get(id)?.open)
          .map(({ id, amount }) => `ledger: ${amount} is held for ${id}, which is ${byId.get(id)?.status}`),
        ...holds
          .filter(({ id, amount }) => amount > (byId.get(id)?.budget.amount ?? 0))
          .map(({ id, amount }) => `ledger: ${amount} is held for ${id}, more than its budget`),
      ];
    }),
  ];
};

/** Why each lost, beside what is on record elsewhere. What another registry caught is told by the registry's own book. */
export const auditReasons: Audit = (books) => {
  const { store } = books;
  const byName = grouped(store.reservations, ({ domain }) => domain.name);
  const entries = grouped(store.entries, (entry) => entry.reservation ?? '');
  return store.reservations.flatMap((doc) => {
    const outcome = outcomeOf(doc);
    if (outcome?.result !== 'lost') return [];
    const beside = byName.get(doc.domain.name) ?? [];
    const isTrue = REASONS[outcome.reason]?.({ doc, beside, own: entries.get(doc._id) ?? [], entries, books }) ?? true;
    return isTrue ? [] : [`award: ${doc._id} (${doc.domain.name}): was told ${outcome.reason}, and that is not so`];
  });
};

interface Case {
  doc: ReservationDoc;
  /** All of the same name. */
  beside: ReservationDoc[];
  /** Entries of its own, and of all by reservation. */
  own: EntryDoc[];
  entries: Map<string, EntryDoc[]>;
  books: Books;
}

const winnerOf = ({ beside }: Case) => beside.find(({ status }) => status === 'won');
const bidsIn = (name: string, reservation: string, { store }: Books): boolean =>
  store.auctions.some(
    (one) => one.name === name && one.entrants.some((entrant) => entrant.reservation === reservation),
  );

const REASONS: Readonly<Record<string, (lost: Case) => boolean>> = {
  outbid(lost) {
    const winner = winnerOf(lost);
    return [winner, lost.doc].every((one) => one !== undefined && bidsIn(one.domain.name, one._id, lost.books));
  },
  behind_in_order(lost) {
    const winner = winnerOf(lost);
    return winner !== undefined && (winner.ordinal ?? 0) < (lost.doc.ordinal ?? 0);
  },
  dry_run: ({ doc }) => doc.dry_run,
  unfunded({ doc, own, books: { store } }) {
    const terms = store.awards.find(({ name }) => name === doc.domain.name)?.decisions[0]?.facts.terms;
    const before = own.filter(({ at }) => terms !== undefined && at.getTime() <= terms.fixedAt);
    return !before.toSorted((a, b) => a.seq - b.seq).at(-1)?.hold;
  },
  declined({ doc, books: { store, declined } }) {
    const outcome = outcomeOf(doc);
    const lapsed = outcome?.result === 'lost' && outcome.lapsed;
    const own = store.events.filter(({ reservation }) => reservation === doc._id);
    const until = Number(own.findLast(({ type }) => type === 'reservation.offered')?.data['answerBy'] ?? Infinity);
    const said = own.some(({ type }) => type === (lapsed ? 'decision.lapsed' : 'decision.declined'));
    return said && (lapsed ? Number(outcome.at) >= until : declined.includes(doc._id));
  },
  /** It owes the fee, or is the same person as somebody who does. */
  defaulted: ({ doc, beside, entries }) =>
    beside
      .filter((one) => one.customer.email === doc.customer.email)
      .some(({ _id }) => entries.get(_id)?.some(({ kind }) => kind === 'fee')),
  blocked({ doc, books: { store } }) {
    const strikes = store.strikes.filter(({ registrar }) => registrar === doc.registrar);
    return strikes.length >= 10 || strikes.filter(({ owner }) => owner === doc.owner).length >= 2;
  },
};
