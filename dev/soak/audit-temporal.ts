/** Temporal beside the store: what is open there is open here, nothing failed, and nobody stays whom nobody needs. */
import { isOver } from '../../rules/reservation.ts';
import { isOfNotice } from '../../store/reservations.ts';
import { clockWorkflowId, domainWorkflowId, reservationWorkflowId } from '../../workflows/messages.ts';
import { grouped, type Audit, type Books, type Violation } from './books.ts';

/** A workflow task may fail while a worker dies with it; one that goes on failing is a bug in the workflow. */
const TASK_ATTEMPTS = 3;
const FAILED = ['FAILED', 'TIMED_OUT', 'CANCELLED', 'TERMINATED'];

export const auditTemporal: Audit = (books) => [
  ...books.workflows.flatMap(({ id, status, taskAttempt }) => [
    ...(FAILED.includes(status) ? [`temporal: ${id} is ${status}`] : []),
    ...(taskAttempt > TASK_ATTEMPTS ? [`temporal: ${id} is at attempt ${taskAttempt} of one workflow task`] : []),
  ]),
  ...auditReservations(books),
  ...auditArbiters(books),
  ...auditClocks(books),
];

const running = ({ workflows }: Books, type: string): Set<string> =>
  new Set(workflows.filter((one) => one.type === type && one.status === 'RUNNING').map(({ id }) => id));

function auditReservations(books: Books): Violation[] {
  const found: Violation[] = [];
  const open = running(books, 'reservation');
  const events = grouped(
    books.store.events.toSorted((a, b) => a.seq - b.seq),
    (event) => event.reservation,
  );
  const byId = new Map(books.workflows.map((one) => [one.id, one]));
  for (const doc of books.store.reservations) {
    const id = reservationWorkflowId(doc._id);
    const workflow = byId.get(id);
    if (!workflow) found.push(`temporal: ${id} is stored as ${doc.status} and has no workflow`);
    // A won one runs on for as long as its award is watched.
    else if (isOver(doc.state) === open.has(id))
      found.push(`temporal: ${id} is ${workflow.status}, and stored as ${doc.status}`);
    const view = workflow?.view;
    // What became of its notices has numbers too, of which the workflow knows nothing.
    const own = events.get(doc._id)?.findLast((event) => !isOfNotice(event))?.seq ?? 0;
    if (view && (view.seq !== own || JSON.stringify(view.state) !== JSON.stringify(doc.state)))
      found.push(
        `temporal: ${id} ended as ${view.state.status} (${view.seq}), and is stored as ${doc.status} (${own})`,
      );
  }
  const stored = new Set(books.store.reservations.map(({ _id }) => reservationWorkflowId(_id)));
  for (const { id, type } of books.workflows)
    if (type === 'reservation' && !stored.has(id))
      found.push(`temporal: ${id} runs for a reservation that is not stored`);
  return found;
}

function auditArbiters(books: Books): Violation[] {
  const running_ = running(books, 'domain');
  const needed = new Set(
    books.store.reservations.filter(({ state }) => !isOver(state)).map((doc) => domainWorkflowId(doc.domain.name)),
  );
  return [
    ...[...needed]
      .filter((id) => !running_.has(id))
      .map((id) => `temporal: ${id} does not run, and claims on it are open`),
    ...[...running_].filter((id) => !needed.has(id)).map((id) => `temporal: ${id} runs, and nobody needs it`),
  ];
}

const auditClocks = (books: Books): Violation[] => [
  ...books.clocks.filter(({ status }) => status !== 'ready').map(({ id, status }) => `clock: ${id} is ${status}`),
  ...books.clocks
    .filter(({ id }) => !running(books, 'clock').has(clockWorkflowId(id)))
    .map(({ id }) => `clock: ${id} has no workflow`),
];
