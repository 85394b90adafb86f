/** What a winner is told after the outcome, in each language: held, delivered, taken back; and that none of it is overtaken. */
import { isOvertaken } from '../../mail/overtaken.ts';
import { noticeFor } from '../../mail/notices.ts';
import { usd } from '../../rules/money.ts';
import { at } from '../rules/world.ts';
import { endedBy, event } from './samples.ts';

const NOW = at('2026-04-18T18:00:00Z');
const { reservation, event: won } = endedBy({
  ...{ result: 'won', reason: 'first_in_order', at: NOW, price: usd(6_900), registeredTo: 'acme-1', roid: 'D1-COM' },
  ...{ registeredAt: NOW, expiresAt: at('2027-04-18T18:00:00Z') },
  delivery: { status: 'held', deliverAt: NOW, why: 'restore_rights' },
});
const settings = { to: 'customer', from_name: 'Acme Names' } as const;
const refunded = usd(6_900);
const told = {
  won,
  delivered: event('reservation.delivered', {}),
  undone: event('reservation.taken_back', { at: NOW, why: 'other_registration', sponsor: 'other-9', refunded }),
  gone: event('reservation.taken_back', { at: NOW, why: 'gone', refunded }),
  moved: event('reservation.taken_back', { at: NOW, why: 'other_sponsor', refunded }),
};

test.each<[keyof typeof told, 'en' | 'de', string, string[]]>([
  ['won', 'en', 'example.com is registered for you', ['back until 18 April 2026', 'get back what was paid']],
  ['won', 'de', 'example.com ist für Sie registriert', ['bis zum 18. April 2026', 'zurück, was bezahlt wurde']],
  ['delivered', 'en', 'example.com is delivered', ['could have it back is over']],
  ['delivered', 'de', 'example.com ist übergeben', ['ist vorbei']],
  [
    'undone',
    'en',
    'example.com was taken back by its registry',
    [
      'since 18 April 2026',
      'another registration',
      '69.00 USD, has been given back',
      'Given back: 69.00 USD',
      'other-9',
    ],
  ],
  [
    'undone',
    'de',
    'example.com wurde von der Registry zurückgenommen',
    ['seit dem 18. April 2026', 'rückgängig', '69,00 USD, ist dem Konto gutgeschrieben', 'Erstattet: 69,00 USD'],
  ],
  ['gone', 'en', 'example.com was taken back by its registry', ['no longer has that registration', 'guarantee']],
  [
    'moved',
    'de',
    'example.com wurde von der Registry zurückgenommen',
    ['einen anderen Registrar', 'Garantiert ist nichts'],
  ],
])('%s, in %s: %s', (what, locale, subject, says) => {
  const customer = { ...reservation.customer, locale };
  const mail = noticeFor({ ...reservation, customer }, told[what], settings);
  expect(mail?.subject).toBe(subject);
  for (const words of says) expect(mail?.text).toContain(words);
  expect(isOvertaken(told[what], reservation.state, Object.values(told))).toBe(false);
});
