/** What customers read. The sentences are the product: each event's are written out here. */
import { noticeFor, type NoticeSettings } from '../../mail/notices.ts';
import { usd } from '../../rules/money.ts';
import type { LostReason } from '../../rules/reservation.ts';
import { STAGES } from '../../rules/stage.ts';
import type { Kept } from '../../rules/watch.ts';
import type { ReservationDoc } from '../../store/reservations.ts';
import { at, ended, endedBy, event, inRedemption, placed, reservation, waiting } from './samples.ts';

const toCustomer: NoticeSettings = { to: 'customer', from_name: 'Acme Names' };
const NO_PROMISE = 'A reservation is not a promise:';

const read = (doc: ReservationDoc, told: ReturnType<typeof event>, settings: NoticeSettings = toCustomer) => {
  const mail = noticeFor(doc, told, settings);
  if (!mail) throw new Error('nothing is sent');
  return mail;
};

test('the placing of a reservation is told in full', () => {
  expect(read(reservation(), placed())).toMatchObject({
    id: 'evt_10001',
    to: { address: 'ada@customer.test', name: 'Ada Lovelace' },
    fromName: 'Acme Names',
    subject: 'Your reservation of example.com',
    text: `Hello Ada Lovelace,

Your reservation of example.com is placed. We watch the name, and try to register it for you when it is released.

example.com has been deleted by the owner’s registrar and is in redemption: the owner can still have it restored, usually for an extra fee.

If it is not restored, we expect pending delete to begin by about 13 April 2026, 09:00 UTC (an estimate).

If nobody acts, we expect the registry to release it between 18 April 2026, 18:00 UTC and 18 April 2026, 19:00 UTC. This is an estimate from the registry’s usual rules, not a date the registry has given. We then try to register it at once. Others may do the same.

If the owner keeps the name, your reservation goes on waiting for the next time.

A reservation is not a promise: the owner may keep the name, somebody else may register it first, and a reservation placed before yours comes before it. Nothing is guaranteed.

You need to do nothing now. To change or cancel the reservation, write to Acme Names. It can be cancelled until shortly before the release.

Budget: 200.00 USD
Reservation: rsv_1
As of: 14 March 2026, 09:00 UTC

-- 
All times are in UTC. This message was sent automatically.
Keep this message: its last line proves what was on record of this reservation so far.
rsv_1 1 ${'ab'.repeat(32)}
`,
  });
});

test('each notice ends with the head of the timeline as it stands when it is sent, ready to be verified', () => {
  const head = { seq: 12, hash: 'cd'.repeat(32) };
  const { text, html } = read(reservation({ head }), placed());
  expect(text.trimEnd().split('\n').at(-1)).toBe(`rsv_1 12 ${head.hash}`);
  expect(html).toContain(`>rsv_1 12 ${head.hash}</p>`);
});

test('what the customer asked for is said back', () => {
  const doc = reservation({ on_renewal: 'close', wait_until: at('2027-01-01T00:00:00Z'), dry_run: true });
  const { text } = read(doc, placed());
  expect(text).toContain('We watch the name, and tell you what becomes of it.');
  expect(text).toContain('If the owner keeps the name, your reservation ends, as you asked.');
  expect(text).toContain('It waits until 1 January 2027, 00:00 UTC at the longest.');
  expect(text).toContain('This reservation is a dry run: the name is followed, and nothing is registered for it.');
  expect(text).not.toContain('try to register it');
});

test.each([
  ['registered', 'still registered', 'its owner can go on renewing it'],
  ['auto_renew_grace', 'past its expiry', 'The owner’s registration of example.com has run out.'],
  ['redemption', 'in redemption', 'the owner can still have it restored, usually for an extra fee'],
  [
    'pending_restore',
    'being restored',
    'If that is completed, the owner keeps it; if not, it goes back to redemption.',
  ],
  ['pending_delete', 'about to be released', 'the last stage before release. The owner can no longer restore it.'],
  ['available', 'released', 'nobody holds example.com at this moment'],
  ['registered_by_us', 'registered through us', 'Whose it becomes is being decided.'],
  ['registered_by_other', 'registered elsewhere', 'has been registered through another registrar'],
  ['unknown', 'stage not known', 'does not tell where example.com stands'],
] as const)('a name that is now %s is told as "%s"', (stage, title, sentence) => {
  const mail = read(
    reservation({ state: waiting({ ...inRedemption, stage }) }),
    event('reservation.stage_changed', { stage }),
  );
  expect(mail.subject).toBe(`example.com: ${title}`);
  expect(mail.text).toContain(sentence);
  expect(mail.text).toContain(NO_PROMISE);
  expect(mail.text).toContain('You need to do nothing now.');
});

test('every stage is told', () => {
  for (const stage of STAGES)
    expect(noticeFor(reservation(), event('reservation.stage_changed', { stage }), toCustomer)).not.toBeNull();
});

test.each([
  ['expiry', 'The owner’s registration runs until 13 April 2026, 09:00 UTC.'],
  ['redemption', 'we expect the owner’s registrar to delete it by about 13 April 2026, 09:00 UTC (an estimate).'],
  ['pending_delete', 'we expect pending delete to begin by about 13 April 2026, 09:00 UTC (an estimate).'],
  ['registry_check', 'We go on asking the registry, the next time by 13 April 2026, 09:00 UTC.'],
  ['drop', 'we expect the registry to release it between'],
] as const)('the next step %s is dated, and called an estimate where it is one', (what, sentence) => {
  const state = waiting({ ...inRedemption, next: { what, at: at('2026-04-13T09:00:00Z') } });
  expect(read(reservation({ state }), placed()).text).toContain(sentence);
});

test('a published release is not called an estimate, and has its seconds', () => {
  const release = at('2026-04-18T18:00:05Z');
  const drop = { earliest: release, latest: release, source: 'drop_list', confidence: 'published' } as const;
  const state = waiting({ ...inRedemption, stage: 'pending_delete', drop, next: { what: 'drop', at: release } });
  const { text } = read(reservation({ state }), event('reservation.stage_changed', { stage: 'pending_delete' }));
  expect(text).toContain(
    'Its release has been published for a time at 18 April 2026, 18:00:05 UTC. We then try to register it at once.',
  );
  expect(text).not.toContain('estimate');
});

test('of a published release that is minutes ago no notice says what is then done', () => {
  const release = inRedemption.seenAt - 300_000;
  const drop = { earliest: release, latest: release, source: 'drop_list', confidence: 'published' } as const;
  const state = waiting({ ...inRedemption, stage: 'pending_delete', drop });
  const { text } = read(reservation({ state }), event('reservation.stage_changed', { stage: 'pending_delete' }));
  expect(text).toContain('That time has come: we try to register it as soon as we see it released.');
  expect(text).not.toContain('We then try');
});

test('where no release can be foretold, none is', () => {
  const { drop: _none, ...name } = inRedemption;
  expect(read(reservation({ state: waiting(name) }), placed()).text).not.toContain('release it between');
});

test.each([
  ['renewed', 'The registration of example.com has been renewed, so it is not released this time.'],
  ['restored', 'example.com has been restored for its owner, so it is not released this time.'],
  ['transferred', 'the registration has been moved to another registrar'],
  ['kept_unknown', 'The registry’s answers do not tell how it was kept.'],
] satisfies [Kept, string][])('a name that was kept (%s) is told, and that the place is kept too', (how, sentence) => {
  const state = waiting({ ...inRedemption, stage: 'registered' });
  const { subject, text } = read(
    reservation({ state }),
    event('reservation.renewed', { how, stage: 'registered', from: 'redemption' }),
  );
  expect(subject).toBe('example.com: not released this time');
  expect(text).toContain(sentence);
  expect(text).toContain('Your reservation goes on waiting, and keeps its place.');
  expect(text).toContain(NO_PROMISE);
});

test('a won name is told with its price, its registrar and its ROID', () => {
  const won = endedBy({
    result: 'won',
    reason: 'first_in_order',
    at: at('2026-04-18T18:00:01Z'),
    price: usd(6_900),
    registeredAt: Date.parse('2026-04-21T18:12:35Z'),
    expiresAt: Date.parse('2027-04-21T18:12:35Z'),
    registeredTo: 'acme-1',
    roid: 'D123-COM',
    delivery: { status: 'delivered', why: 'no_restore_rights' },
  });
  const { subject, text } = read(won.reservation, won.event);
  expect(subject).toBe('example.com is registered for you');
  for (const sentence of [
    'example.com was released, and has been registered for you. The price is 69.00 USD.',
    'You need to do nothing to have it.',
    'Having a registration does not settle every right in a name',
    'Awarded: 18 April 2026, 18:00:01 UTC',
    'Registered until: 21 April 2027, 18:12:35 UTC',
    'Registrar, as the registry names it: acme-1',
    'The registry’s id of the registration (ROID): D123-COM',
    'For questions, write to Acme Names.',
  ])
    expect(text).toContain(sentence);
});

test.each([
  [
    'caught_by_other',
    'other-9',
    'could not be registered for you',
    'Somebody else registered example.com first. The registry now shows other-9 as its registrar.',
  ],
  [
    'caught_by_other',
    undefined,
    'could not be registered for you',
    'Somebody else registered example.com first. It is now with another registrar.',
  ],
  [
    'behind_in_order',
    undefined,
    'could not be registered for you',
    'a reservation placed before yours came first, and the name went to that one',
  ],
  ['dry_run', undefined, 'your dry run has ended', 'nothing was registered for you'],
  [
    'not_catchable',
    undefined,
    'could not be registered for you',
    'our request to the registry could not be completed, and our support has ended the attempt',
  ],
] satisfies [LostReason, string | undefined, string, string][])(
  'a lost name (%s, %s) is told with its reason',
  (reason, caughtBy, title, sentence) => {
    const lost = endedBy({ result: 'lost', reason, at: at('2026-04-18T18:05:00Z'), ...(caughtBy && { caughtBy }) });
    const { subject, text } = read(lost.reservation, lost.event);
    expect(subject).toContain(title);
    expect(text).toContain(sentence);
    expect(text).toContain('you can place a new reservation');
    expect(text).toContain(NO_PROMISE);
  },
);

test.each([
  ['kept', 'You had asked for the reservation to end in that case, and it has ended.'],
  [
    'wait_until',
    'was not released in the time you were willing to wait (until 1 January 2027, 00:00 UTC), and the reservation has ended.',
  ],
] as const)('a missed name (%s) is told with its reason', (reason, sentence) => {
  const when = { at: at('2027-01-01T00:00:00Z') };
  const missed = endedBy(
    reason === 'kept' ? { result: 'missed', reason, ...when, how: 'renewed' } : { result: 'missed', reason, ...when },
  );
  const { subject, text } = read({ ...missed.reservation, wait_until: at('2027-01-01T00:00:00Z') }, missed.event);
  expect(subject).toBe('example.com: your reservation has ended');
  expect(text).toContain(sentence);
  expect(text).toContain('you can place a new reservation');
});

test('a notice that comes after the name moved on names no dates of another stage', () => {
  const state = waiting({ ...inRedemption, stage: 'pending_delete' });
  const { text } = read(reservation({ state }), placed());
  expect(text).toContain('The name has moved on since then; where it stands now is told in a message of its own.');
  expect(text).not.toContain('April');
});

test('a notice that comes after the end does not invite to wait', () => {
  const state = ended({ result: 'cancelled', reason: 'by_registrar', at: at('2026-03-15T00:00:00Z') });
  const { text } = read(reservation({ state }), event('reservation.renewed', { how: 'renewed', stage: 'registered' }));
  expect(text).toContain('Since then the reservation has ended.');
  expect(text).not.toMatch(/goes on waiting|can be cancelled/);
});

test.each(['reservation.needs_attention', 'observation.transferred', 'attempt.catching'])('%s is not mailed', (type) =>
  expect(noticeFor(reservation(), event(type, { stage: 'redemption' }), toCustomer)).toBeNull(),
);

test('no place in the queue is told', () => {
  expect(read(reservation({ ordinal: 7 }), placed()).text).not.toMatch(/\b7(th)?\b|position/);
});

test.each<[string, NoticeSettings, Partial<ReservationDoc>]>([
  ['the registrar wants nobody written to', { to: 'nobody', reply_to: 'desk@acme.test' }, {}],
  ['the customer has no address', toCustomer, { customer: { id: 'cus-7' } }],
  ['the registrar has no address', { to: 'registrar' }, {}],
  ['the address is two', toCustomer, { customer: { id: 'cus-7', email: 'ada@customer.test, eve@evil.test' } }],
  [
    'the address ends a line',
    toCustomer,
    { customer: { id: 'cus-7', email: 'ada@customer.test\r\nBcc: eve@evil.test' } },
  ],
])('nothing is sent where %s', (_why, settings, over) => {
  expect(noticeFor(reservation(over), placed(), settings)).toBeNull();
});

test('a registrar that takes the notices itself is told whose each is, and the customer is not written to', () => {
  const mail = read(reservation(), placed(), { ...toCustomer, to: 'registrar', reply_to: 'desk@acme.test' });
  expect(mail).toMatchObject({ to: { address: 'desk@acme.test' }, replyTo: 'desk@acme.test' });
  expect(mail.text).toContain('This is for your customer cus-7, and was sent to you instead. It is written to them.');
  expect(mail.text).not.toContain('Ada');
});

test('a name is shown as it is read and as it is registered, where these differ', () => {
  const domain = { name: 'xn--bcher-kva.test', unicode: 'bücher.test', tld: 'test' };
  const { subject, text, html } = read(reservation({ domain, livemode: false }), placed());
  expect(subject).toBe('[test] Your reservation of bücher.test (xn--bcher-kva.test)');
  for (const shown of [text, html]) {
    expect(shown).toContain('bücher.test (xn--bcher-kva.test) is placed');
    expect(shown).toContain('This is a test: the name and its registry are simulated, and so are the dates.');
  }
});

test.each([
  ['https://acme.test/reservations?lang=en', 'https://acme.test/reservations?lang=en&reservation=rsv_1'],
  ['http://acme.test/reservations', undefined],
  ['https://acme.test@evil.test/', undefined],
  ['https://ada:secret@acme.test/', undefined],
  ['javascript:alert(1)', undefined],
  ['not a link', undefined],
])('the registrar’s page %s is linked as %s', (act_url, link) => {
  const { text, html } = read(reservation(), placed(), { ...toCustomer, act_url });
  expect(/See your reservation: (\S+)/.exec(text)?.[1]).toBe(link);
  expect(/href="([^"]*)"/.exec(html)?.[1]).toBe(link?.replace('&', '&amp;'));
});

test('what others typed is text in HTML, and one line everywhere', () => {
  const customer = {
    id: '<i>7</i>',
    email: 'ada@customer.test',
    name: '<script>alert("x")</script>\r\nBcc: eve@evil.test',
  };
  const doc = reservation({ customer });
  const settings: NoticeSettings = {
    to: 'customer',
    from_name: '"><img src=x onerror=y>\n\u202Eevil',
    act_url: 'https://acme.test/"onclick="x?<b>=1',
  };
  const { subject, text, html, fromName, to } = read(doc, placed(), settings);
  expect(html).not.toMatch(/<script|<img|<b>|"onclick/);
  expect(html).toContain('Hello &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; Bcc: eve@evil.test,');
  for (const header of [subject, fromName, to.name]) expect(header).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(text).not.toContain('\nBcc:');
  expect(text).not.toContain('\u202e');
});

test('text that looks like a template is not run', () => {
  const { text, html } = read(
    reservation({ customer: { id: 'c', email: 'a@b.test', name: '<%= it.subject %>' } }),
    placed(),
  );
  expect(text).toContain('Hello <%= it.subject %>,');
  expect(html).toContain('Hello &lt;%= it.subject %&gt;,');
});

test('who has the name is text too', () => {
  const lost = endedBy({ result: 'lost', reason: 'caught_by_other', at: 0, caughtBy: '<b>\u0000x</b>\nBcc: y' });
  const { html, text } = read(lost.reservation, lost.event);
  expect(html).toContain('&lt;b&gt; x&lt;/b&gt; Bcc: y');
  expect(text).not.toContain('\nBcc');
});

test.each(['en', 'de'])(
  'pending delete of a registry that does not tell what may still be restored, in %s',
  (locale) => {
    const told = (over: object) => {
      const view = { ...inRedemption, stage: 'pending_delete' as const, ...over };
      const doc = reservation({ customer: { id: 'cus', email: 'ada@example.test', locale }, state: waiting(view) });
      const changed = event('reservation.stage_changed', { stage: 'pending_delete', from: 'registered', ...over });
      return JSON.stringify([noticeFor(doc, changed, { to: 'customer' }, null)]);
    };
    const cannot = /can no longer restore|nicht mehr wiederherstellen/;
    expect(told({})).toMatch(cannot);
    expect(told({ restorable: 'unknown' })).not.toMatch(cannot);
    expect(told({ restorable: 'unknown' })).toMatch(/does not tell whether|teilt die Registry nicht mit/);
  },
);

test('who wanted its budget bid reads whether it was, and who is outbid reads when its budget does not reach', () => {
  const stands = { auction: 'auc_1', price: usd(15_500), minimum: usd(16_000), endsAt: at('2026-04-21T18:00:00Z') };
  const name = { ...inRedemption, stage: 'registered_by_us' as const };
  const state = { status: 'in_auction' as const, ordinal: 1, name, auction: 'auc_1', endsAt: stands.endsAt };
  const text = (budget: number, type: string, over: object = {}) =>
    read(reservation({ state, budget: usd(budget) }), event(`auction.${type}`, { ...stands, ...over })).text;
  expect(text(20_000, 'started', { budget: 'bid' })).toContain('Your budget has been bid for you');
  expect(text(20_000, 'started', { budget: 'insufficient' })).toContain('the money for all of it is not there');
  expect(text(20_000, 'started', { budget: 'over_cap' })).toContain('more would be spent than is allowed');
  expect(text(20_000, 'started')).not.toContain('Your budget was');
  expect(text(15_999, 'outbid')).toContain('raise the budget first');
  expect(text(16_000, 'outbid')).not.toContain('raise the budget first');
});
