/**
 * One customer's journey, from the request to the outcome. The arbiter tells it every fact and decision; between them it sleeps until the
 * next instant it was given, and asks when it has heard nothing by then. What happened to it is written into its timeline by nobody
 * else; what became of its notices is added there by whoever attempts them.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import {
  hasEnded,
  isOver,
  transition,
  type Attention,
  type ReservationState,
  type TimelineEntry,
} from '../rules/reservation.ts';
import { writes } from './activities.ts';
import { supported } from './attempt.ts';
import { realTime, within } from './clock.ts';
import type { delivery } from './delivery.ts';
import { reservationDetails } from './details.ts';
import {
  describeReservation,
  FIRST_WORD_MS,
  toldUpdate,
  type ReservationCarried,
  type ReservationInput,
  type Told,
} from './messages.ts';
import { reservationStatus, stage } from './search-attributes.ts';

/** How long before a drop a reservation makes sure that its name has an arbiter. */
const BEFORE_DROP_MS = 10 * 60_000;
/** How long after the instant it was given a reservation waits before it asks, and how that grows while nothing is new. */
const PATIENCE_MS = 15 * 60_000;
const LONGEST_PATIENCE_MS = 86_400_000;
/** Longer than a note takes to be recorded, shorter than what would pile up handlers while the store is away. */
const RECORDED_WITHIN_MS = 5_000;

/** A request to cancel it changes nothing: the API cancels, and takes the claim out of the queue. */
export function reservation(input: ReservationInput): Promise<void> {
  return CancellationScope.nonCancellable(() => journey(input));
}

async function journey(input: ReservationInput): Promise<void> {
  const time = realTime();
  const inbox: Told[] = [];
  let state: ReservationState = input.carried?.state ?? { status: 'placed' };
  let seq = input.carried?.seq ?? 0;
  let rev = input.carried?.rev ?? 0;
  let lastNote = input.carried?.lastNote ?? 0;
  let recorded = lastNote;
  let arbitersAttention: Attention | null = input.carried?.attention ?? null;
  let unheard = 0;
  /** What is shown is what was published: who sees an outcome finds it in the timeline too. */
  let shown = { state, seq };

  const support = supported(time, () => {});
  const attention = () => support.attention() ?? arbitersAttention;
  setHandler(toldUpdate, async ({ told, untilRecorded }) => {
    inbox.push(...told);
    if (!untilRecorded) return 'taken';
    const last = Math.max(...told.map(({ number }) => number));
    const inTime = await within(RECORDED_WITHIN_MS, 'the notes to be recorded', () => recorded >= last);
    return inTime ? 'recorded' : 'pending';
  });
  setHandler(describeReservation, () => ({ id: input.id, ...shown, attention: attention() }));
  show();

  while (!isOver(state)) {
    if (inbox.length > 0) await record(inbox.splice(0));
    else if (workflowInfo().continueAsNewSuggested) await handOver();
    else await waitToBeTold();
  }
  // Notes that came with the last word are answered as recorded: they change nothing any more.
  recorded = Number.MAX_SAFE_INTEGER;
  await condition(allHandlersFinished);

  async function record(told: Told[]): Promise<void> {
    const fresh = told.filter(({ number }) => number > lastNote).toSorted((a, b) => a.number - b.number);
    const before = { state, attention: arbitersAttention };
    const entries: TimelineEntry[] = [];
    for (const { number, note } of fresh) {
      const next = transition(state, note);
      if (note.kind === 'attention') arbitersAttention = note.attention;
      entries.push(...next.entries);
      state = next.state;
      lastNote = number;
    }
    if (hasEnded(state)) arbitersAttention = null;
    // What was only said again is no news: while a name is awarded, or waits for support, it is asked after ever more slowly.
    if (entries.length > 0 || nextAt(state) > time.now()) unheard = 0;
    const isElsewhere = before.state.status !== state.status;
    if (entries.length > 0 || isElsewhere || before.attention !== arbitersAttention) await publish(entries);
    if (isElsewhere || stageOf(before.state) !== stageOf(state)) index();
    shown = { state, seq };
    show();
    recorded = lastNote;
  }

  async function publish(entries: TimelineEntry[]): Promise<void> {
    const firstSeq = seq + 1;
    seq += entries.length;
    rev += 1;
    const what = entries.map(({ type }) => type).join(', ') || 'where it stands';
    const { id, registrar, livemode } = input;
    const publication = {
      reservation: id,
      registrar,
      livemode,
      state,
      attention: arbitersAttention,
      firstSeq,
      entries,
      rev,
      at: time.now(),
    };
    const published = await support.attempt({
      name: 'publish',
      skippable: true,
      run: () => writes(`Publish ${what}`).publish(publication),
    });
    if (published.kind !== 'done') return;
    seq = published.value.seq ?? seq;
    for (const { event, channel } of published.value.undelivered)
      await startChild<typeof delivery>('delivery', {
        workflowId: `delivery:${event}:${channel}`,
        args: [{ event, channel }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `Deliver ${event} by ${channel}: the first attempt failed`,
      });
  }

  async function waitToBeTold(): Promise<void> {
    const heard = () => inbox.length > 0;
    const at = askAt();
    await time.until(at, `${input.name}: ask the arbiter if nothing is heard by now`, heard);
    if (heard()) return;
    const { name, tld, livemode, clock } = input;
    const join = {
      ...input.join,
      ...('ordinal' in state && state.ordinal !== undefined && { ordinal: state.ordinal }),
    };
    const domain = { name, tld, livemode, ...(clock !== undefined && { clock }) };
    if (hasEnded(state)) {
      unheard += 1;
      const summary = `Make sure that somebody watches the award of ${name}`;
      await writes(summary).checkIn({ domain, unlessRunning: false });
      return;
    }
    const early = at !== null && at < nextAt(state);
    if (!early) unheard += 1;
    const what = early ? `Make sure that ${name} has an arbiter` : `Ask the arbiter of ${name}`;
    await writes(`${what}, bringing it back where it is gone`).checkIn({ domain, join, unlessRunning: early });
  }

  /** It started late and heard nothing: the API may have died between start and join. Once placed, names on a test clock are told of every move of it; nobody has to ask. */
  function askAt(): number | null {
    if (hasEnded(state)) return input.clock === undefined ? patientlyAfter(state.watchedUntil ?? 0) : null;
    if (!('name' in state) || state.name === undefined)
      return time.now() + FIRST_WORD_MS * (2 ** Math.min(unheard, 10) - 1);
    if (input.clock !== undefined) return null;
    const { what, at } = state.name.next;
    if (what === 'drop' && time.now() < at - BEFORE_DROP_MS) return at - BEFORE_DROP_MS;
    return patientlyAfter(nextAt(state));
  }

  function patientlyAfter(at: number): number {
    return Math.max(at, time.now()) + Math.min(PATIENCE_MS * 2 ** unheard, LONGEST_PATIENCE_MS);
  }

  function show(): void {
    setCurrentDetails(reservationDetails(input, state, attention()));
  }

  function index(): void {
    upsertSearchAttributes([
      { key: reservationStatus, value: state.status },
      { key: stage, value: stageOf(state) },
    ]);
  }

  async function handOver(): Promise<void> {
    // Who was told meanwhile may wait for the note to be recorded: that is done first, by this run.
    await condition(() => inbox.length > 0 || allHandlersFinished());
    if (inbox.length > 0) return;
    const carried: ReservationCarried = { state, seq, rev, lastNote, attention: arbitersAttention };
    await continueAsNew<typeof reservation>({ ...input, carried });
  }
}

const stageOf = (state: ReservationState): string | null => ('name' in state && state.name ? state.name.stage : null);

/** By when something is to be told at the latest: what the name moves towards, or the end of a window. */
function nextAt(state: ReservationState): number {
  if (!('name' in state) || !state.name) return 0;
  switch (state.status) {
    case 'in_auction':
      return state.endsAt;
    case 'offered':
      return state.answerBy;
    case 'awaiting_payment':
      return state.payBy;
    default:
      return state.name.next.at;
  }
}
