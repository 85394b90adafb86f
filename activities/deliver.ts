/** One notice whose first attempt failed. */
import { ApplicationFailure } from '@temporalio/common';
import type { EngineDeps } from './deps.ts';

export const deliverActivities = (deps: EngineDeps) => ({
  /** Sends the notice of an event; one already sent, or no longer true, is not sent. */
  async deliver({
    event,
  }: {
    event: string;
    channel: 'mail';
  }): Promise<'sent' | 'already' | 'overtaken' | 'nothing_to_send'> {
    try {
      return await deps.notifier.deliver(event);
    } catch (error) {
      if ((error as { permanent?: boolean }).permanent)
        throw ApplicationFailure.nonRetryable('refused for good', 'mail_refused');
      throw error;
    }
  },

  /** The schedule is spent. */
  giveUp: ({ event }: { event: string; channel: 'mail' }): Promise<void> => deps.notifier.giveUp(event),
});
