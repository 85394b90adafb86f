/**
 * When the arbiter continues as new. Whatever it is at is asked again at each step and during every rest: a name that many join within
 * one rest would else reach the limits of its run (2,000 Updates, 10,000 signals) long before its next instant.
 */
import { allHandlersFinished, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { Desk } from './desk.ts';
import type { domain } from './domain.ts';

/**
 * That a run has become long, for conditions of workflows that refuse Updates: as last read where a message was taken up or a step was done. A refused
 * Update leaves nothing in the history, so what is first read in its task a replay would not see, and could not follow.
 */
export function lengthOfRun() {
  let long = false;
  return {
    read: () => void (long = workflowInfo().continueAsNewSuggested),
    mayEnd: () => long && allHandlersFinished(),
  };
}

/** Nobody waits for an answer, and all that was to be told is told. */
export const settled = (desk: Desk): boolean => desk.announcer.idle() && allHandlersFinished();

/** Never between the cut-off and the end of the award: the next run would have to be told what is half done. */
export function mayHandOver(desk: Desk): boolean {
  if (!desk.run.mayEnd() || desk.phase !== 'watching') return false;
  const cutoff = desk.cutoffAt();
  const beforeCutoff = cutoff === undefined || desk.time.now() < cutoff;
  return beforeCutoff && !desk.lookIsDue && desk.joining.length === 0 && settled(desk);
}

/** In the very step that found it may: to wait here for the last handler would be to miss the next instant. */
export const handOver = (desk: Desk): Promise<never> =>
  continueAsNew<typeof domain>({ ...desk.input, carried: desk.carry() });
