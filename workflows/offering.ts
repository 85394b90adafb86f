/** What is asked of whoever may have the name: to accept an offer while it stands, and the money where it is not there. */
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

/** Takes the price, at once or as soon as it is there; `defaulted`: it was not in time. */
export async function collect(
  desk: Desk,
  {
    reservation,
    price,
    operation,
    windowMs,
  }: { reservation: string; price: Money; operation: string; windowMs: number },
): Promise<'paid' | 'defaulted' | 'left'> {
  if (await capture(desk, reservation, price, operation)) return 'paid';
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
    if (await capture(desk, reservation, price, operation)) return 'paid';
  }
  return 'defaulted';
}

async function capture(desk: Desk, reservation: string, amount: Money, operation: string): Promise<boolean> {
  const captured = await desk.support.attempt({
    name: 'capture',
    skippable: false,
    concerns: reservation,
    givenUp: () => !isThere(desk, reservation),
    run: () =>
      desk.acts
        .write(`Take the price of ${desk.name} from what is held`)
        .captureAward({ claims: [{ reservation, operation, amount }], at: desk.time.now() }),
  });
  return captured.kind === 'done' && captured.value.answers.some(({ kind }) => kind === 'captured');
}
