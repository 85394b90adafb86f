/** Asking for people who only want to know: never at the cost of those who catch, never without a bound. */
import fc from 'fast-check';
import { openInquiries } from '../../registry/inquiries.ts';
import { Pace } from '../../registry/pace.ts';
import { after, at, closeAll, sandboxWorld } from './world.ts';

afterEach(closeAll);

async function inquiriesAt(
  options: { profile?: string; replicas?: number; pace?: { everyMs: number; burst: number } } = {},
) {
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
  const inquiry = await inquiriesAt({ pace: { everyMs: 60_000, burst: 2 } });
  const heard = await Promise.all([1, 2, 3].map(() => inquiry.hear('taken.test')));
  expect(heard.map(({ epp }) => (epp.kind === 'trouble' ? epp.code : epp.kind))).toEqual([
    'registered',
    'registered',
    'own_limit',
  ]);
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
