/**
 * A person taken out of the store: from the reservations and from kept answers that repeat what was said there. Timelines, deliveries
 * and claims name nobody and stay, so that every chain stays whole. Doing it again does what may be left to do.
 */
import { forgetRegistrantsOf } from './domains.ts';
import { forgetAbout } from './idempotency.ts';
import { Reservations, type ReservationDoc } from './reservations.ts';

/** A registrar's customer in one mode, by the registrar's own id. */
export interface Person {
  registrar: string;
  livemode: boolean;
  customer: string;
}

const BATCH = 500;

const of = ({ registrar, livemode, customer }: Person) => ({ registrar, livemode, 'customer.id': customer });

export const isKnown = async (person: Person): Promise<boolean> => (await Reservations.exists(of(person))) !== null;

export const openReservationsOf = (person: Person): Promise<ReservationDoc[]> =>
  Reservations.find({ ...of(person), open: true })
    .lean<ReservationDoc[]>()
    .exec();

/** `owner`: the HMAC that stands for the person. */
export async function erasePerson(person: Person, owner: string): Promise<void> {
  // Metadata is the registrar's, and only the registrar could know whom it names.
  const nobody = { $set: { customer: { id: person.customer }, metadata: {} }, $unset: { registrant: 1 } } as const;
  await Reservations.updateMany(of(person), nobody);
  // After the reservations: an answer being written now is of what is no longer there, and finds its place gone.
  let about = [owner];
  for await (const { _id } of Reservations.find(of(person)).select({ _id: 1 }).lean().cursor({ batchSize: BATCH })) {
    about.push(String(_id));
    if (about.length < BATCH) continue;
    await Promise.all([forgetAbout(about), forgetRegistrantsOf(about)]);
    about = [];
  }
  await Promise.all([forgetAbout(about), forgetRegistrantsOf(about)]);
}
