/** What must change of a registration that was caught for another claim, and what the registry's answer to that means. */
import fc from 'fast-check';
import { changeTo, meaningOfChange, type WantedRegistration } from '../../rules/registration.ts';

const caught = { nameservers: ['ns1.first.test', 'ns2.first.test'], registrant: 'FIRST-1' };

test.each<[string, WantedRegistration, object | undefined]>([
  ['all is as wanted', { nameservers: ['ns2.first.test', 'ns1.first.test'], registrant: 'FIRST-1' }, undefined],
  ['spelling is no difference', { nameservers: ['NS1.first.test.', 'ns2.FIRST.test'] }, undefined],
  ['nobody says whose', { nameservers: caught.nameservers }, undefined],
  [
    'the name servers are others',
    { nameservers: ['ns2.first.test', 'ns.second.test'] },
    { add: ['ns.second.test'], remove: ['ns1.first.test'] },
  ],
  ['it has none', { nameservers: [] }, { add: [], remove: ['ns1.first.test', 'ns2.first.test'] }],
  [
    'the registrant is another',
    { nameservers: caught.nameservers, registrant: 'SECOND-1' },
    { add: [], remove: [], registrant: 'SECOND-1' },
  ],
])('%s', (_when, wanted, change) => {
  expect(changeTo(caught, wanted)).toEqual(change);
});

test('a registrant that the registry does not tell is set', () => {
  expect(changeTo({ nameservers: [] }, { nameservers: [], registrant: 'R-1' })).toEqual({
    add: [],
    remove: [],
    registrant: 'R-1',
  });
});

test('whatever is there, the change leads to what is wanted, and then nothing is left to do', () => {
  const hosts = fc.uniqueArray(fc.constantFrom('a.test', 'b.test', 'c.test', 'd.test'));
  fc.assert(
    fc.property(hosts, hosts, (nameservers, wanted) => {
      const change = changeTo({ nameservers }, { nameservers: wanted }) ?? { add: [], remove: [] };
      const after = [...nameservers.filter((host) => !change.remove.includes(host)), ...change.add];
      expect(after.toSorted()).toEqual(wanted.toSorted());
      expect(changeTo({ nameservers: after }, { nameservers: wanted })).toBeUndefined();
    }),
  );
});

test.each([
  [1000, 'done'],
  [1001, 'pending'],
  [1300, 'unclear'],
  [2400, 'unclear'],
  [2500, 'unclear'],
  [2502, 'busy'],
  [2303, 'refused'],
  [2304, 'refused'],
  [2306, 'refused'],
])('%d: %s', (code, meaning) => {
  expect(meaningOfChange(code)).toBe(meaning);
});
