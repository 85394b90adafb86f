/** One event to one mailbox whose first attempt failed, until it arrives or the schedule is spent. It delays no reservation. */
import { ActivityFailure, setCurrentDetails } from '@temporalio/workflow';
import { deliveries, writes } from './activities.ts';

export interface DeliveryInput {
  event: string;
  channel: 'mail';
}

export async function delivery({
  event,
  channel,
}: DeliveryInput): Promise<'sent' | 'already' | 'overtaken' | 'nothing_to_send' | 'given_up'> {
  setCurrentDetails(`Delivering \`${event}\` by ${channel}, more slowly after each failure, for three days.`);
  try {
    return await deliveries(`Send the ${channel} of ${event}`).deliver({ event, channel });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    await writes(`Note that the ${channel} of ${event} is given up`).giveUp({ event, channel });
    setCurrentDetails(
      `\`${event}\` was not delivered by ${channel}: refused for good, or not accepted for three days.`,
    );
    return 'given_up';
  }
}
