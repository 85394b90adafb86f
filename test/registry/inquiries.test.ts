/** Asking for people who only want to know: never at the cost of those who catch, never without a bound. */
import fc from 'fast-check';
import { RegistryUnreachable } from '../../registry/gateway.ts';
import { openInquiries } from '../../registry/inquiries.ts';
import { Pace } from '../../registry/pace.ts';
import { fakeRegistry } from './fake-registry.ts';
import { after, at, closeAll, sandboxWorld, temporaryHome } from './world.ts';

afterEach(closeAll);

async function inquiriesAt(options: { profile?: string; replicas?: number } = {}) {
  const world = await sandboxWorld();
  await world.control.put('taken.test', {
    registered_at: at('2020-01-01T12:00:00Z'),
    expires_at: at('2099-01-01T12:00:00Z'),
  });
  const { profile = 'sandbox', ...rest } = options;
  const inquiries = openInquiries([{ ...world.entry, profile }], rest);
  after(() => inquiries.close());
  const inquiry = inquiries.forTld('TEST');
  if (!inquiry) throw new Error('no registry for .test');
  return inquiry;
}

test('both sources are heard, and names are checked', async () => {
  const inquiry = await inquiriesAt();
  expect(await inquiry.hear('taken.test')).toMatchObject({
    epp: { kind: 'registered' },
    rdap: { kind: 'registered' },
    differences: [],
  });
  expect((await inquiry.checkMany(['free.test'])).get('free.test')?.available).toBe(true);
});

test('where a registry grants few sessions none is taken to ask: RDAP alone speaks', async () => {
  const inquiry = await inquiriesAt({ profile: 'ee' });
  expect(await inquiry.hear('taken.test')).toMatchObject({
    epp: { kind: 'trouble', trouble: 'away', code: 'own_limit' },
    rdap: { kind: 'registered' },
  });
  await expect(inquiry.checkMany(['free.test'])).rejects.toMatchObject({ code: 'own_limit' });
});

test('the more processes ask, the more sessions a registry must grant', async () => {
  expect((await (await inquiriesAt({ profile: 'nz', replicas: 2 })).hear('taken.test')).epp.kind).toBe('registered');
  expect((await (await inquiriesAt({ profile: 'nz', replicas: 3 })).hear('taken.test')).epp.kind).toBe('trouble');
});

test('who asks faster than we may is told so, and the registry hears nothing of it', async () => {
  const inquiry = await inquiriesAt({ profile: 'co', replicas: 20 });
  const heard = await Promise.all([1, 2, 3].map(() => inquiry.hear('taken.test')));
  expect(heard.map(({ epp }) => (epp.kind === 'trouble' ? epp.code : epp.kind))).toEqual([
    'registered',
    'own_limit',
    'own_limit',
  ]);
});

test('a registry that says nothing is waited for within the limit, and told as away', async () => {
  const registry = await fakeRegistry(await temporaryHome(), () => undefined);
  const { port, credentials } = registry;
  const epp = { host: '127.0.0.1', port, clid: 'backorder', credentials };
  const entry = { id: 'mute', tlds: ['test'], epp, rdap: false as const, profile: 'default', contacts: {}, owns: [] };
  const inquiries = openInquiries([entry], { commandMs: 50 });
  after(() => inquiries.close());
  const inquiry = inquiries.forTld('test');
  expect(await inquiry?.hear('a.test')).toEqual({
    epp: { kind: 'trouble', trouble: 'away', code: 'unreachable' },
    rdap: { kind: 'no_service', asOf: 'configuration' },
    differences: [],
  });
  await expect(inquiry?.checkMany(['a.test'])).rejects.toBeInstanceOf(RegistryUnreachable);
});

test('over any stretch of time no more turns come due than the pace allows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(500), { maxLength: 60 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 5 }),
      (gaps, everyMs, burst) => {
        const pace = new Pace({ everyMs, burst });
        let now = 0;
        const turns = gaps.flatMap((gap) => {
          now += gap;
          const waitMs = pace.take(1_000, now);
          expect(waitMs ?? 0).toBeLessThanOrEqual(1_000);
          return waitMs === undefined ? [] : [now + waitMs];
        });
        for (const [first, from] of turns.entries())
          for (const [nth, until] of turns.slice(first).entries())
            expect(nth + 1).toBeLessThanOrEqual(burst + (until - from) / everyMs + 1e-6);
      },
    ),
  );
});
