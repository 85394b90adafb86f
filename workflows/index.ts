/** The workflows a worker runs. */
export { delivery } from './delivery.ts';
export { domain } from './domain.ts';
export { reservation } from './reservation.ts';
export { clock } from './test-clock.ts';
