/** What is asked of whoever may have the name: to accept an offer while it stands, and the money where it is not there. */
import { awardOperation } from '../rules/after-award.ts';
import type { Money } from '../rules/money.ts';
import type { Desk } from './desk.ts';

export interface Offer {
  reservation: string;
  price: Money;
  answerBy: number;
  answer?: 'accepted' | 'declined';
}

const ASK_FOR_MONEY_MS = 3_600_000;

const isThere = (desk: Desk, reservation: string): boolean =>
  desk.claims.some((claim) => claim.reservation === reservation);

/** `left`: the reservation was ended by hand meanwhile. */
export async function offerName(
  desk: Desk,
  reservation: string,
  price: Money,
  windowMs: number,
): Promise<'accepted' | 'declined' | 'lapsed' | 'left'> {
  const answerBy = desk.time.now() + windowMs;
  const offer: Offer = { reservation, price, answerBy };
  desk.offer = offer;
  desk.tell(reservation, { kind: 'offered', at: desk.time.now(), price, answerBy });
  desk.show();
  const isOver = () => offer.answer !== undefined || !isThere(desk, reservation);
  while (!isOver() && desk.time.now() < answerBy)
    await desk.time.until(answerBy, `${desk.name}: an offer stands until here`, isOver);
  const answer = offer.answer ?? (isThere(desk, reservation) ? 'lapsed' : 'left');
  if (answer !== 'left') desk.tell(reservation, { kind: 'answered', at: desk.time.now(), answer });
  desk.offer = undefined;
  desk.accepting = answer === 'accepted' ? reservation : undefined;
  return answer;
}

/** What is asked of the winner of a caught name, and until when. */
export interface Payment {
  catchId: string;
  reservation: string;
  price: Money;
  windowMs: number;
}

/** Takes the price, at once or as soon as it is there, and with it the name is theirs; `defaulted`: it was not in time. */
export async function collect(desk: Desk, payment: Payment): Promise<'paid' | 'defaulted' | 'left'> {
  const { reservation, price, windowMs } = payment;
  if (await pay(desk, payment)) return 'paid';
  const payBy = desk.time.now() + windowMs;
  desk.tell(reservation, { kind: 'unpaid', at: desk.time.now(), price, payBy });
  desk.accepting = undefined;
  desk.show();
  while (desk.time.now() < payBy) {
    desk.lookIsDue = false;
    const nextAt = Math.min(payBy, desk.time.now() + ASK_FOR_MONEY_MS);
    const wake = () => desk.lookIsDue || !isThere(desk, reservation);
    const at = desk.input.clock === undefined ? nextAt : payBy;
    await desk.time.until(at, `${desk.name}: is the money there?`, wake);
    if (!isThere(desk, reservation)) return 'left';
    if (await pay(desk, payment)) return 'paid';
  }
  return 'defaulted';
}

async function pay(desk: Desk, { catchId, reservation, price }: Payment): Promise<boolean> {
  const operation = awardOperation(catchId, reservation);
  const answer = await desk.support.attempt({
    name: 'award',
    skippable: false,
    concerns: reservation,
    givenUp: () => !isThere(desk, reservation),
    run: () =>
      desk.acts
        .write(`Take the price of ${desk.name} from what is held, and award it`)
        .payAward({ catchId, reservation, operation, amount: price, at: desk.time.now() }),
  });
  return answer.kind === 'done' && answer.value.paid;
}
