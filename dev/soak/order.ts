/** Which acts wait for which: those on one reservation, name, clock or account come one after another. */
import type { Act } from './plan.ts';

/** What an act is about: it waits for the last act that made or moved that. */
export function subjectOf(act: Act): string {
  switch (act.do) {
    case 'put':
    case 'support':
      return '';
    case 'credit':
    case 'deposit':
      return `money of ${act.registrar}`;
    case 'advance':
      return `clock ${act.clock}`;
    case 'reserve':
    case 'mend':
      return act.life.name;
    case 'repeat':
    case 'cancel':
    case 'change':
      return act.reservation.key;
  }
}

/** What others may wait for once it is done. */
export function keyOf(act: Act): string {
  switch (act.do) {
    case 'put':
      return act.life.name;
    case 'advance':
    case 'credit':
    case 'deposit':
      return subjectOf(act);
    case 'reserve':
      return act.key;
    default:
      return `${act.do} ${act.atMs}`;
  }
}
