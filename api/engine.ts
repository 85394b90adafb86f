/** What the API asks of the workflows, as named operations with answers as values. Nothing personal passes here: it ends up in histories. */
import { WorkflowIdReusePolicy, type SearchAttributePair } from '@temporalio/common';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Join } from '../rules/queue.ts';
import type {
  AmendRequest,
  AnswerRequest,
  ClockView,
  Decision,
  DomainInput,
  DomainView,
  LeaveAnswer,
  LeaveRequest,
  PlacedAnswer,
  ReservationInput,
  ReservationView,
  Tick,
} from '../workflows/messages.ts';
import * as messages from '../workflows/messages.ts';
import * as attributes from '../workflows/search-attributes.ts';
import { ENDED_MEANWHILE, EngineUnavailable, refusalType, type Temporal } from './temporal.ts';

/** A write takes milliseconds; a client should not wait long to hear that Temporal is away. */
const WRITE_MS = 1_500;
const QUERY_MS = 500;
/** An Update waits for a worker, too, which may be busy; none is held for longer than 2 s once it was taken up. */
const UPDATE_MS = 4_000;
/** On top of the wait that the workflow itself bounds. */
const PLACED_SLACK_MS = 200;

export type ClockRefusal = 'advancing' | 'not_forward' | 'gone';

/** What routes see of it; tests bring their own. */
export type Engine = Pick<TemporalEngine, keyof TemporalEngine>;

export class TemporalEngine {
  readonly #temporal: Temporal;

  constructor(temporal: Temporal) {
    this.#temporal = temporal;
  }

  get #client(): Client {
    return this.#temporal.client;
  }

  /** Starts the reservation's workflow; one that was started before is left as it is. */
  async startReservation(input: ReservationInput, unicode: string): Promise<void> {
    const searchAttributes: SearchAttributePair[] = [
      { key: attributes.domainName, value: input.name },
      { key: attributes.tld, value: input.tld },
      { key: attributes.registrar, value: input.registrar },
      { key: attributes.reservationStatus, value: 'placed' },
    ];
    try {
      await this.#temporal.write(WRITE_MS, () =>
        this.#client.workflow.start('reservation', {
          workflowId: messages.reservationWorkflowId(input.id),
          taskQueue: messages.ENGINE_QUEUE,
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          args: [input],
          startDelay: messages.FIRST_WORD_MS,
          staticSummary: `Reservation ${input.id} of ${unicode} for a customer of ${input.registrar}`,
          typedSearchAttributes: searchAttributes,
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  /** Sends the claim to the name's arbiter, which begins with the first one. The order in which these are recorded is the queue. */
  async join(domain: DomainInput, join: Join, tick: Tick | undefined): Promise<void> {
    await this.#temporal.write(WRITE_MS, () =>
      this.#client.workflow.signalWithStart('domain', {
        ...messages.domainStart(domain),
        signal: messages.joinSignal,
        signalArgs: [{ ...join, ...(tick && { tick }) }],
      }),
    );
  }

  /** `pending` also where nobody answered: the claim is recorded, its place follows. */
  async placed(name: string, reservation: string, waitMs: number): Promise<PlacedAnswer> {
    const id = messages.domainWorkflowId(name);
    const until = Date.now() + waitMs;
    try {
      return await this.#temporal.update(id, waitMs + PLACED_SLACK_MS, () => {
        const left = Math.max(0, until - Date.now());
        return this.#client.workflow
          .getHandle(id)
          .executeUpdate(messages.placedUpdate, { args: [{ reservation, waitMs: left }] });
      });
    } catch (error) {
      if (error instanceof EngineUnavailable || error instanceof WorkflowNotFoundError) return { kind: 'pending' };
      if (refusalType(error) === ENDED_MEANWHILE) return { kind: 'pending' };
      throw error;
    }
  }

  async leave(name: string, request: LeaveRequest): Promise<LeaveAnswer | { kind: 'gone' }> {
    const id = messages.domainWorkflowId(name);
    try {
      return await this.#temporal.update(id, UPDATE_MS, () =>
        this.#client.workflow.getHandle(id).executeUpdate(messages.leaveUpdate, { args: [request] }),
      );
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { kind: 'gone' };
      if (refusalType(error) === ENDED_MEANWHILE) return { kind: 'gone' };
      throw error;
    }
  }

  /** `no_offer` also where the arbiter is gone: what it offered stands no more. */
  async answer(name: string, request: AnswerRequest): Promise<'taken' | 'no_offer'> {
    const id = messages.domainWorkflowId(name);
    try {
      const { kind } = await this.#temporal.update(id, UPDATE_MS, () =>
        this.#client.workflow.getHandle(id).executeUpdate(messages.answerUpdate, { args: [request] }),
      );
      return kind;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'no_offer';
      if (refusalType(error) === ENDED_MEANWHILE) return 'no_offer';
      throw error;
    }
  }

  /** An arbiter that is gone reads the change from the store when it comes back. */
  async amend(name: string, request: AmendRequest): Promise<void> {
    await this.#signal(messages.domainWorkflowId(name), (handle) => handle.signal(messages.amendSignal, request));
  }

  /** Look at the registry now. */
  async check(name: string, tick: Tick | undefined): Promise<'sent' | 'gone'> {
    return this.#signal(messages.domainWorkflowId(name), (handle) =>
      handle.signal(messages.checkSignal, tick ? { tick } : {}),
    );
  }

  async decide(
    workflowId: string,
    decision: Decision,
  ): Promise<'decided' | 'attention_changed' | 'not_skippable' | 'gone'> {
    try {
      await this.#temporal.update(workflowId, UPDATE_MS, () =>
        this.#client.workflow.getHandle(workflowId).executeUpdate(messages.decideUpdate, { args: [decision] }),
      );
      return 'decided';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      const type = refusalType(error);
      if (type === 'attention_changed' || type === 'not_skippable') return type;
      if (type === ENDED_MEANWHILE) return 'gone';
      throw error;
    }
  }

  /** Undefined: nobody answered within half a second. */
  describeReservation(reservation: string): Promise<ReservationView | undefined> {
    const handle = this.#client.workflow.getHandle(messages.reservationWorkflowId(reservation));
    return this.#temporal.ask(QUERY_MS, () => handle.query(messages.describeReservation));
  }

  describeDomain(name: string, reservation?: string): Promise<DomainView | undefined> {
    return this.#askDomain(name, QUERY_MS, reservation === undefined ? {} : { reservation });
  }

  describeClock(clock: string): Promise<ClockView | undefined> {
    return this.#askClock(clock, QUERY_MS);
  }

  /** For who decides by the answer, and so waits for it as for an Update. Undefined: nobody waits for the name. Rejects where nobody answers. */
  async awaitDomain(name: string): Promise<DomainView | undefined> {
    return (await this.#askDomain(name, UPDATE_MS)) ?? this.#silent(messages.domainWorkflowId(name));
  }

  /** As above. Undefined: there is no such clock any more. */
  async awaitClock(clock: string): Promise<ClockView | undefined> {
    return (await this.#askClock(clock, UPDATE_MS)) ?? this.#silent(messages.clockWorkflowId(clock));
  }

  #askDomain(name: string, limitMs: number, asked: { reservation?: string } = {}): Promise<DomainView | undefined> {
    const handle = this.#client.workflow.getHandle(messages.domainWorkflowId(name));
    return this.#temporal.ask(limitMs, () => handle.query(messages.describeDomain, asked));
  }

  #askClock(clock: string, limitMs: number): Promise<ClockView | undefined> {
    const handle = this.#client.workflow.getHandle(messages.clockWorkflowId(clock));
    return this.#temporal.ask(limitMs, () => handle.query(messages.describeClock));
  }

  /** One that runs has an answer, which only nobody gave. */
  async #silent(workflowId: string): Promise<undefined> {
    if ((await this.stateOf(workflowId)) === 'running') throw new EngineUnavailable(`${workflowId} gives no answer`);
  }

  async stateOf(workflowId: string): Promise<'running' | 'closed' | 'none'> {
    try {
      const { status } = await this.#temporal.write(WRITE_MS, () =>
        this.#client.workflow.getHandle(workflowId).describe(),
      );
      return status.name === 'RUNNING' || status.name === 'PAUSED' ? 'running' : 'closed';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'none';
      throw error;
    }
  }

  async startClock(clock: string, frozenAt: number): Promise<void> {
    try {
      await this.#temporal.write(WRITE_MS, () =>
        this.#client.workflow.start('clock', {
          workflowId: messages.clockWorkflowId(clock),
          taskQueue: messages.ENGINE_QUEUE,
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          args: [{ id: clock, frozenAt }],
          staticSummary: 'Moves the time of names under this test clock',
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  /** Names a participant busy before it is started or woken. */
  async enter(clock: string, participant: string): Promise<Tick | ClockRefusal> {
    return this.#onClock(clock, (handle) => handle.executeUpdate(messages.enterUpdate, { args: [{ participant }] }));
  }

  async advance(clock: string, to: number): Promise<'moving' | ClockRefusal> {
    return this.#onClock(clock, async (handle) => {
      await handle.executeUpdate(messages.advanceUpdate, { args: [{ to }] });
      return 'moving' as const;
    });
  }

  async leaveClock(clock: string, participant: string, tick: Tick): Promise<void> {
    await this.#signal(messages.clockWorkflowId(clock), (handle) =>
      handle.signal(messages.leftSignal, { participant, tick: tick.tick }),
    );
  }

  async closeClock(clock: string): Promise<void> {
    await this.#signal(messages.clockWorkflowId(clock), (handle) => handle.signal(messages.closeSignal));
  }

  async #onClock<T>(clock: string, call: (handle: WorkflowHandle) => Promise<T>): Promise<T | ClockRefusal> {
    const id = messages.clockWorkflowId(clock);
    try {
      return await this.#temporal.update(id, UPDATE_MS, () => call(this.#client.workflow.getHandle(id)));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      switch (refusalType(error)) {
        case 'test_clock_advancing':
          return 'advancing';
        case 'not_forward':
          return 'not_forward';
        case ENDED_MEANWHILE:
          return 'gone';
        default:
          throw error;
      }
    }
  }

  async #signal(workflowId: string, send: (handle: WorkflowHandle) => Promise<void>): Promise<'sent' | 'gone'> {
    try {
      await this.#temporal.write(WRITE_MS, () => send(this.#client.workflow.getHandle(workflowId)));
      return 'sent';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      throw error;
    }
  }
}
