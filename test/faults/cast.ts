/**
 * One of each kind of story, all on one test clock, played together: so that one fault is tried on all of them at once. Whoever
 * asks does so as a registrar's program should: with an Idempotency-Key, again until there is an answer.
 */
import type { EngineClient } from '../../dev/engine-client.ts';
import { isLasting } from '../../mail/overtaken.ts';
import { body, fresh, iso, START, DAY_MS, type Story } from '../stories/story.ts';

/** What is put into the sandbox for each name, and who reserves it. */
const SCRIPTS = {
  uncontested: { script: {}, roles: ['alone'] },
  contested: { script: {}, roles: ['first', 'second', 'third'] },
  lost: { script: { caught_by_other: 'rival-1' }, roles: ['outrun'] },
  kept: { script: { owner: 'renews', owner_acts_at: iso(START + 10 * DAY_MS) }, roles: ['patient', 'closing'] },
  left: { script: {}, roles: ['cancelling', 'moving up'] },
  stuck: { script: { create_result: 2104 }, roles: ['helped'] },
} as const;
type Scene = keyof typeof SCRIPTS;
export type Role = (typeof SCRIPTS)[Scene]['roles'][number];

/** What a customer, a registrar and the registry can say of one reservation when all is over. */
export interface Account {
  outcome: string;
  /** What happened; what became of notices depends on who was away when. */
  timeline: string[];
  /** Is each number there once, and none left out? */
  numbered: boolean;
  /** Subjects of the receipts and outcomes, sorted. What else is mailed may be overtaken, and depends on who was away when. */
  mails: string[];
  /** Creates of the name that the registry accepted from us. */
  creates: number;
}

/** In redemption from the start: less calendar, the same decisions. */
const LIFE = { registered_at: iso(START - 415 * DAY_MS), expires_at: iso(START - 50 * DAY_MS) };
/** The day before the drop, and the day after. */
export const EVE = 29;
export const OVER = 31;

const GIVE_UP_MS = 150_000;
const AGAIN_MS = 150;
const WAIT = ['idempotency_in_progress', 'test_clock_advancing', 'engine_unavailable'];

/** Asks until it holds; an API that is away, or says so, is asked again. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (;;) {
    const found = await ask().catch(() => undefined);
    if (found !== undefined) return found;
    if (Date.now() > giveUpAt) throw new Error(`${what}: not within ${GIVE_UP_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** A POST with one Idempotency-Key, until it is answered for good. Throws what was refused. */
export async function steadily(client: EngineClient, path: string, sent: object = {}): Promise<any> {
  const key = fresh('key');
  const answer = await eventually(`POST ${path}`, async () => {
    const given = await client.post(path, sent, { 'idempotency-key': key });
    return WAIT.includes(given.body?.code) ? undefined : given;
  });
  if (answer.status < 300) return answer.body;
  throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

export class Cast {
  readonly names: Record<Scene, string>;
  readonly clock: string;
  readonly ids = new Map<Role, string>();
  private readonly story: Story;
  private readonly client: EngineClient;
  private readonly customers = new Map<Role, string>();

  private constructor(story: Story, client: EngineClient, clock: string, names: Record<Scene, string>) {
    this.story = story;
    this.client = client;
    this.clock = clock;
    this.names = names;
  }

  static async gather(story: Story): Promise<Cast> {
    const { client } = await story.operator.registrar(fresh('Cast'));
    const clock = await story.clock();
    const scenes = Object.entries(SCRIPTS).map(async ([scene, { script }]) => {
      // Answered only where the clock's workflow is: workers that have just started take a moment.
      return [scene, await eventually(scene, () => story.name(clock, { ...LIFE, ...script }))] as const;
    });
    return new Cast(story, client, clock, Object.fromEntries(await Promise.all(scenes)) as Record<Scene, string>);
  }

  /** All ask at once, those for one name in their order; who is to leave leaves. */
  async place(): Promise<void> {
    await Promise.all(Object.keys(SCRIPTS).map((scene) => this.queue(scene as Scene)));
    await steadily(this.client, `/v1/reservations/${this.ids.get('cancelling')}/cancel`);
  }

  private async queue(scene: Scene): Promise<void> {
    for (const role of SCRIPTS[scene].roles) {
      const customer = fresh('cus');
      this.customers.set(role, customer);
      const extra = role === 'closing' ? { on_renewal: 'close' } : {};
      const { id } = await steadily(this.client, '/v1/reservations', body(this.names[scene], customer, extra));
      this.ids.set(role, id);
      // Accepted without a place (202): the next in line asks once it has one, else the queue would not be the one of the script.
      await eventually(`a place for ${role}`, async () =>
        (await this.read(role)).status === 'placed' ? undefined : true,
      );
    }
  }

  /** Sets the clock going. */
  advance(day: number): Promise<unknown> {
    const frozen_time = iso(START + day * DAY_MS);
    return steadily(this.story.operator, `/v1/test_clocks/${this.clock}/advance`, { frozen_time });
  }

  settled(): Promise<true> {
    return this.isAt((clock) => clock.status === 'ready');
  }

  isAt(wanted: (clock: { status: string; frozen_time: string }) => boolean): Promise<true> {
    return eventually(`clock ${this.clock}`, async () => {
      const clock = await this.story.operator.must('GET', `/v1/test_clocks/${this.clock}`);
      return wanted(clock) ? true : undefined;
    });
  }

  /** Support mends what stopped; then all have ended who will. */
  async finish(): Promise<void> {
    await this.settled();
    const { operator } = this.story;
    const attention = await eventually(
      'the one that is stuck',
      async () => (await this.read('helped')).needs_attention ?? undefined,
    );
    await operator.must('PATCH', `/v1/sandbox/domains/${this.names.stuck}`, { create_result: null });
    const id = this.ids.get('helped');
    await steadily(operator, `/v1/reservations/${id}/retry`, { attention: attention.id, reason: 'mended' });
    // The clock stands: that it is ready says nothing of what was just set going again.
    await eventually('the end of the one that was stuck', async () => (await this.read('helped')).outcome ?? undefined);
    await this.settled();
  }

  read(role: Role): Promise<any> {
    return this.client.must('GET', `/v1/reservations/${this.ids.get(role)}`);
  }

  async account(): Promise<Record<string, Account>> {
    const scenes = Object.keys(SCRIPTS) as Scene[];
    const told = scenes.flatMap((scene) => SCRIPTS[scene].roles.map((role) => this.accountOf(scene, role)));
    return Object.fromEntries(await Promise.all(told));
  }

  private async accountOf(scene: Scene, role: Role): Promise<[Role, Account]> {
    const name = this.names[scene];
    const { status, outcome } = await this.read(role);
    const events = await this.client.must('GET', `/v1/reservations/${this.ids.get(role)}/events?limit=100`);
    const rows = events.data as { id: string; seq: number; type: string }[];
    const mails = await this.story.mailsTo(`${this.customers.get(role)}@example.test`);
    const lasting = rows.filter(isLasting).map(({ id }) => id);
    const different = new Map(
      mails
        .filter(({ message_id: of }) => lasting.some((id) => of.includes(id)))
        .map((mail) => [mail.message_id, mail.subject.replaceAll(name, 'it')]),
    );
    const accepted = await this.story.accepted(name);
    return [
      role,
      {
        outcome: outcome ? `${status}: ${outcome.reason}` : status,
        timeline: rows.map(({ type }) => type).filter((type) => !type.startsWith('notice.')),
        numbered: rows.every(({ seq }, index) => seq === index + 1),
        mails: [...different.values()].toSorted(),
        creates: accepted.filter(({ clid }) => clid === 'backorder').length,
      },
    ];
  }
}

/** The account once it is as wanted; what it last was where it never becomes so. Mails of a server that was away come late. */
export async function accountOnce(cast: Cast, wanted: Record<string, Account>): Promise<Record<string, Account>> {
  let last = await cast.account();
  await eventually('the account', async () => {
    last = await cast.account();
    return JSON.stringify(last) === JSON.stringify(wanted) ? true : undefined;
  }).catch(() => undefined);
  return last;
}
