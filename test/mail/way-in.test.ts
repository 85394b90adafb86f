/** A name that its registry gives away itself: whoever was told so after a 202, or lost it so, reads how it is had there, as the 422 says it. */
import { createNotifier } from '../../mail/deliver.ts';
import type { Mail } from '../../mail/transport.ts';
import { wayInBy, withWayIn } from '../../mail/way-in.ts';
import { noticeFor } from '../../mail/notices.ts';
import { loadPolicies } from '../../registry/policies/policies.ts';
import { wayInForSome, wayInOf, type Translated } from '../../rules/tlds.ts';
import { endedBy } from './samples.ts';
import { memoryStore } from './memory.ts';

const policies = loadPolicies({ BACKORDER_POLICIES: undefined });
const REFUSED = endedBy({ result: 'rejected', reason: 'no_race', at: 0 });
const LOST = endedBy({ result: 'lost', reason: 'no_race', at: 0 });

const refusedIn = (locale: string, name: string, tld: string, { reservation } = REFUSED) => ({
  ...reservation,
  domain: { name, unicode: name, tld },
  customer: { id: 'cus-7', email: 'ada@customer.test', locale },
  accepted_unplaced: true,
});

/** What is mailed, by the policies as they are shipped; `policy`: what the sandbox has of the name. */
async function mailed(locale: string, name: string, tld: string, policy?: string, end = REFUSED): Promise<Mail> {
  const reservation = refusedIn(locale, name, tld, end);
  const { store } = memoryStore({ reservation, events: [end.event] });
  const sent: Mail[] = [];
  const { deliver } = createNotifier({
    mailer: { send: async (mail) => void sent.push(mail), close: () => undefined },
    store,
    settingsOf: async () => ({ to: 'customer' }),
    wayInTo: wayInBy({ policyOf: policies.of, settingsOf: async () => (policy === undefined ? {} : { policy }) }),
  });
  expect(await deliver(end.event._id)).toBe('sent');
  return sent[0] as Mail;
}

const ROWS = policies.all().flatMap((policy): [string, Translated][] => {
  const said = wayInForSome(policy);
  return said ? [[policy.tld, said]] : [];
});

const DROPZONE = {
  en: 'Some names do not drop: the registry, Identity Digital, gives them away itself through Dropzone, its application window for registrars.',
  de: 'Manche Namen werden nicht freigegeben: Die Registry, Identity Digital, vergibt sie selbst über Dropzone, ihr Antragsverfahren für Registrare.',
};

test('every registry that gives names away itself says how: some of its names, or all, which are refused at once', () => {
  expect(Object.fromEntries(ROWS)).toEqual({ info: DROPZONE });
  expect(policies.all().flatMap((one) => (wayInOf(one) === undefined ? [] : [one.tld]))).toEqual(['ee', 'dk', 'pl']);
});

test.each(ROWS)(
  'of a .%s name each language has the way in, in the mail and in the report with it',
  async (tld, said) => {
    for (const language of ['en', 'de'] as const) {
      expect(said[language]).toBeDefined();
      for (const end of [REFUSED, LOST]) {
        const { text, report } = await mailed(language, `wanted.${tld}`, tld, undefined, end);
        for (const told of [text, report?.html]) expect(told).toContain(said[language]);
      }
    }
  },
);

test.each([
  ['en', 'The registry gives wanted.test away in a way of its own, not to whoever asks first.'],
  ['de', 'Die Registry vergibt wanted.test in einem eigenen Verfahren und nicht an den, der zuerst anfragt.'],
] as const)('a name of the sandbox that lives by .info is told of in %s as one there', async (language, general) => {
  const { text } = await mailed(language, 'wanted.test', 'test', 'info');
  expect(text).toContain(`${general}\n\n${DROPZONE[language]}\n`);
  expect((await mailed(language, 'wanted.test', 'test')).text).not.toContain('Dropzone');
});

test('what a policy says in English alone is told in that', async () => {
  const reservation = refusedIn('de', 'wanted.io', 'io');
  const told = await withWayIn(reservation, [REFUSED.event], async () => ({ en: 'Apply at the registry.' }));
  expect(noticeFor(told, REFUSED.event, { to: 'customer' })?.text).toContain('Apply at the registry.');
});

test('whoever was refused for another reason is told of no way in', async () => {
  const { event: other } = endedBy({ result: 'rejected', reason: 'queue_full', at: 0 });
  const reservation = refusedIn('en', 'wanted.info', 'info');
  expect(await withWayIn(reservation, [other], async () => DROPZONE)).toBe(reservation);
});
