/** Who lost learns why, and who won can show it: the report of each over HTTP, and with the mail at the end. */
import { DAY_MS, fresh, read, reserve, START, Story, types } from './story.ts';

let story: Story;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story.close());

/** The receipt goes out after the answer to the request. */
const isNoted = ({ timeline }: { timeline: { type: string }[] }) => timeline.some(({ type }) => type === 'notice.sent');

/** 111 days after the start: the drop of a name that is let go. */
const DROPPED = START + 111 * DAY_MS;

test('one name won and one lost: who has it, how long after the drop, what was tried, and the report with the last mail', async () => {
  const { client } = await story.operator.registrar(fresh('Reporter'));
  const clock = await story.clock();
  const [ours, theirs] = [await story.name(clock), await story.name(clock, { caught_by_other: 'rival-1' })];
  const [winner, loser] = [fresh('winner'), fresh('loser')];
  const won = await reserve(client, ours, winner);
  const lost = await reserve(client, theirs, loser, {
    customer: { id: loser, email: `${loser}@example.test`, name: 'Ada Lovelace', locale: 'de-DE' },
  });
  const report = (id: string) => client.must('GET', `/v1/reservations/${id}/report`);

  const open = await client.until(`/v1/reservations/${lost.id}/report`, isNoted);
  expect(open).toMatchObject({ object: 'report', status: 'waiting', outcome: null, registered_to: null, tried: null });
  expect(open.timeline.map(({ type }: { type: string }) => type)).toEqual(['reservation.placed', 'notice.sent']);

  await story.advanceTo(clock, 111);
  expect([(await read(client, won.id)).status, (await read(client, lost.id)).status]).toEqual(['won', 'lost']);

  const loss = await report(lost.id);
  const registeredAt = Date.parse(loss.registered_to.registered_at);
  expect(loss).toMatchObject({
    ...{ language: 'de', outcome: { result: 'lost', reason: 'caught_by_other' } },
    registered_to: { sponsor: 'rival-1', ours: false, source: 'registry' },
    drop: { source: 'policy', confidence: 'estimated' },
  });
  expect(Math.abs(registeredAt - DROPPED)).toBeLessThan(DAY_MS);
  // The registry published no instant: how long it took is bounded by its last answer to us, or unknown.
  expect(loss.after_drop.kind).not.toBe('exact');
  if (loss.after_drop.kind === 'at_most') expect(Date.parse(loss.after_drop.from.at)).toBeLessThanOrEqual(registeredAt);
  expect(loss.tried).toMatchObject({ clock: 'our_clock', relative_to: { what: 'registration' } });
  expect(loss.similar.data.length).toBeGreaterThan(0);
  expect(loss.timeline.at(-1)).toMatchObject({
    type: 'notice.sent',
    text: 'E-Mail zum Ergebnis: vom Mailserver angenommen.',
  });
  expect(loss.head.seq).toBe(loss.timeline.length);

  const win = await report(won.id);
  expect(win).toMatchObject({ language: 'en', registered_to: { sponsor: 'backorder', ours: true }, similar: null });
  expect(win.tried.answers.at(-1)).toMatchObject({ code: 1000, count: 1 });
  expect(JSON.stringify([win, loss])).not.toMatch(/Lovelace|@example|20000|200\.00/);

  for (const [customer, id, name] of [
    [winner, won.id, ours],
    [loser, lost.id, theirs],
  ]) {
    const mails = await story.mailsTo(`${customer}@example.test`);
    expect(mails.map(({ attachments }) => attachments.filter((file) => file.endsWith('.html')))).toEqual([
      ...Array(mails.length - 1).fill([]),
      [`${name}-${id}.html`],
    ]);
    // One note for each mail that came, and none for what did not.
    const noted = (await types(client, id as string)).filter((type) => type === 'notice.sent');
    expect(noted).toHaveLength(mails.length);
  }
});
