/**
 * Being stuck, the same way everywhere: a step refused for good, or a broken invariant, turns into `needs_attention` of the workflow
 * that stopped and waits there for support: retry, skip, or the cancel of the claim it was for. No workflow fails because the world did.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  setHandler,
  uuid4,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Attention } from '../rules/reservation.ts';
import type { Time } from './clock.ts';
import { decideUpdate, type Decision } from './messages.ts';
import { needsAttention } from './search-attributes.ts';

export interface Step<T> {
  name: string;
  /** Skipping a step that moves money or settles ownership would make the books lie. */
  skippable: boolean;
  /** The reservation the step was for, where it was for one: its trouble is nobody else's business. */
  concerns?: string;
  /** True once whom the step was for has left: it is then given up. */
  givenUp?: () => boolean;
  run: () => Promise<T>;
}

export type Attempted<T> = { kind: 'done'; value: T } | { kind: 'skipped'; reason: string } | { kind: 'given_up' };

export interface Support {
  attention(): Attention | null;
  attempt<T>(step: Step<T>): Promise<Attempted<T>>;
}

export interface AttentionChange {
  attention: Attention | null;
  concerns?: string;
  decision?: Decision;
}

export function supported(time: Time, onChange: (change: AttentionChange) => void): Support {
  let attention: Attention | null = null;
  let skippable = false;
  let decision: Decision | undefined;

  setHandler(
    decideUpdate,
    (given) => {
      time.heard(given.tick);
      decision = given;
    },
    {
      validator: (given) => {
        if (!attention || attention.id !== given.attention || decision)
          throw ApplicationFailure.nonRetryable('this is not what needs attention now', 'attention_changed');
        if (given.action === 'skip' && !skippable)
          throw ApplicationFailure.nonRetryable('this step cannot be skipped', 'not_skippable');
      },
    },
  );

  const raise = (concerns: string | undefined, raised: Attention | null, made?: Decision) => {
    attention = raised;
    upsertSearchAttributes([{ key: needsAttention, value: raised?.step ?? null }]);
    onChange({ attention: raised, ...(concerns !== undefined && { concerns }), ...(made && { decision: made }) });
  };

  async function attempt<T>(step: Step<T>): Promise<Attempted<T>> {
    for (let attempts = 1; ; attempts++) {
      try {
        return { kind: 'done', value: await step.run() };
      } catch (error) {
        if (isCancellation(error) || !isFinal(error)) throw error;
        skippable = step.skippable;
        raise(step.concerns, {
          id: `att_${uuid4()}`,
          workflow: workflowInfo().workflowId,
          step: step.name,
          error: codeOf(error),
          since: time.now(),
          attempts,
        });
      }
      const givenUp = () => step.givenUp?.() ?? false;
      while (!decision && !givenUp()) await time.until(null, '', () => decision !== undefined || givenUp());
      const made = decision;
      decision = undefined;
      raise(step.concerns, null, made);
      if (!made) return { kind: 'given_up' };
      if (made.action === 'skip') return { kind: 'skipped', reason: made.reason };
    }
  }

  return { attention: () => attention, attempt };
}

const isFinal = (error: unknown): boolean => error instanceof ActivityFailure || error instanceof ApplicationFailure;

/** A type, never a foreign text. */
function codeOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return cause.type ?? 'failed';
  return cause instanceof Error ? cause.name : 'failed';
}
