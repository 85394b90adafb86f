/** The mail sink beside the timeline: each notice came that was not overtaken, and none came twice but where an attempt died before it could say so. */
import { isMailedTo } from '../../mail/telling.ts';
import { grouped, type Audit } from './books.ts';

export const auditMail: Audit = ({ store, mails, workflows }) => {
  const came = grouped(mails, (event) => event);
  const events = new Map(store.events.map((event) => [event._id, event]));
  const deliveries = new Map(store.deliveries.map((one) => [one.event, one]));
  const byId = new Map(store.reservations.map((doc) => [doc._id, doc]));
  const since = new Set(workflows.filter(({ type }) => type === 'delivery').map(({ id }) => id));
  const found: string[] = [];
  for (const [event, copies] of came) {
    if (!events.has(event)) found.push(`mail: ${event} was mailed and is in no timeline`);
    const attempts = deliveries.get(event)?.attempts ?? 0;
    if (copies.length > Math.max(1, attempts))
      found.push(`mail: ${event} came ${copies.length} times in ${attempts} attempts`);
  }
  for (const event of events.values()) {
    const doc = byId.get(event.reservation);
    const isDue = doc !== undefined && isMailedTo(doc, event) && doc.customer.email !== undefined;
    if (!isDue || came.has(event._id)) continue;
    const delivery = deliveries.get(event._id);
    const isOpen = since.has(`delivery:${event._id}:mail`) && delivery?.status !== 'sent';
    if (!isOpen && delivery?.status !== 'overtaken')
      found.push(`mail: ${event._id} (${event.type}) never came, and is ${delivery?.status ?? 'not begun'}`);
  }
  return found;
};
