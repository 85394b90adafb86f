/** The workflows a worker runs. */
export { auction } from './auction.ts';
export { delivery } from './delivery.ts';
export { domain } from './domain.ts';
export { reservation } from './reservation.ts';
export { clock } from './test-clock.ts';
