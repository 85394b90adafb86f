/** Money as a workflow asks for it: in the order of the claims, once, and whose account it is the store says. */
import { moneyActivities } from '../../activities/money.ts';
import { usd } from '../../rules/money.ts';
import { MemoryMoney } from '../ledger/memory-money.ts';

const AT = Date.parse('2026-03-10T12:00:00Z');
const money = () =>
  new MemoryMoney((reservation) =>
    reservation === 'rsv_unknown'
      ? undefined
      : { reservation, registrar: 'rgr_1', livemode: false, owner: `owner of ${reservation}`, name: 'example.test' },
  );
const claim = (reservation: string, cents: number) => ({
  reservation,
  operation: `fund:${reservation}`,
  amount: usd(cents),
});

test('claims are funded in their order as far as the money goes, and funding again changes nothing', async () => {
  const memory = money();
  memory.agree('rgr_1', { creditLimit: 10_000 });
  const { fundClaims, checkFunds } = moneyActivities({ money: memory });
  const claims = [claim('rsv_a', 6_900), claim('rsv_b', 6_900), claim('rsv_c', 3_000)];
  await expect(checkFunds({ claims, at: AT })).resolves.toEqual({ unfunded: ['rsv_b'] });
  expect(memory.entriesOf('rgr_1')).toEqual([]);
  const answers = ['held', 'insufficient', 'held'];
  const first = await fundClaims({ claims, at: AT });
  expect(first.answers.map(({ kind }) => kind)).toEqual(answers);
  expect(await fundClaims({ claims, at: AT })).toEqual(first);
  expect(memory.entriesOf('rgr_1')).toHaveLength(2);
});

test('a default frees what was held, costs the fee, and is one strike however often it is told', async () => {
  const memory = money();
  const { fundClaims, chargeDefault, blockedClaims } = moneyActivities({ money: memory });
  await fundClaims({ claims: [claim('rsv_a', 6_900)], at: AT });
  const charged = { claims: [{ ...claim('rsv_a', 500), operation: 'default:1', reason: 'defaulted' }], at: AT };
  const { strikes } = await chargeDefault(charged);
  await expect(chargeDefault(charged)).resolves.toEqual({ strikes });
  expect(memory.entriesOf('rgr_1').map(({ kind, amount }) => [kind, amount])).toEqual([
    ['hold', 6_900],
    ['release', 6_900],
    ['fee', 500],
  ]);
  expect(memory.strikes).toHaveLength(1);
  await expect(blockedClaims({ reservations: ['rsv_a'], at: AT })).resolves.toEqual({ blocked: [] });
});

test('a reservation that the store does not know is nobody’s to hold for', async () => {
  const { fundClaims } = moneyActivities({ money: money() });
  await expect(fundClaims({ claims: [claim('rsv_unknown', 1)], at: AT })).rejects.toThrow('does not know');
});
