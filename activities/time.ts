/** Sandbox time: the registry's clock moves first, then those who wait for the instant are told. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import {
  auctionWorkflowId,
  clockWorkflowId,
  domainStart,
  leftSignal,
  tickSignal,
  type Tick,
} from '../workflows/messages.ts';
import type { EngineDeps } from './deps.ts';
import { isRunning } from './tell.ts';

export const timeActivities = (deps: EngineDeps) => ({
  /**
   * Moves the sandbox registry to the earlier of `limit` and its own next transition after `from`. Answers where time now stands
   * and whose names changed there. Doing it twice is doing it once.
   */
  async stepRegistry({
    clock,
    from,
    limit,
  }: {
    clock: string;
    from: number;
    limit: number;
  }): Promise<{ now: number; names: string[] }> {
    const next = await deps.sandboxClocks.nextTransition(clock, from);
    const due = next.at !== null && next.at <= limit;
    const now = due ? (next.at as number) : limit;
    await deps.sandboxClocks.move(clock, now);
    return { now, names: due ? next.names : [] };
  },

  /** Tells participants the time. An arbiter that is gone (terminated by hand) comes back by it, and leaves if nobody needs it. */
  async tick({ clock, participants, tick }: { clock: string; participants: string[]; tick: Tick }): Promise<void> {
    await Promise.all(participants.map((participant) => tellTime(deps.client, clock, participant, tick)));
  },
});

const AUCTION = auctionWorkflowId('');

async function tellTime(client: Client, clock: string, participant: string, tick: Tick): Promise<void> {
  if (participant.startsWith(AUCTION)) return tellAuction(client, clock, participant, tick);
  const name = participant.slice(participant.indexOf(':') + 1);
  const start = domainStart({ name, tld: name.slice(name.lastIndexOf('.') + 1), livemode: false, clock });
  await client.workflow.signalWithStart('domain', { ...start, signal: tickSignal, signalArgs: [tick] });
}

/**
 * An auction that is gone is brought back by nobody: its arbiter knows what became of it, and time waits until that one has taken its
 * place over, however long it takes to hear.
 */
async function tellAuction(client: Client, clock: string, participant: string, tick: Tick): Promise<void> {
  try {
    await client.workflow.getHandle(participant).signal(tickSignal, tick);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    if (await hasRunningParent(client, participant)) return;
    await client.workflow.getHandle(clockWorkflowId(clock)).signal(leftSignal, { participant, tick: tick.tick });
  }
}

/** The very run that waits for its result: an arbiter that came back later knows nothing of it. */
async function hasRunningParent(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { parentExecution: parent } = await client.workflow.getHandle(workflowId).describe();
    return !!parent?.workflowId && !!parent.runId && (await isRunning(client, parent.workflowId, parent.runId));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
